//! The process is stopped dead at each boundary; what was confirmed is there, what wasn't is
//! there whole or not at all. This test starts itself again as the process to be stopped.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use crate::common::{Folder, open, options};
use domain::{Event, InboxSeq};
use std::path::Path;
use std::process::Command;
use store::conformance::make::{
    account, at, conversation, next, opening, outbound, received_event, said_event, text,
};
use store::{Accepted, Audit, Inboxes, Outboxes, Turns};
use store_sqlite::{Crash, CrashPoint, SqliteStore};

pub(crate) fn run() {
    let arguments: Vec<String> = std::env::args().collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    if let [_, word, file, point, at_passing] = &arguments[..]
        && word == "to-be-stopped"
    {
        let crash =
            Crash { point: CrashPoint::from_name(point).unwrap(), at_passing: at_passing.parse().unwrap() };
        runtime.block_on(work(Path::new(file), crash));
        return;
    }
    for point in CrashPoint::ALL {
        for at_passing in [1, 2, 5] {
            runtime.block_on(check(point, at_passing));
        }
    }
}

/// Six messages, each with its turn and its claim, and a file that notes what was confirmed.
async fn work(file: &Path, crash: Crash) {
    let store = SqliteStore::open(file, options(1).crash(Some(crash))).unwrap();
    let confirmed = |what: &str, n: u32| {
        use std::io::Write;
        let path = file.with_extension("confirmed");
        let mut notes = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
        writeln!(notes, "{what} {n}").unwrap();
    };
    let mut state = None;
    for n in 0..6_u32 {
        let kept =
            store.accept(&account(), vec![text("a", &format!("k{n}"), "words")], None, at(0)).await.unwrap();
        confirmed("inbox", n);
        let Accepted::New { seq, contact } = kept[0] else { unreachable!("keys are distinct") };
        let message = n * 2 + 1;
        let events = vec![received_event(message, seq, "words"), said_event(message + 1, "answer")];
        let mut turn = match &state {
            None => opening(conversation(1), contact, events, at(1)),
            Some(state) => next(state, events, at(1)),
        };
        turn.took = Some(seq);
        turn.outbox = vec![outbound(conversation(1), message + 1, "answer")];
        turn.audit = vec![store::conformance::make::entry(Some(conversation(1)), "answered", 1)];
        state = Some(turn.state.clone());
        store.commit(turn).await.unwrap();
        confirmed("turn", n);
        store.claim(&account(), at(2), 10).await.unwrap();
        confirmed("claim", n);
    }
}

async fn check(point: CrashPoint, at_passing: u32) {
    let folder = Folder::new();
    let file = folder.database();
    let me = std::env::current_exe().unwrap();
    let mut stopped = Command::new(me);
    stopped.arg("to-be-stopped").arg(&file).arg(point.name()).arg(at_passing.to_string());
    let status = stopped.stderr(std::process::Stdio::null()).status().unwrap();
    assert!(!status.success(), "{}: the process was not stopped", point.name());

    let notes = std::fs::read_to_string(file.with_extension("confirmed")).unwrap_or_default();
    let confirmed = |what: &str| notes.lines().filter(|line| line.starts_with(what)).count() as u64;
    let store = open(&folder);
    let pending = store.pending(InboxSeq(0), 100).await.unwrap().len() as u64;
    let state = store.load(conversation(1)).await.unwrap();
    let log = store.events(conversation(1), 0, 1_000).await.unwrap();
    let turns = log.iter().filter(|event| matches!(event.event, Event::Received { .. })).count() as u64;
    let said = format!("{} at {at_passing}: {notes}", point.name());

    // Whole: each turn brought two events, one message to send and one audit line.
    assert_eq!(state.map_or(0, |state| state.version), log.len() as u64, "{said}");
    assert_eq!(log.len() as u64, if turns == 0 { 0 } else { 1 + 2 * turns }, "{said}");
    assert_eq!(store.unsettled(&account()).await.unwrap(), turns, "{said}");
    assert_eq!(store.verify().await.unwrap(), Ok(turns), "{said}");
    // Nothing confirmed is missing, nothing is there twice.
    assert!((confirmed("inbox")..=confirmed("inbox") + 1).contains(&(turns + pending)), "{said}");
    assert!((confirmed("turn")..=confirmed("turn") + 1).contains(&turns), "{said}");
    // A message is either interrupted, and known to be, or still to be sent: never both.
    let interrupted = store.interrupted(&account()).await.unwrap().len();
    let before_any_claim = point != CrashPoint::AfterClaimCommit && confirmed("claim") == 0;
    assert_eq!(interrupted, usize::from(!before_any_claim), "{said}");
    let exact = match point {
        CrashPoint::BeforeInboxCommit => (turns + pending, confirmed("inbox")),
        CrashPoint::AfterInboxCommit => (turns + pending, confirmed("inbox") + 1),
        CrashPoint::BeforeTurnCommit => (turns, confirmed("turn")),
        CrashPoint::AfterTurnCommit => (turns, confirmed("turn") + 1),
        CrashPoint::AfterClaimCommit => (turns, confirmed("claim") + 1),
    };
    assert_eq!(exact.0, exact.1, "{said}");
}
