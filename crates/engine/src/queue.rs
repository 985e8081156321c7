//! The wait for a human: queue, offers, the ladder of alarms, company meanwhile (E2, E6, E7, E9).
//!
//! Deadlines are floors from `Urgency`; they count from the moment the child began to wait.
//! Read next: `timer.rs`.

use crate::context::Opening;
use crate::flow_walk;
use crate::work::{Done, Stop, Work};
use domain::limits::{HOLDING_AT, HOLDING_EVERY, OFFER_LASTS};
use domain::{
    AlarmKind, CounsellorId, HandoffEvent, HandoffReason, Request, RosterEntry, Stage, StageName, TeamId,
    TimerKey, Urgency,
};
use flow_script::FlowRole;
use speech::Phrase;
use std::collections::BTreeSet;
use std::time::Duration;

/// Look again for somebody free at least this often, besides when the roster changes.
pub(crate) const LOOK_AGAIN: Duration = Duration::from_secs(10);
/// Look again for somebody on duty, and for open doors, at least this often.
pub(crate) const LOOK_FOR_DUTY: Duration = Duration::from_secs(60);

/// What keeps the child company while a human is awaited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Company {
    /// The waiting flow, or the out-of-hours flow when nobody is on duty.
    Waiting,
    /// The flow of a role.
    Role(FlowRole),
    /// The flow that asked for the human goes on by itself.
    FlowGoesOn,
    /// Nothing: the child left.
    None,
}

/// Asks for a human.
pub(crate) fn request(work: &mut Work<'_>, reason: HandoffReason, team: Option<TeamId>, company: Company) -> Done {
    work.clear(TimerKey::ChildSilent)?;
    work.hand(HandoffEvent::Requested { reason, team })?;
    enter_queue(work)?;
    keep_company(work, company)
}

fn staffed(work: &Work<'_>) -> bool {
    let open = work.ctx.house.opening == Opening::Open || work.c.urgency().is_high();
    open && work.ctx.roster.anyone_on_duty()
}

fn enter_queue(work: &mut Work<'_>) -> Done {
    if staffed(work) {
        if matches!(work.c.stage, Stage::Requested(_)) {
            work.hand(HandoffEvent::Queued)?;
        }
    } else {
        nobody_on_duty(work)?;
    }
    arm_ladder(work)?;
    let held = waiting(work).map_or(0, |request| request.holding_sent);
    work.arm(TimerKey::Holding, until_holding(held))?;
    try_offer(work)
}

/// The child is told, and at high urgency given numbers to call at once (E6).
fn nobody_on_duty(work: &mut Work<'_>) -> Done {
    work.hand(HandoffEvent::NobodyOnDuty)?;
    work.phrase(Phrase::NobodyOnDuty)?;
    if work.c.urgency().is_high() {
        let kinds = ["emergency".to_owned(), "helpline".to_owned()];
        flow_walk::give_resources(work, "", &kinds)?;
    }
    work.arm(TimerKey::Offer, LOOK_FOR_DUTY)
}

fn waiting<'a>(work: &'a Work<'_>) -> Option<&'a Request> {
    work.c.stage.waiting()
}

fn until_holding(sent: u32) -> Duration {
    let sent = usize::try_from(sent).unwrap_or(usize::MAX);
    let earlier = sent.checked_sub(1).and_then(|before| HOLDING_AT.get(before)).copied().unwrap_or_default();
    HOLDING_AT.get(sent).map_or(HOLDING_EVERY, |at| at.saturating_sub(earlier))
}

/// Sets the alarms that haven't rung, and rings those whose time has passed.
fn arm_ladder(work: &mut Work<'_>) -> Done {
    let Some(request) = waiting(work) else { return Ok(()) };
    let (since, ladder, urgency) = (request.alarms_from(), request.ladder, work.c.urgency());
    let deadlines = work.ctx.house.deadlines;
    let steps = [
        (TimerKey::Widen, deadlines.widen_after(urgency), ladder.widened_at.is_some()),
        (TimerKey::Supervisor, Some(deadlines.supervisor_after(urgency)), ladder.supervisor_at.is_some()),
        (TimerKey::Pager, deadlines.pager_after(urgency), ladder.pager_at.is_some()),
    ];
    for (key, after, rung) in steps {
        let Some(after) = after.filter(|_| !rung) else { continue };
        let at = since.plus(after);
        if at <= work.now() { ring(work, key)? } else { work.arm_at(key, at)? }
    }
    Ok(())
}

/// One rung of the ladder.
pub(crate) fn ring(work: &mut Work<'_>, key: TimerKey) -> Done {
    work.clear(key)?;
    let Some(request) = waiting(work) else { return Ok(()) };
    let ladder = request.ladder;
    match key {
        TimerKey::Widen if ladder.widened_at.is_none() => {
            work.hand(HandoffEvent::Widened)?;
            offer_to(work, everyone_free(work))
        }
        TimerKey::Supervisor if ladder.supervisor_at.is_none() => {
            work.hand(HandoffEvent::SupervisorTold)?;
            work.alarm(AlarmKind::Supervisor);
            Ok(())
        }
        TimerKey::Pager if ladder.pager_at.is_none() => {
            work.hand(HandoffEvent::PagerRang)?;
            work.alarm(AlarmKind::Pager);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Urgency rose while the child waits: earlier deadlines, a wider offer, and whoever was called
/// for the lower urgency is called again.
pub(crate) fn urgency_rose(work: &mut Work<'_>) -> Done {
    if matches!(work.c.stage, Stage::AwaitingReturn(_)) && staffed(work) {
        work.hand(HandoffEvent::SomebodyCame)?;
    }
    let Some(rung) = waiting(work).map(|request| request.ladder) else { return Ok(()) };
    if rung.supervisor_at.is_some() {
        work.hand(HandoffEvent::SupervisorTold)?;
        work.alarm(AlarmKind::Supervisor);
    }
    if rung.pager_at.is_some() {
        work.hand(HandoffEvent::PagerRang)?;
        work.alarm(AlarmKind::Pager);
    }
    arm_ladder(work)?;
    match work.c.stage {
        Stage::Offered(_) if work.c.urgency() == Urgency::Emergency => offer_to(work, everyone_free(work)),
        Stage::Queued(_) => try_offer(work),
        _ => Ok(()),
    }
}

/// The next caring message.
pub(crate) fn hold_company(work: &mut Work<'_>) -> Done {
    work.clear(TimerKey::Holding)?;
    let Some(sent) = waiting(work).map(|request| request.holding_sent) else { return Ok(()) };
    work.phrase(Phrase::holding(sent))?;
    work.hand(HandoffEvent::HeldCompany)?;
    work.arm(TimerKey::Holding, until_holding(sent.saturating_add(1)))
}

/// The time to look again has come.
pub(crate) fn look_again(work: &mut Work<'_>) -> Done {
    match work.c.stage {
        Stage::AwaitingReturn(_) if staffed(work) => somebody_came(work),
        Stage::AwaitingReturn(_) => work.arm(TimerKey::Offer, LOOK_FOR_DUTY),
        _ => try_offer(work),
    }
}

/// Offers the child to somebody, if somebody is free.
pub(crate) fn try_offer(work: &mut Work<'_>) -> Done {
    if !matches!(work.c.stage, Stage::Queued(_)) {
        return Ok(());
    }
    work.clear(TimerKey::Offer)?;
    if !work.ctx.roster.anyone_on_duty() {
        // The last counsellor has left: waiting for nobody must be said.
        return nobody_on_duty(work);
    }
    let Stage::Queued(request) = &work.c.stage else { return Ok(()) };
    let wide = work.c.urgency() == Urgency::Emergency || request.ladder.widened_at.is_some();
    let to = if wide { everyone_free(work) } else { best_match(work, request) };
    if to.is_empty() {
        return work.arm(TimerKey::Offer, LOOK_AGAIN);
    }
    offer_to(work, to)
}

fn offer_to(work: &mut Work<'_>, to: BTreeSet<CounsellorId>) -> Done {
    let to = match &work.c.stage {
        Stage::Offered(offered) if to.is_subset(&offered.to) => return Ok(()),
        Stage::Offered(offered) => offered.to.union(&to).copied().collect(),
        Stage::Queued(_) => to,
        _ => return Ok(()),
    };
    if to.is_empty() {
        return Ok(());
    }
    let deadline = work.now().plus(OFFER_LASTS);
    work.hand(HandoffEvent::Offered { to, deadline })?;
    work.clear(TimerKey::Offer)?;
    work.arm_at(TimerKey::OfferExpires, deadline)
}

fn everyone_free(work: &Work<'_>) -> BTreeSet<CounsellorId> {
    work.ctx.roster.free().map(|entry| entry.counsellor.id).collect()
}

/// The best one: not asked yet, speaks the language, is in the team, has the fewest children.
/// When everyone free has passed, everyone free is asked again.
fn best_match(work: &Work<'_>, request: &Request) -> BTreeSet<CounsellorId> {
    let lang = work.c.lang.primary();
    let rank = |entry: &&RosterEntry| {
        let speaks = entry.counsellor.langs.iter().any(|known| known.primary() == lang);
        let in_team = request.team.as_ref().is_none_or(|team| entry.counsellor.teams.contains(team));
        (request.passed.contains(&entry.counsellor.id), !speaks, !in_team, entry.load, entry.counsellor.id)
    };
    work.ctx.roster.free().min_by_key(rank).map(|entry| entry.counsellor.id).into_iter().collect()
}

/// Nobody took the offer in time.
pub(crate) fn offer_expired(work: &mut Work<'_>) -> Done {
    work.clear(TimerKey::OfferExpires)?;
    if !matches!(work.c.stage, Stage::Offered(_)) {
        return Ok(());
    }
    work.hand(HandoffEvent::OfferExpired)?;
    try_offer(work)
}

/// Somebody came on duty or became free.
pub(crate) fn roster_changed(work: &mut Work<'_>) -> Done {
    match work.c.stage {
        Stage::AwaitingReturn(_) if staffed(work) => somebody_came(work),
        Stage::Queued(_) if work.ctx.roster.free().next().is_some() => try_offer(work),
        // An offer that is open to everyone is open to whoever comes later, too.
        Stage::Offered(_) if work.c.urgency() == Urgency::Emergency => offer_to(work, everyone_free(work)),
        _ => Err(Stop::Nothing),
    }
}

fn somebody_came(work: &mut Work<'_>) -> Done {
    work.hand(HandoffEvent::SomebodyCame)?;
    work.phrase(Phrase::SomebodyCame)?;
    try_offer(work)
}

/// Offers again after a counsellor said no: at once to the next, after a moment when all have
/// said no or let it pass.
pub(crate) fn offer_next(work: &mut Work<'_>) -> Done {
    let Stage::Queued(request) = &work.c.stage else { return Ok(()) };
    let mut free = work.ctx.roster.free();
    let all_passed = free.all(|entry| request.passed.contains(&entry.counsellor.id));
    if all_passed { work.arm(TimerKey::Offer, LOOK_AGAIN) } else { try_offer(work) }
}

/// A counsellor's desk is gone (E9).
pub(crate) fn counsellor_gone(work: &mut Work<'_>, by: CounsellorId) -> Done {
    match &work.c.stage {
        // Nobody who was asked is still there: no use in waiting for the offer to lapse.
        Stage::Offered(offered)
            if offered.to.contains(&by)
                && offered.to.iter().all(|asked| *asked == by || work.ctx.roster.get(*asked).is_none()) =>
        {
            offer_expired(work)
        }
        Stage::Accepted(engaged) | Stage::Introduced(engaged) | Stage::Live(engaged) if engaged.by == by => {
            let name = engaged.first_name.clone();
            back_to_queue(work, HandoffEvent::CounsellorLost { by }, Phrase::CounsellorLost, &name)
        }
        _ => Err(Stop::Nothing),
    }
}

/// The child writes to a counsellor whose desk is gone: not into the void. The house notices a
/// lost desk by itself, but not while the record is being written.
pub(crate) fn lost_if_gone(work: &mut Work<'_>, phrase: Phrase) -> Done {
    let Some(engaged) = work.c.stage.engaged() else { return Ok(()) };
    if work.c.stage.name() == StageName::Wrapping || work.ctx.roster.get(engaged.by).is_some() {
        return Ok(());
    }
    let (by, name) = (engaged.by, engaged.first_name.clone());
    back_to_queue(work, HandoffEvent::CounsellorLost { by }, phrase, &name)
}

/// The talk goes on although the counsellor had ended it.
pub(crate) fn reopen(work: &mut Work<'_>) -> Done {
    work.bot_done()?;
    work.hand(HandoffEvent::Reopened)?;
    lost_if_gone(work, Phrase::GivenBack)
}

/// The child is offered again, at the top of its urgency, and told kindly.
pub(crate) fn back_to_queue(work: &mut Work<'_>, how: HandoffEvent, phrase: Phrase, name: &str) -> Done {
    work.clear_all()?;
    work.hand(how)?;
    work.phrase_about(phrase, name)?;
    work.bot_done()?;
    enter_queue(work)?;
    keep_company(work, Company::Waiting)
}

/// The child waits and asked not to be asked: caring messages and questions have stopped.
pub(crate) fn wants_quiet(work: &Work<'_>) -> bool {
    work.c.stage.waiting().is_some() && !work.c.timers.contains_key(&TimerKey::Holding)
}

/// The child who wanted quiet speaks up for a person: caring messages go on.
pub(crate) fn end_quiet(work: &mut Work<'_>) -> Done {
    if !wants_quiet(work) {
        return Ok(());
    }
    let sent = waiting(work).map_or(0, |request| request.holding_sent);
    work.arm(TimerKey::Holding, until_holding(sent))
}

/// Plays what keeps the child company, unless it plays already.
pub(crate) fn keep_company(work: &mut Work<'_>, company: Company) -> Done {
    match company {
        Company::FlowGoesOn => Ok(()),
        Company::None => work.bot_done(),
        Company::Role(_) if wants_quiet(work) => Ok(()),
        Company::Role(role) => flow_walk::play(work, role),
        Company::Waiting if matches!(work.c.stage, Stage::AwaitingReturn(_)) => {
            flow_walk::play(work, FlowRole::OutOfHours)
        }
        Company::Waiting => flow_walk::play(work, FlowRole::Waiting),
    }
}
