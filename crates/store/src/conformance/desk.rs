//! Cases of the desk's reads: the board, earlier talks, alarms.

use super::Subject;
use super::make::{at, closing, conversation, counsellor, next, opening, queueing, received, talk, text};
use domain::{Alarm, AlarmKind, DeliveryOutcome, Event, MessageId, StageName, UnknownReason, Urgency};

#[allow(missing_docs)]
pub async fn the_board_is_ordered_by_urgency_then_wait(subject: &mut dyn Subject) {
    let waits =
        [(1, Urgency::Routine, 5), (2, Urgency::Emergency, 9), (3, Urgency::Urgent, 8), (4, Urgency::Urgent, 7)];
    for (n, urgency, second) in waits {
        let state = talk(subject, n, &format!("child{n}")).await;
        subject.store().commit(next(&state, queueing(urgency), at(second))).await.unwrap();
    }
    let bot = talk(subject, 5, "child5").await;
    let done = talk(subject, 6, "child6").await;
    subject.store().commit(next(&done, closing(counsellor(1)), at(3))).await.unwrap();
    subject.restart().await;
    let board = subject.store().board().await.unwrap();
    let order: Vec<_> = board.iter().map(|row| row.id.as_uuid().as_u128()).collect();
    assert_eq!(order, [2, 4, 3, 5, 1]);
    assert_eq!((board[0].stage, board[0].urgency, board[0].since), (StageName::Queued, Urgency::Emergency, at(9)));
    assert_eq!(board[3], crate::QueueRow::of(&bot));
    assert_eq!(board[3].last_inbound_at, Some(at(0)));
}

#[allow(missing_docs)]
pub async fn earlier_talks_of_the_same_child_come_newest_first(subject: &mut dyn Subject) {
    let (_, contact) = received(subject.store(), text("a", "k", "x")).await;
    talk(subject, 50, "somebody-else").await;
    for n in 1..=4 {
        // Ids fall while time goes on: order must not come from them.
        let turn = opening(conversation(100 - n), contact, closing(counsellor(n)), at(0));
        subject.store().commit(turn).await.unwrap();
    }
    subject.restart().await;
    let store = subject.store();
    let rows = store.earlier(conversation(96), 10).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [97, 98, 99].map(conversation));
    assert_eq!(rows[0].counsellors, [counsellor(3)]);
    assert_eq!(rows[0].stage, StageName::Closed);
    assert_eq!(store.earlier(conversation(98), 10).await.unwrap().len(), 1);
    assert_eq!(store.earlier(conversation(96), 1).await.unwrap().len(), 1);
    assert!(store.earlier(conversation(1), 10).await.unwrap().is_empty());
}

#[allow(missing_docs)]
pub async fn alarms_ring_until_seen(subject: &mut dyn Subject) {
    let mut rung = Vec::new();
    for n in 1..=2 {
        let state = talk(subject, n, &format!("child{n}")).await;
        let mut turn = next(&state, vec![Event::Reminded], at(1));
        for kind in [AlarmKind::Supervisor, AlarmKind::Pager] {
            turn.alarms.push(Alarm { conversation: state.id, kind, urgency: Urgency::Urgent, at: at(n as i64) });
        }
        rung.extend(turn.alarms.clone());
        subject.store().commit(turn).await.unwrap();
    }
    subject.restart().await;
    assert_eq!(subject.store().alarms().await.unwrap(), rung);
    subject.store().alarms_seen(conversation(1), counsellor(1), at(5)).await.unwrap();
    assert_eq!(subject.store().alarms().await.unwrap(), rung[2..]);
    subject.restart().await;
    assert_eq!(subject.store().alarms().await.unwrap(), rung[2..]);
}

#[allow(missing_docs)]
pub async fn delivery_trouble_is_on_the_board(subject: &mut dyn Subject) {
    let state = talk(subject, 1, "a").await;
    assert!(!subject.store().board().await.unwrap()[0].delivery_trouble);
    let outcome = DeliveryOutcome::Unknown { reason: UnknownReason::TimedOut };
    let mut turn = next(&state, vec![Event::Delivered { message: MessageId(2), outcome: outcome.clone() }], at(1));
    turn.settled = Some((MessageId(2), outcome));
    subject.store().commit(turn).await.unwrap();
    let board = subject.store().board().await.unwrap();
    assert!(board[0].delivery_trouble);
    assert_eq!(board[0].version, 4);
}
