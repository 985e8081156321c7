//! The warm handoff through the whole switchboard, in virtual time (E2–E7, E9, I3, I7).

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use domain::{AlarmKind, DeskCommand, Feedback, Stage, StageName, Urgency};
use std::time::Duration;
use store::DeskReads as _;
use support::TestHouse;

const DISCLOSURE: &str = "i dont want to live any more";

fn say(text: &str, key: &str) -> DeskCommand {
    DeskCommand::Say { text: text.into(), client_key: key.into() }
}

#[tokio::test]
async fn an_urgent_child_with_nobody_on_duty_gets_help_at_once_and_alarms_ring_on_time() {
    let house = TestHouse::open().await;
    house.child("ana", DISCLOSURE).await;
    house.settle().await;
    let talk = house.only().await;
    assert_eq!((talk.urgency(), talk.stage.name()), (Urgency::Urgent, StageName::AwaitingReturn));
    let at_once = house.phone.seen_by("ana");
    assert!(at_once.iter().any(|text| text.contains("112")), "numbers at once: {at_once:?}");
    assert!(!talk.resources.is_empty(), "resources are on record");

    let alarms = |kind| {
        let house = &house;
        async move { house.store.alarms().await.unwrap().iter().filter(|alarm| alarm.kind == kind).count() }
    };
    house.pass(Duration::from_secs(55), &[]).await;
    let before = house.phone.seen_by("ana").len();
    house.pass(Duration::from_secs(5), &[]).await;
    assert_eq!(house.phone.seen_by("ana").len(), before + 1, "the first caring message comes at 60 s");
    house.pass(Duration::from_secs(55), &[]).await;
    assert_eq!(alarms(AlarmKind::Supervisor).await, 0);
    house.pass(Duration::from_secs(5), &[]).await;
    assert_eq!(alarms(AlarmKind::Supervisor).await, 1, "the supervisor is told at 120 s");
    house.pass(Duration::from_secs(55), &[]).await;
    let before = house.phone.seen_by("ana").len();
    house.pass(Duration::from_secs(5), &[]).await;
    assert_eq!(house.phone.seen_by("ana").len(), before + 1, "the second caring message comes at 180 s");
    house.pass(Duration::from_secs(115), &[]).await;
    assert!(house.pager.rung.lock().unwrap().is_empty());
    house.pass(Duration::from_secs(5), &[]).await;
    assert_eq!(alarms(AlarmKind::Pager).await, 1, "the pager rings at 300 s");
    assert_eq!(house.pager.rung.lock().unwrap().len(), 1);

    let lea = house.counsellor(1, "Lea").await;
    house.board.heartbeat(lea).await;
    house.settle().await;
    let talk = house.only().await;
    let Stage::Offered(offered) = &talk.stage else {
        panic!("offered when someone arrives, not {:?}", talk.stage.name())
    };
    assert!(offered.to.contains(&lea));
    assert_eq!(talk.urgency(), Urgency::Urgent);
    house.close().await;
}

#[tokio::test]
async fn a_lost_desk_gives_the_child_to_another_within_a_minute_and_the_child_is_told() {
    let house = TestHouse::open().await;
    let (lea, tom) = (house.counsellor(1, "Lea").await, house.counsellor(2, "Tom").await);
    house.board.heartbeat(lea).await;
    house.child("ana", DISCLOSURE).await;
    house.settle().await;
    let id = house.only().await.id;
    house.board.submit(lea, id, DeskCommand::Accept).await.unwrap();
    house.board.submit(lea, id, say("Hello, I'm here.", "k1")).await.unwrap();
    house.settle().await;
    assert_eq!(house.stage().await, StageName::Introduced);
    house.child("ana", "hello").await;
    house.settle().await;
    assert_eq!(house.stage().await, StageName::Live);

    house.board.heartbeat(tom).await;
    let before = house.phone.seen_by("ana").len();
    house.pass(Duration::from_secs(55), &[tom]).await;
    assert_eq!(house.stage().await, StageName::Live, "not lost before a minute");
    house.pass(Duration::from_secs(5), &[tom]).await;
    let talk = house.only().await;
    let Stage::Offered(offered) = &talk.stage else { panic!("offered again, not {:?}", talk.stage.name()) };
    assert!(offered.to.contains(&tom) && !offered.to.contains(&lea));
    let told = house.phone.seen_by("ana");
    assert!(
        told[before..].iter().any(|text| text.contains("connection to Lea was lost")),
        "{:?}",
        &told[before..]
    );

    house.board.submit(tom, id, DeskCommand::Accept).await.unwrap();
    let late = house.board.submit(lea, id, say("Back!", "k2")).await;
    assert!(late.is_err(), "the first counsellor no longer has the child");
    house.close().await;
}

#[tokio::test]
async fn the_bot_is_silent_from_the_first_words_to_the_close() {
    let house = TestHouse::open().await;
    let lea = house.counsellor(1, "Lea").await;
    house.board.heartbeat(lea).await;
    house.child("ana", DISCLOSURE).await;
    house.settle().await;
    let id = house.only().await.id;
    house.board.submit(lea, id, DeskCommand::Accept).await.unwrap();
    house.board.submit(lea, id, say("Hello Ana", "k1")).await.unwrap();
    house.settle().await;
    let introduced = house.phone.seen_by("ana").len();
    assert_eq!(house.phone.seen_by("ana").last().map(String::as_str), Some("Hello Ana"));
    for text in ["hi", "stop", "help", "I want to die", "2", "human"] {
        house.child("ana", text).await;
        house.settle().await;
    }
    house.pass(Duration::from_secs(1_800), &[lea]).await;
    assert_eq!(house.phone.seen_by("ana").len(), introduced, "the bot said something over the counsellor");
    house.board.submit(lea, id, say("Take care", "k2")).await.unwrap();
    house.board.submit(lea, id, say("Take care", "k2")).await.unwrap();
    house.settle().await;
    assert_eq!(house.phone.seen_by("ana").len(), introduced + 1, "a double press is one message");
    house.board.submit(lea, id, DeskCommand::Finish { feedback: Feedback::DontAsk }).await.unwrap();
    let wrap_up = DeskCommand::WrapUp { reason: domain::CloseReason::Helped, note: None };
    house.board.submit(lea, id, wrap_up).await.unwrap();
    house.settle().await;
    assert_eq!(house.phone.seen_by("ana").len(), introduced + 1);
    assert!(house.load(id).await.is_closed());

    house.child("ana", "hi again").await;
    house.settle().await;
    let fresh = house.only().await;
    assert_ne!(fresh.id, id, "a message for a closed conversation opens a new one");
    assert!(house.phone.seen_by("ana").len() > introduced + 1, "and is answered");
    house.close().await;
}

#[tokio::test]
async fn ten_thousand_messages_hide_no_disclosure() {
    let house = TestHouse::open().await;
    for number in 0..10_000_u32 {
        let text = if number == 7_777 { DISCLOSURE.to_owned() } else { format!("spam {number}") };
        house.child("ana", &text).await;
    }
    house.settle().await;
    let talk = house.only().await;
    assert_eq!(talk.urgency(), Urgency::Urgent);
    assert_eq!(talk.stage.name(), StageName::AwaitingReturn);
    let said = house.phone.seen_by("ana");
    assert!(said.len() < 80, "the bot answered {} times", said.len());
    assert!(said.iter().any(|text| text.contains("all your messages")));
    house.close().await;
}

#[tokio::test]
async fn a_disclosure_cut_over_two_bubbles_is_heard() {
    let house = TestHouse::open().await;
    house.child("ana", "hi").await;
    house.child("ana", "i want to").await;
    house.settle().await;
    assert_eq!(house.only().await.urgency(), Urgency::Routine);
    house.child("ana", "die").await;
    house.settle().await;
    assert_eq!(house.only().await.urgency(), Urgency::Urgent);
    house.close().await;
}

#[tokio::test]
async fn a_withdrawn_flow_sends_its_children_to_a_human_without_their_writing() {
    let house = TestHouse::open().await;
    house.child("ana", "hello").await;
    house.settle().await;
    let talk = house.only().await;
    assert_eq!(talk.stage.name(), StageName::WithBot);
    let version = talk.bot.expect("the welcome leads").hash;

    let mut library = support::shipped();
    assert_eq!(house.board.reload(library.clone()).await.unwrap(), 0, "the same flows again change nothing");
    library.withdraw(&version, None);
    let before = house.phone.seen_by("ana").len();
    assert_eq!(house.board.reload(library).await.unwrap(), 1);
    house.settle().await;
    assert_eq!(house.only().await.stage.name(), StageName::AwaitingReturn);
    assert!(house.phone.seen_by("ana").len() > before, "and the child is told");
}
