//! Deadlines of the urgency ladder in virtual time (E6, E7, C10).

use crate::support::{ASKS, EMERGENCY, LEA, SOON, TOM, Talk, URGENT};
use domain::{AlarmKind, DeskCommand, DutyState, HandoffEvent, StageName, Urgency};
use engine::Opening;

/// A child of this urgency who waits, with counsellors on duty who accept nothing.
fn waiting(urgency: Urgency, staff: &[u128]) -> Talk {
    let mut talk = Talk::with(staff);
    talk.child("hello");
    match urgency {
        Urgency::Routine => drop(talk.child(ASKS)),
        Urgency::Soon => {
            talk.child(SOON);
            talk.child(ASKS);
        }
        Urgency::Urgent => drop(talk.child(URGENT)),
        Urgency::Emergency => drop(talk.child(EMERGENCY)),
    }
    assert_eq!(talk.urgency(), urgency);
    talk
}

/// Seconds at which the offer widens, the supervisor is told and the pager rings.
type Row = (Urgency, &'static [u64], &'static [u64], &'static [u64]);

#[test]
fn every_row_of_the_table_is_kept_to_the_second() {
    let rows: [Row; 4] = [
        (Urgency::Emergency, &[], &[0], &[60]),
        (Urgency::Urgent, &[45], &[120], &[300]),
        (Urgency::Soon, &[180], &[600], &[]),
        (Urgency::Routine, &[300], &[1_800], &[]),
    ];
    for staff in [&[][..], &[LEA, TOM][..]] {
        for (urgency, widened, supervisor, pager) in rows {
            let mut talk = waiting(urgency, staff);
            let began = talk.r.now;
            talk.wait(7_200);
            let wide = talk.moments(began, |what| matches!(what, HandoffEvent::Widened));
            assert_eq!(wide, widened, "{urgency:?} widened");
            assert_eq!(talk.alarms(AlarmKind::Supervisor, began), supervisor, "{urgency:?} supervisor");
            assert_eq!(talk.alarms(AlarmKind::Pager, began), pager, "{urgency:?} pager");
        }
    }
}

#[test]
fn the_first_offer_is_at_once_and_an_emergency_goes_to_everyone() {
    for urgency in Urgency::ALL {
        let talk = waiting(urgency, &[LEA, TOM]);
        assert_eq!(talk.stage(), StageName::Offered, "{urgency:?}");
        let all = urgency == Urgency::Emergency;
        assert_eq!(talk.offered_to().len(), if all { 2 } else { 1 }, "{urgency:?}");
    }
}

#[test]
fn with_nobody_on_duty_an_urgent_child_gets_numbers_company_and_is_offered_later() {
    let mut talk = Talk::alone();
    talk.child("hello");
    assert_eq!(talk.child(URGENT), ["urgent_now", "nobody_on_duty", "resources.directory", "suicide.safe_now"]);
    let numbers = &talk.r.spoken[talk.r.spoken.len() - 2].outbound.text;
    assert_eq!(numbers.text(), "fr-112\nfr-line\nany-line");
    let began = talk.r.now;
    talk.wait(900 + 3 * 1_800);
    let held = talk.moments(began, |what| matches!(what, HandoffEvent::HeldCompany));
    assert_eq!(held, [60, 180, 420, 900, 2_700, 4_500, 6_300]);
    assert_eq!(talk.alarms(AlarmKind::Supervisor, began), [120]);
    assert_eq!(talk.alarms(AlarmKind::Pager, began), [300]);
    assert_eq!(talk.arrives(TOM), ["somebody_came"]);
    assert_eq!(talk.offered_to(), [TOM]);
}

#[test]
fn holding_words_differ_and_then_stay_the_long_ones() {
    let mut talk = waiting(Urgency::Urgent, &[]);
    assert_eq!(talk.wait(2_700), ["holding_1", "holding_2", "holding_3", "holding_long", "holding_long"]);
}

#[test]
fn closed_doors_keep_a_routine_child_waiting_until_they_open() {
    let mut talk = Talk::with(&[LEA]);
    talk.r.house.opening = Opening::Closed;
    talk.child("hello");
    talk.child("human");
    assert_eq!(talk.stage(), StageName::AwaitingReturn);
    talk.r.house.opening = Opening::Open;
    let heard = talk.wait(60);
    assert!(heard.contains(&"somebody_came".to_owned()), "{heard:?}");
    assert_eq!(talk.offered_to(), [LEA]);
}

#[test]
fn closed_doors_never_hold_up_high_urgency() {
    let mut talk = Talk::with(&[LEA]);
    talk.r.house.opening = Opening::Closed;
    talk.child("hello");
    talk.child("human");
    assert_eq!(talk.stage(), StageName::AwaitingReturn);
    talk.child(URGENT);
    assert_eq!(talk.offered_to(), [LEA]);
}

#[test]
fn a_rise_brings_every_deadline_forward_and_calls_again_who_was_called() {
    let mut talk = waiting(Urgency::Routine, &[LEA]);
    let began = talk.r.now;
    talk.wait(2_000);
    assert_eq!(talk.alarms(AlarmKind::Supervisor, began), [1_800]);
    talk.child(URGENT);
    assert_eq!(talk.alarms(AlarmKind::Supervisor, began), [1_800, 2_000]);
    assert_eq!(talk.alarms(AlarmKind::Pager, began), [2_000], "300 s have passed long since");
    talk.wait(100);
    let heard = talk.child(EMERGENCY);
    assert_eq!(heard[0], "emergency_now");
    assert_eq!(talk.alarms(AlarmKind::Supervisor, began), [1_800, 2_000, 2_100]);
    assert_eq!(talk.alarms(AlarmKind::Pager, began), [2_000, 2_100]);
}

#[test]
fn a_soon_child_who_becomes_urgent_early_has_the_urgent_deadlines() {
    let mut talk = waiting(Urgency::Soon, &[LEA]);
    let began = talk.r.now;
    talk.wait(20);
    talk.child(URGENT);
    talk.wait(400);
    assert_eq!(talk.moments(began, |what| matches!(what, HandoffEvent::Widened)), [45]);
    assert_eq!(talk.alarms(AlarmKind::Supervisor, began), [120]);
    assert_eq!(talk.alarms(AlarmKind::Pager, began), [300]);
}

#[test]
fn when_the_last_counsellor_leaves_the_queue_is_not_a_false_promise() {
    let mut talk = waiting(Urgency::Urgent, &[LEA]);
    talk.r.roster.entries[0].duty = DutyState::Away;
    let heard = talk.wait(30);
    assert_eq!(heard, ["nobody_on_duty", "resources.directory"]);
    assert_eq!(talk.stage(), StageName::AwaitingReturn);
}

#[test]
fn accepting_stops_every_alarm_and_every_caring_message() {
    let mut talk = waiting(Urgency::Urgent, &[LEA]);
    talk.accept(LEA);
    talk.says(LEA, "Hello");
    talk.arrived();
    assert!(talk.wait(7_200).is_empty());
    assert!(talk.r.alarms.is_empty());
    assert!(talk.c().timers.is_empty(), "{:?}", talk.c().timers);
    talk.desk(LEA, DeskCommand::View).unwrap();
}
