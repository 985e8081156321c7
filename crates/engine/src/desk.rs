//! What counsellors do. Each command is checked against stage, owner and role.
//!
//! Read next: `domain/src/handoff.rs`, the table of transitions.

use crate::context::Person;
use crate::flow_walk;
use crate::queue;
use crate::work::{Done, Stop, Work, refuse};
use domain::limits::{COUNSELLOR_TEXT_CHARS, FIRST_WORDS_WITHIN, NOTE_CHARS};
use domain::{
    CloseReason, Confidential, DeclineReason, DeskCommand, Event, Feedback, HandoffEvent, RefusalCode, Role,
    Stage, StageName, TimerKey,
};
use flow_script::FlowRole;
use speech::{ChildText, Phrase};

pub(crate) fn act(work: &mut Work<'_>, who: &Person, command: DeskCommand) -> Done {
    if !who.role.takes_children() {
        return Err(refuse(RefusalCode::NotAllowed, "this role sees no conversations"));
    }
    match command {
        DeskCommand::Accept => accept(work, who),
        DeskCommand::Decline { reason } => decline(work, who, reason),
        DeskCommand::Say { text, client_key } => say(work, who, text, client_key),
        DeskCommand::Note { text } => note(work, who, text),
        DeskCommand::GiveBack => give_back(work, who),
        DeskCommand::Finish { feedback } => finish(work, who, feedback),
        DeskCommand::WrapUp { reason, note } => wrap_up(work, who, reason, note),
        DeskCommand::View => work.emit(Event::Viewed { by: who.id }),
    }
}

fn accept(work: &mut Work<'_>, who: &Person) -> Done {
    match &work.c.stage {
        Stage::Accepted(e) | Stage::Introduced(e) | Stage::Live(e) | Stage::Wrapping(e) => {
            let same = e.by == who.id;
            return Err(if same {
                Stop::Nothing
            } else {
                refuse(RefusalCode::TakenByAnother, "another counsellor has the child")
            });
        }
        Stage::Offered(offered) if !offered.to.contains(&who.id) && who.role != Role::Supervisor => {
            return Err(refuse(RefusalCode::NotYours, "the child is offered to another counsellor right now"));
        }
        Stage::Closed(_) => return Err(refuse(RefusalCode::WrongStage, "the conversation is closed")),
        _ => {}
    }
    work.clear_all()?;
    work.hand(HandoffEvent::Accepted { by: who.id, first_name: who.first_name.clone() })?;
    work.arm(TimerKey::FirstWords, FIRST_WORDS_WITHIN)?;
    work.phrase(Phrase::CounsellorReading)
}

fn decline(work: &mut Work<'_>, who: &Person, reason: DeclineReason) -> Done {
    match &work.c.stage {
        Stage::Offered(offered) if offered.to.contains(&who.id) => {
            work.hand(HandoffEvent::Declined { by: who.id, reason })?;
            if matches!(work.c.stage, Stage::Queued(_)) {
                work.clear(TimerKey::OfferExpires)?;
                queue::offer_next(work)?;
            }
            Ok(())
        }
        _ => Err(refuse(RefusalCode::NotYours, "there is no offer to decline")),
    }
}

/// Only the counsellor who has the child.
fn must_hold(work: &Work<'_>, who: &Person) -> Done {
    match work.c.stage.engaged() {
        Some(engaged) if engaged.by == who.id => Ok(()),
        Some(_) => Err(refuse(RefusalCode::TakenByAnother, "another counsellor has the child")),
        None if work.c.is_closed() => Err(refuse(RefusalCode::WrongStage, "the conversation is closed")),
        None => Err(refuse(RefusalCode::NotYours, "the child must be accepted first")),
    }
}

fn checked(text: &Confidential<String>, most: usize) -> Done {
    if text.text().trim().is_empty() {
        return Err(refuse(RefusalCode::Empty, "nothing was written"));
    }
    if text.text().chars().count() > most {
        return Err(refuse(RefusalCode::TooLong, &format!("at most {most} characters")));
    }
    Ok(())
}

fn say(work: &mut Work<'_>, who: &Person, text: Confidential<String>, client_key: String) -> Done {
    must_hold(work, who)?;
    checked(&text, COUNSELLOR_TEXT_CHARS)?;
    if work.c.client_keys.contains(&client_key) {
        return Err(Stop::Nothing);
    }
    if work.c.stage.name() == StageName::Wrapping {
        work.bot_done()?;
        work.hand(HandoffEvent::Reopened)?;
    }
    let first = matches!(&work.c.stage, Stage::Accepted(engaged) if engaged.first_words.is_none());
    if first {
        work.phrase(Phrase::Introduce)?;
    }
    let message = work.next_message();
    work.counsellor_says(ChildText::from_counsellor(who.id, text), client_key)?;
    if first {
        work.bot_done()?;
        work.clear(TimerKey::FirstWords)?;
        work.hand(HandoffEvent::FirstWords { message })?;
    }
    Ok(())
}

fn note(work: &mut Work<'_>, who: &Person, text: Confidential<String>) -> Done {
    checked(&text, NOTE_CHARS)?;
    let holds = work.c.stage.engaged().is_some_and(|engaged| engaged.by == who.id);
    if !holds && who.role != Role::Supervisor {
        return Err(refuse(RefusalCode::NotYours, "only the child's counsellor or a supervisor writes notes"));
    }
    work.emit(Event::Noted { by: Some(who.id), text })
}

fn give_back(work: &mut Work<'_>, who: &Person) -> Done {
    must_hold(work, who)?;
    if work.c.stage.name() == StageName::Wrapping {
        return Err(refuse(RefusalCode::WrongStage, "the talk has ended; write the record"));
    }
    let how = HandoffEvent::GivenBack { by: who.id };
    queue::back_to_queue(work, how, Phrase::GivenBack, &who.first_name)
}

fn finish(work: &mut Work<'_>, who: &Person, feedback: Feedback) -> Done {
    must_hold(work, who)?;
    if work.c.stage.name() == StageName::Wrapping {
        return Err(Stop::Nothing);
    }
    let unmet = matches!(&work.c.stage, Stage::Accepted(engaged) if engaged.first_words.is_none());
    work.clear_all()?;
    work.bot_done()?;
    work.hand(HandoffEvent::Finished)?;
    match feedback {
        // The child was told that somebody is reading, and nobody wrote: not left in that belief.
        Feedback::DontAsk if unmet => work.phrase(Phrase::Finished),
        Feedback::DontAsk => Ok(()),
        Feedback::Ask => {
            work.phrase(Phrase::Finished)?;
            flow_walk::play(work, FlowRole::Feedback)
        }
    }
}

fn wrap_up(work: &mut Work<'_>, who: &Person, reason: CloseReason, note: Option<Confidential<String>>) -> Done {
    // A supervisor can write the record of somebody who won't come back.
    if who.role != Role::Supervisor || work.c.stage.engaged().is_none() {
        must_hold(work, who)?;
    }
    if work.c.stage.name() != StageName::Wrapping {
        // Perhaps the child wrote while the form was being filled in: that must be read first.
        return Err(refuse(RefusalCode::WrongStage, "the talk goes on; read it and finish it first"));
    }
    if let Some(note) = note.filter(|note| !note.text().trim().is_empty()) {
        checked(&note, NOTE_CHARS)?;
        work.emit(Event::WrapUpNoted { by: who.id, note })?;
    }
    work.clear_all()?;
    work.bot_done()?;
    work.hand(HandoffEvent::WrappedUp { by: who.id, reason })
}
