//! A child's words: kept, risk raised, a human asked for, and only then answered.
//!
//! The order is the safety of the house: what rules found is acted on before any flow sees the
//! words. Read next: `escalate.rs`, then `answer.rs`.

use crate::work::{Done, Stop, Work};
use crate::{answer, escalate, flow_walk, queue};
use domain::limits::{BOT_TURNS, FLOOD_MESSAGES, MESSAGE_BYTES};
use domain::{
    Confidential, Event, HandoffEvent, HandoffReason, Inbound, InboundBody, InboxSeq, MessageId, StageName,
};
use safety_rules::Screened;
use speech::Phrase;

/// Unreadable messages at one question before a human is asked for.
const UNREADABLE_TRIES: u32 = 2;

/// What the bot has to answer to.
enum Heard {
    Words(String),
    Pressed { value: String, label: String },
    File { caption: String },
    Garbled,
    Nothing,
    Arrived,
}

pub(crate) fn take(work: &mut Work<'_>, seq: InboxSeq, screened: Screened<Inbound>) -> Done {
    if work.c.last_inbox.is_some_and(|last| last >= seq) {
        return Err(Stop::Nothing);
    }
    if work.c.is_closed() {
        return Err(Stop::Closed);
    }
    let mut findings = screened.findings().to_vec();
    let inbound = screened.into_inner();
    if matches!(inbound.body, InboundBody::Left) {
        return left(work, seq);
    }
    // Before the first answer was asked for: at most an invitation came before.
    let first = work.c.bot_turns <= 1;
    let was = work.c.stage.name();
    let was_engaged = work.c.stage.engaged().is_some();
    let had_left = work.c.unreachable.is_some();
    let meant = answer::meant(work, &inbound.body);
    findings.extend(answer::found_in_label(work, &inbound.body));
    let (message, heard, cut) = keep(work, seq, inbound)?;
    if heard.is_said() {
        queue::lost_if_gone(work, Phrase::CounsellorLost)?;
    }
    let acted = escalate::found(work, message, findings)?;
    follow_stage(work, was, acted, &heard)?;
    let flooding = work.c.flood.1 > FLOOD_MESSAGES;
    if cut && !flooding {
        work.phrase(Phrase::CutLong)?;
    }
    if acted == escalate::Acted::HumanCalled {
        // The house took the lead from the flow; what the answer itself raises still counts.
        answer::help_too(work, heard.words())?;
        return meant.map_or(Ok(()), |meant| answer::note_meant(work, meant));
    }
    if flooding {
        if work.c.flood.1 == FLOOD_MESSAGES + 1 {
            flooded(work)?;
        }
        return answer::wishes_only(work, heard.words());
    }
    if was_engaged && work.c.stage.waiting().is_some() {
        // Said to the counsellor who is gone: no answer to the question just asked.
        return answer::wishes_only(work, heard.words());
    }
    let back = was == StageName::Parked || (had_left && work.c.stage.waiting().is_some());
    if back && heard.is_here() && work.c.stage.bot_may_speak() {
        work.phrase(Phrase::WelcomeBack)?;
    }
    let unanswered = heard.is_said();
    reply(work, heard, first || back)?;
    if unanswered { never_unanswered(work) } else { Ok(()) }
}

impl Heard {
    /// The child said something, in whatever form.
    const fn is_said(&self) -> bool {
        !matches!(self, Self::Nothing | Self::Arrived)
    }

    /// The child is at the chat.
    const fn is_here(&self) -> bool {
        !matches!(self, Self::Nothing)
    }

    fn words(&self) -> &str {
        match self {
            Self::Words(words) => words,
            Self::Pressed { label, .. } => label,
            Self::File { caption } => caption,
            Self::Garbled | Self::Nothing | Self::Arrived => "",
        }
    }
}

/// A waiting child who told something that matters, or who has no flow for company, is told that
/// it was kept (I7).
fn never_unanswered(work: &mut Work<'_>) -> Done {
    let waits = work.c.stage.waiting().is_some() || work.c.stage.name() == StageName::Accepted;
    let owed = work.noticed.is_some() || work.c.bot.is_none();
    if waits && owed && work.said_nothing() { work.phrase(Phrase::Heard) } else { Ok(()) }
}

fn flooded(work: &mut Work<'_>) -> Done {
    work.emit(Event::LimitHit { limit: "flood_messages".into() })?;
    work.phrase(Phrase::ManyMessages)
}

/// Writes down what came. The words are kept whole up to the limit.
fn keep(work: &mut Work<'_>, seq: InboxSeq, inbound: Inbound) -> Result<(Option<MessageId>, Heard, bool), Stop> {
    let external = inbound.external;
    let (kind, text, heard) = match inbound.body {
        InboundBody::Text { text } => ("text", text.clone(), Heard::Words(text.into_exposed())),
        InboundBody::Choice { value, label } => {
            let label = label.map(Confidential::into_exposed).unwrap_or_default();
            let shown = answer::label_of(work, &value).unwrap_or_else(|| label.clone());
            ("choice", Confidential::new(shown), Heard::Pressed { value, label })
        }
        InboundBody::Attachment { caption, media, .. } => {
            let caption = caption.map(Confidential::into_exposed).unwrap_or_default();
            note_file(work, &media)?;
            ("attachment", Confidential::new(caption.clone()), Heard::File { caption })
        }
        // Kept for the counsellor to see; it asks for no answer.
        InboundBody::Reaction { sign, .. } => ("reaction", sign, Heard::Nothing),
        InboundBody::Unreadable { .. } => ("unreadable", Confidential::default(), Heard::Garbled),
        InboundBody::Joined => ("joined", Confidential::default(), Heard::Arrived),
        InboundBody::Edit { of, text } => {
            let message = work.c.message_of(&of);
            // Of a message that never came, the new words are all there is: they are answered.
            let heard = if message.is_none() { Heard::Words(text.text().to_owned()) } else { Heard::Nothing };
            let (text, cut) = cut_long(text);
            work.emit(Event::Edited { message, inbox: seq, text })?;
            return Ok((message, heard, cut));
        }
        InboundBody::Redaction { of } => {
            let message = work.c.message_of(&of);
            work.emit(Event::Redacted { message, inbox: seq })?;
            return Ok((message, Heard::Nothing, false));
        }
        InboundBody::Left => ("left", Confidential::default(), Heard::Nothing),
    };
    let (text, cut) = cut_long(text);
    if cut {
        work.emit(Event::LimitHit { limit: "message_bytes".into() })?;
    }
    let message = work.next_message();
    work.emit(Event::Received { message, inbox: seq, external, text, kind: kind.into() })?;
    Ok((Some(message), heard, cut))
}

fn note_file(work: &mut Work<'_>, media: &str) -> Done {
    let media: String = media.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '/').take(40).collect();
    work.emit(Event::Noted { by: None, text: Confidential::new(format!("file not opened ({media})")) })
}

fn cut_long(text: Confidential<String>) -> (Confidential<String>, bool) {
    if text.text().len() <= MESSAGE_BYTES {
        return (text, false);
    }
    let end = (0..=MESSAGE_BYTES).rev().find(|at| text.text().is_char_boundary(*at)).unwrap_or(0);
    (Confidential::new(text.text()[..end].to_owned()), true)
}

/// What the mere fact that the child wrote changes.
fn follow_stage(work: &mut Work<'_>, was: StageName, acted: escalate::Acted, heard: &Heard) -> Done {
    match was {
        StageName::Introduced if heard.is_said() && work.c.stage.name() == was => {
            work.hand(HandoffEvent::WentLive)
        }
        // A disclosure ends the feedback; so do words when no flow asks for them. A second tap on
        // an old button doesn't.
        StageName::Wrapping if acted == escalate::Acted::Raised || work.noticed.is_some() => {
            work.bot_done()?;
            if work.said_nothing() {
                work.phrase(Phrase::Heard)?;
            }
            queue::reopen(work)
        }
        StageName::Wrapping if work.c.bot.is_none() && heard.is_said() => match heard {
            Heard::Pressed { .. } => Ok(()),
            _ => queue::reopen(work),
        },
        // An older message now says something that matters, and no flow will come back to it.
        StageName::Parked | StageName::WithBot
            if work.c.stage.name() == was
                && work.noticed.is_some()
                && (was == StageName::Parked || work.c.bot.is_none())
                && !heard.is_here() =>
        {
            escalate::to_human(work)
        }
        StageName::Parked if work.c.stage.name() == was && heard.is_here() => work.hand(HandoffEvent::Returned),
        StageName::WithBot if work.c.stage.name() == was && work.c.bot.is_none() && !heard.is_here() => {
            // All that came was a message taken back: there is nothing to answer.
            work.clear_all()?;
            work.hand(HandoffEvent::Parked)
        }
        _ => Ok(()),
    }
}

fn reply(work: &mut Work<'_>, heard: Heard, first: bool) -> Done {
    if !work.c.stage.bot_may_speak() {
        return Ok(());
    }
    if work.c.bot_turns > BOT_TURNS && work.c.stage.name() == StageName::WithBot {
        work.emit(Event::LimitHit { limit: "bot_turns".into() })?;
        work.phrase(Phrase::PersonBetter)?;
        return queue::request(
            work,
            HandoffReason::Limit { limit: "bot_turns".into() },
            None,
            queue::Company::Waiting,
        );
    }
    match heard {
        Heard::Nothing => Ok(()),
        Heard::Arrived if first => answer::ask_again(work),
        Heard::Arrived => flow_walk::begin_if_idle(work),
        Heard::Garbled => garbled(work),
        Heard::File { caption } => {
            work.phrase(Phrase::FileNotOpened)?;
            if caption.trim().is_empty() {
                flow_walk::begin_if_idle(work)
            } else {
                answer::words(work, &caption, first)
            }
        }
        Heard::Words(words) if words.trim().is_empty() => {
            work.phrase(Phrase::Empty)?;
            flow_walk::begin_if_idle(work)
        }
        Heard::Words(words) => answer::words(work, &words, first),
        Heard::Pressed { value, label } => answer::pressed(work, &value, &label, first),
    }
}

/// Nothing of it could be read. Whoever can't be read by the bot is seen by a human soon.
fn garbled(work: &mut Work<'_>) -> Done {
    let tried = work.c.bot.as_ref().map_or(0, |bot| bot.retries);
    if work.c.stage.name() == StageName::WithBot && tried >= UNREADABLE_TRIES {
        work.phrase(Phrase::PersonBetter)?;
        return queue::request(work, HandoffReason::NotUnderstood, None, queue::Company::Waiting);
    }
    work.phrase(Phrase::Unreadable)?;
    if work.c.bot.is_some() {
        return work.emit(Event::NotUnderstood);
    }
    flow_walk::begin_if_idle(work)
}

/// The child left the chat or blocked the bot. When something was told, a human still looks (I4).
fn left(work: &mut Work<'_>, seq: InboxSeq) -> Done {
    work.emit(Event::LeftChat { inbox: seq })?;
    match work.c.stage.name() {
        StageName::WithBot | StageName::Parked if escalate::human_must_look(work) => {
            queue::request(work, HandoffReason::ChildLeft, None, queue::Company::None)
        }
        StageName::WithBot | StageName::Parked => {
            work.clear_all()?;
            work.hand(HandoffEvent::ChildLeft)
        }
        _ => Ok(()),
    }
}
