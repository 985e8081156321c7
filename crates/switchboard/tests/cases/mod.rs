//! Faults that were found once, each played by itself.
//!
//! Read next: `trouble.rs`, which plays them all by seed.

use super::*;

#[tokio::test]
async fn a_turn_whose_answer_is_lost_is_sent_and_its_timers_run() {
    let mut world = World::calm_open(0).await;
    world.writes("ana", "i dont want to live any more");
    // The inbox's answer and the turn's: both are kept. The adapter doesn't repeat, nobody else writes.
    world.store.lose_answers.store(2, Ordering::SeqCst);
    world.hand_in().await;
    world.pass(2).await;
    assert_eq!(world.store.lose_answers.load(Ordering::SeqCst), 0);
    assert!(world.shown() > 0, "the child's answer lies in the outbox and nobody was told");
    world.pass(301).await;
    assert_eq!(world.pager.rung.lock().unwrap().len(), 1, "the pager rings once");
    world.unsent.get_mut("ana").unwrap().clear();
    world.check(0).await;
}

#[tokio::test]
async fn an_alarm_whose_turn_lost_its_answer_rings_once() {
    let mut world = World::calm_open(0).await;
    world.writes("ana", "i dont want to live any more");
    world.hand_in().await;
    world.pass(299).await;
    assert!(world.pager.rung.lock().unwrap().is_empty());
    world.store.lose_answers.store(2, Ordering::SeqCst);
    world.pass(5).await;
    assert_eq!(world.store.lose_answers.load(Ordering::SeqCst), 0);
    assert_eq!(world.pager.rung.lock().unwrap().len(), 1);
    world.check(0).await;
}

#[tokio::test]
async fn a_panic_costs_a_pause_and_no_message() {
    let mut world = World::calm_open(0).await;
    world.hours.broken.store(true, Ordering::SeqCst);
    world.writes("ana", "hi");
    world.writes("ana", "i dont want to live any more");
    world.hand_in().await;
    world.pass(40).await;
    assert_eq!(world.kept.pending_count().await.unwrap(), 2, "nothing is thrown away");
    world.hours.broken.store(false, Ordering::SeqCst);
    world.pass(40).await;
    assert_eq!(world.only().await.urgency(), Urgency::Urgent);
    world.check(0).await;
    // The timers' part panics too, and is started again.
    world.hours.broken.store(true, Ordering::SeqCst);
    world.pass(200).await;
    world.hours.broken.store(false, Ordering::SeqCst);
    world.pass(120).await;
    assert_eq!(world.pager.rung.lock().unwrap().len(), 1, "the ladder goes on");
    world.check(0).await;
}

#[tokio::test]
async fn a_send_cut_off_by_the_end_is_unknown_where_a_repeat_would_double_and_the_desk_sees_it() {
    let mut world = World::calm_open(1).await;
    assert_eq!(world.phone.repeat, Repeat::Doubles);
    world.phone.hangs.store(true, Ordering::SeqCst);
    world.writes("ana", "hi");
    world.hand_in().await;
    settle().await;
    assert_eq!(world.shown(), 1, "it is shown, and its answer doesn't come");
    world.phone.hangs.store(false, Ordering::SeqCst);
    world.restart().await;
    world.pass(5).await;
    let row = &world.kept.board().await.unwrap()[0];
    assert!(row.delivery_trouble, "the desk can see that a message's fate isn't known");
    assert_eq!(world.only().await.unknown_deliveries, 1);
    world.check(1).await;
}

#[tokio::test]
async fn signing_out_with_a_child_offers_the_child_again() {
    let mut world = World::calm_open(0).await;
    let (lea, tom) = (world.people[0], world.people[1]);
    world.board.heartbeat(lea).await;
    world.writes("ana", "i dont want to live any more");
    world.hand_in().await;
    settle().await;
    let id = world.only().await.id;
    world.board.submit(lea, id, DeskCommand::Accept).await.unwrap();
    let hello = DeskCommand::Say { text: "Hello".into(), client_key: "k".into() };
    world.board.submit(lea, id, hello).await.unwrap();
    world.board.duty(lea, DutyState::Busy).await;
    for _ in 0..5 {
        world.pass(30).await;
        world.board.heartbeat(lea).await;
        world.board.heartbeat(tom).await;
    }
    assert_eq!(world.only().await.stage.engaged().map(|engaged| engaged.by), Some(lea), "busy keeps theirs");
    // Signed out: away, and no more heartbeats.
    world.board.duty(lea, DutyState::Away).await;
    world.pass(45).await;
    world.board.heartbeat(tom).await;
    world.pass(20).await;
    let stage = world.only().await.stage;
    assert!(matches!(&stage, domain::Stage::Offered(offered) if offered.to.contains(&tom)), "{:?}", stage.name());
}

#[tokio::test]
async fn an_offer_to_desks_that_are_all_gone_is_taken_back_at_once() {
    let mut world = World::calm_open(0).await;
    let (lea, tom) = (world.people[0], world.people[1]);
    for who in [lea, tom] {
        world.board.heartbeat(who).await;
    }
    // Both desks die; a child in an emergency comes while they still seem to be there.
    world.pass(45).await;
    world.writes("ana", "i took all the pills");
    world.hand_in().await;
    world.pass(10).await;
    let talk = world.only().await;
    let domain::Stage::Offered(offered) = &talk.stage else { panic!("{:?}", talk.stage.name()) };
    assert_eq!((talk.urgency(), offered.to.len()), (Urgency::Emergency, 2));
    world.pass(6).await;
    assert_eq!(world.only().await.stage.name(), StageName::AwaitingReturn);
    world.check(0).await;
}

#[tokio::test]
async fn a_desk_that_wakes_up_is_as_its_counsellor_left_it() {
    let world = World::calm_open(0).await;
    let lea = world.people[0];
    world.board.heartbeat(lea).await;
    assert_eq!(world.duty_of(lea), Some(DutyState::Available));
    world.board.duty(lea, DutyState::Away).await;
    world.pass(61).await;
    assert_eq!(world.duty_of(lea), None);
    world.board.heartbeat(lea).await;
    assert_eq!(world.duty_of(lea), Some(DutyState::Away), "nobody said that Lea is back");
    world.board.duty(lea, DutyState::Available).await;
    world.pass(61).await;
    world.board.heartbeat(lea).await;
    assert_eq!(world.duty_of(lea), Some(DutyState::Available));
}

#[tokio::test]
async fn whoever_comes_back_after_a_restart_takes_children_again() {
    let mut world = World::calm_open(0).await;
    let lea = world.people[0];
    world.board.heartbeat(lea).await;
    world.writes("ana", "i dont want to live any more");
    world.hand_in().await;
    settle().await;
    let id = world.only().await.id;
    world.board.submit(lea, id, DeskCommand::Accept).await.unwrap();
    world.restart().await;
    assert_eq!(world.duty_of(lea), Some(DutyState::Busy), "expected back");
    world.board.heartbeat(lea).await;
    assert_eq!(world.duty_of(lea), Some(DutyState::Available));
}
