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
    let findings = screened.findings().to_vec();
    let inbound = screened.into_inner();
    if matches!(inbound.body, InboundBody::Left) {
        return left(work, seq);
    }
    // Before the first answer was asked for: at most an invitation came before.
    let first = work.c.bot_turns <= 1;
    let was = work.c.stage.name();
    let (message, heard, cut) = keep(work, seq, inbound)?;
    let risk = escalate::found(work, message, findings)?;
    follow_stage(work, was, risk)?;
    if cut {
        work.phrase(Phrase::CutLong)?;
    }
    if risk == escalate::Acted::HumanCalled {
        return Ok(());
    }
    if work.c.flood.1 > FLOOD_MESSAGES {
        return if work.c.flood.1 == FLOOD_MESSAGES + 1 { flooded(work) } else { Ok(()) };
    }
    reply(work, heard, first)
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
        InboundBody::Unreadable { .. } => ("unreadable", Confidential::default(), Heard::Garbled),
        InboundBody::Joined => ("joined", Confidential::default(), Heard::Arrived),
        InboundBody::Edit { of, text } => {
            let message = work.c.message_of(&of);
            let (text, cut) = cut_long(text);
            work.emit(Event::Edited { message, inbox: seq, text })?;
            return Ok((message, Heard::Nothing, cut));
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
fn follow_stage(work: &mut Work<'_>, was: StageName, risk: escalate::Acted) -> Done {
    match was {
        StageName::Introduced => work.hand(HandoffEvent::WentLive),
        StageName::Wrapping if risk == escalate::Acted::Raised || work.c.bot.is_none() => {
            work.emit(Event::BotDone)?;
            work.hand(HandoffEvent::Reopened)
        }
        StageName::Parked if work.c.stage.name() == StageName::Parked => work.hand(HandoffEvent::Returned),
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
        Heard::Arrived => flow_walk::begin_if_idle(work),
        Heard::Garbled => {
            work.phrase(Phrase::Unreadable)?;
            flow_walk::begin_if_idle(work)
        }
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

/// The child left the chat or blocked the bot. At high urgency a human still looks (I4).
fn left(work: &mut Work<'_>, seq: InboxSeq) -> Done {
    work.emit(Event::LeftChat { inbox: seq })?;
    match work.c.stage.name() {
        StageName::WithBot | StageName::Parked if work.c.urgency().is_high() => {
            queue::request(work, HandoffReason::ChildLeft, None, queue::Company::None)
        }
        StageName::WithBot | StageName::Parked => {
            work.clear_all()?;
            work.hand(HandoffEvent::ChildLeft)
        }
        _ => Ok(()),
    }
}
