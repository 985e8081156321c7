//! Cases of the audit log: a chain without gaps that shows every change.

use super::Subject;
use super::make::{at, entry, next, said_event, talk};

#[allow(missing_docs)]
pub async fn the_audit_chain_holds_and_shows_tampering(subject: &mut dyn Subject) {
    assert_eq!(subject.store().verify().await.unwrap(), Ok(0));
    let state = talk(subject, 1, "a").await;
    let mut turn = next(&state, vec![said_event(3, "x")], at(1));
    turn.audit = vec![entry(Some(state.id), "finding", 1), entry(Some(state.id), "risk_raised", 1)];
    subject.store().commit(turn).await.unwrap();
    subject.store().record(entry(None, "signed_in", 2)).await.unwrap();
    subject.restart().await;
    subject.store().record(entry(None, "signed_out", 3)).await.unwrap();
    assert_eq!(subject.store().verify().await.unwrap(), Ok(4));
    let lines = subject.store().audit(None, 0, 10).await.unwrap();
    let distinct: std::collections::BTreeSet<_> = lines.iter().map(|line| &line.hash).collect();
    assert!(distinct.len() == 4 && lines.iter().all(|line| line.hash.len() == 64));
    let original = lines[1].entry.canonical().unwrap();
    subject.tamper_with_audit(2, &original.replace("risk_raised", "risk_lowered")).await;
    let broken = subject.store().verify().await.unwrap().unwrap_err();
    assert_eq!(broken.seq, 2);
    subject.tamper_with_audit(2, &original).await;
    assert_eq!(subject.store().verify().await.unwrap(), Ok(4));
}

#[allow(missing_docs)]
pub async fn the_audit_log_is_read_by_conversation_and_place(subject: &mut dyn Subject) {
    let first = talk(subject, 1, "a").await;
    let second = talk(subject, 2, "b").await;
    let store = subject.store();
    for n in 0..6 {
        let about = [Some(first.id), Some(second.id), None][n % 3];
        store.record(entry(about, &format!("act{n}"), 1)).await.unwrap();
    }
    let actions = |lines: Vec<crate::AuditLine>| {
        lines.into_iter().map(|line| (line.seq, line.entry.action)).collect::<Vec<_>>()
    };
    let line = |seq: u64| (seq, format!("act{}", seq - 1));
    assert_eq!(actions(store.audit(Some(first.id), 0, 10).await.unwrap()), [line(1), line(4)]);
    assert_eq!(actions(store.audit(Some(first.id), 1, 10).await.unwrap()), [line(4)]);
    assert_eq!(actions(store.audit(None, 2, 2).await.unwrap()), [line(3), line(4)]);
    let kept = store.audit(None, 5, 10).await.unwrap().remove(0);
    assert_eq!(kept.entry, entry(None, "act5", 1));
}
