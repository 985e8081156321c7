//! How fast turns are kept with full durability, beside a bare loop of the same rows.
//!
//! Both write the same statements with rows of the same sizes to the same shape of file on the
//! same disk, in transactions of the same size, one after the other in turn. The bare loop seals
//! nothing, checks nothing and answers nobody: it is what SQLite itself can do.
//! `cargo bench -p store-sqlite`; the files lie in BENCH_DIR or here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a measuring tool, run by hand")]
#![allow(clippy::disallowed_methods, reason = "measuring takes a real clock")]

use domain::{Confidential, Conversation, DeliveryOutcome, Event, FlowHash, InboxSeq, MessageId, TimerKey};
use rusqlite::{Connection, params};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::conformance::SeededEntropy;
use store::conformance::make::{
    account, at, conversation, entry, next, opening, outbound, received_event, said_event, text,
};
use store::vault::MasterKey;
use store::{Inboxes, TurnCommit, Turns};
use store_sqlite::{Options, SqliteStore};

const CHILDREN: usize = 128;
const TURNS: usize = 40;
const ROUNDS: usize = 5;
const WORDS: &str = "i dont know what to do, everything at home is loud and i cant sleep any more";
const ANSWER: &str = "Thank you for telling me. That sounds hard. Would you like to tell me more about it?";
/// Sealing adds a version byte, a nonce and a tag.
const SEALED: usize = 41;

/// One child's whole talk, made before the clock runs.
fn talk(child: usize, rows: &[(InboxSeq, domain::ContactId)]) -> Vec<TurnCommit> {
    let id = conversation(child as u128 + 1);
    let mut turns: Vec<TurnCommit> = Vec::new();
    for (number, (seq, contact)) in rows.iter().enumerate() {
        let message = u32::try_from(number * 2 + 1).unwrap();
        let second = i64::try_from(number).unwrap();
        let mut events = vec![
            received_event(message, *seq, WORDS),
            Event::VariableSet { name: "mood".into(), value: Confidential::from("low") },
            Event::AtStep {
                flow: "welcome".into(),
                hash: FlowHash::new("a".repeat(64)),
                step: "what_brings_you".into(),
                stack: Vec::new(),
                waiting: Some(domain::Waiting::Answer),
            },
            said_event(message + 1, ANSWER),
            Event::TimerArmed { key: TimerKey::ChildSilent, at: at(second + 600) },
        ];
        let outcome = DeliveryOutcome::Sent { external: None };
        let mut turn = match turns.last() {
            None => opening(id, *contact, events, at(second)),
            Some(before) => {
                events.push(Event::Delivered { message: MessageId(message - 1), outcome: outcome.clone() });
                next(&before.state, events, at(second))
            }
        };
        if number > 0 {
            turn.settled = Some((MessageId(message - 1), outcome));
        }
        turn.took = Some(*seq);
        turn.outbox = vec![outbound(id, message + 1, ANSWER)];
        turn.audit = vec![entry(Some(id), "answered", second)];
        turns.push(turn);
    }
    turns
}

struct Measured {
    per_second: f64,
    p50: Duration,
    p99: Duration,
    batch: f64,
}

async fn accepted(store: &SqliteStore) -> Vec<Vec<(InboxSeq, domain::ContactId)>> {
    let mut rows = Vec::new();
    for child in 0..CHILDREN {
        let batch =
            (0..TURNS).map(|turn| text(&format!("child{child}"), &format!("{child}-{turn}"), WORDS)).collect();
        let kept = store.accept(&account(), batch, None, at(0)).await.unwrap();
        rows.push(
            kept.into_iter()
                .map(|accepted| match accepted {
                    store::Accepted::New { seq, contact } => (seq, contact),
                    store::Accepted::Repeated => unreachable!("keys are distinct"),
                })
                .collect(),
        );
    }
    rows
}

async fn through_the_store(path: &Path) -> (Measured, Vec<Vec<TurnCommit>>) {
    let options = Options::new(MasterKey::from_bytes([7; 32]), Arc::new(SeededEntropy::new(7)));
    let store = Arc::new(SqliteStore::open(path, options).unwrap());
    let rows = accepted(&store).await;
    let talks: Vec<_> = rows.iter().enumerate().map(|(child, rows)| talk(child, rows)).collect();
    let before = store.committed();
    let copies = talks.clone();
    let start = Instant::now();
    let mut children = Vec::new();
    for talk in copies {
        let store = Arc::clone(&store);
        children.push(tokio::spawn(async move {
            let mut waits = Vec::with_capacity(talk.len());
            for turn in talk {
                let begun = Instant::now();
                store.commit(turn).await.unwrap();
                waits.push(begun.elapsed());
            }
            waits
        }));
    }
    let mut waits = Vec::new();
    for child in children {
        waits.extend(child.await.unwrap());
    }
    let took = start.elapsed();
    let after = store.committed();
    store.close().await.unwrap();
    waits.sort_unstable();
    let turns = waits.len() as f64;
    let batch = (after.jobs - before.jobs) as f64 / (after.transactions - before.transactions) as f64;
    let measured = Measured {
        per_second: turns / took.as_secs_f64(),
        p50: waits[waits.len() / 2],
        p99: waits[waits.len() * 99 / 100],
        batch,
    };
    (measured, talks)
}

/// What the bare loop writes for one turn.
struct Row {
    n: i64,
    expected: i64,
    version: i64,
    first: bool,
    took: i64,
    settled: Option<u32>,
    message: u32,
    state: usize,
    outbox: usize,
    events: Vec<(i64, usize)>,
    audit: String,
    timers: String,
}

fn bare_rows(talks: &[Vec<TurnCommit>]) -> Vec<Row> {
    let size = |value: usize| value + SEALED;
    let json = |state: &Conversation| serde_json::to_vec(state).unwrap().len();
    let mut rows = Vec::new();
    for number in 0..TURNS {
        for (child, talk) in talks.iter().enumerate() {
            let turn = &talk[number];
            let events = turn.events.iter();
            rows.push(Row {
                n: child as i64 + 1,
                expected: turn.expected.cast_signed(),
                version: turn.state.version.cast_signed(),
                first: number == 0,
                took: turn.took.unwrap().0,
                settled: turn.settled.as_ref().map(|(message, _)| message.0),
                message: turn.outbox[0].message.0,
                state: size(json(&turn.state)),
                outbox: size(turn.outbox[0].to_kept().unwrap().len()),
                events: events
                    .map(|event| (event.seq.cast_signed(), size(serde_json::to_vec(&event.event).unwrap().len())))
                    .collect(),
                audit: turn.audit[0].canonical().unwrap(),
                timers: serde_json::to_string(&turn.state.timers).unwrap(),
            });
        }
    }
    rows
}

/// The file as it was after the inbox was filled, so that the loop writes to the same shape.
async fn bare_file(path: &Path) -> Connection {
    let options = Options::new(MasterKey::from_bytes([7; 32]), Arc::new(SeededEntropy::new(7)));
    let store = SqliteStore::open(path, options).unwrap();
    accepted(&store).await;
    store.close().await.unwrap();
    let db = Connection::open(path).unwrap();
    db.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000;",
    )
    .unwrap();
    db.set_prepared_statement_cache_capacity(64);
    db
}

fn bare(db: &Connection, rows: &[Row], batch: usize) -> f64 {
    let bytes: Vec<u8> = (0..1_u32 << 20).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let mut line = 0_i64;
    let start = Instant::now();
    for batch in rows.chunks(batch) {
        db.prepare_cached("BEGIN IMMEDIATE").unwrap().execute([]).unwrap();
        for row in batch {
            write_bare(db, row, &bytes);
            line += 1;
            db.prepare_cached("INSERT INTO audit (seq, conversation, line, hash) VALUES (?1, ?2, ?3, ?4)")
                .unwrap()
                .execute(params![line, &(row.n as u128).to_be_bytes()[..], row.audit, &bytes[..32]])
                .unwrap();
        }
        db.prepare_cached("COMMIT").unwrap().execute([]).unwrap();
    }
    rows.len() as f64 / start.elapsed().as_secs_f64()
}

fn write_bare(db: &Connection, row: &Row, bytes: &[u8]) {
    let none: Option<i64> = None;
    let (state, counsellors) = (&bytes[..row.state], &bytes[..0]);
    if row.first {
        let sql = "INSERT INTO conversations (version, stage, urgency, since, lang, last_inbound_at,
                       delivery_trouble, counsellors, timers, next_timer, state,
                       id, contact, account, platform, wrapped)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)";
        let id = (row.n as u128).to_be_bytes();
        let mut insert = db.prepare_cached(sql).unwrap();
        let values = params![
            row.version,
            "with_bot",
            0,
            0,
            "en",
            1_700_000_000_000_i64,
            false,
            counsellors,
            row.timers,
            1_700_000_600_000_i64,
            state,
            &id[..],
            row.n,
            "matrix-main",
            "matrix",
            &bytes[..73]
        ];
        insert.execute(values).unwrap();
    } else {
        let sql = "UPDATE conversations SET version = ?1, stage = ?2, urgency = ?3, since = ?4, lang = ?5,
                       last_inbound_at = ?6, delivery_trouble = ?7, counsellors = ?8, timers = ?9,
                       next_timer = ?10, state = ?11
                   WHERE n = ?12 AND version = ?13 AND wrapped IS NOT NULL";
        let mut update = db.prepare_cached(sql).unwrap();
        let values = params![
            row.version,
            "with_bot",
            0,
            0,
            "en",
            1_700_000_000_000_i64,
            false,
            counsellors,
            row.timers,
            1_700_000_600_000_i64 + row.version,
            state,
            row.n,
            row.expected
        ];
        assert_eq!(update.execute(values).unwrap(), 1);
    }
    let mut take = db.prepare_cached("DELETE FROM inbox WHERE seq = ?1 AND contact = ?2").unwrap();
    assert_eq!(take.execute(params![row.took, row.n]).unwrap(), 1);
    if let Some(message) = row.settled {
        let sql = "DELETE FROM outbox WHERE conversation = ?1 AND message = ?2";
        assert_eq!(db.prepare_cached(sql).unwrap().execute(params![row.n, message]).unwrap(), 1);
    }
    let sql = "INSERT INTO events (conversation, seq, at, sealed) VALUES (?1, ?2, ?3, ?4)";
    let mut insert = db.prepare_cached(sql).unwrap();
    for (seq, size) in &row.events {
        insert.execute(params![row.n, seq, 1_700_000_000_000_i64, &bytes[..*size]]).unwrap();
    }
    let sql = "INSERT INTO outbox (conversation, message, account, due_at, under_way, tries, sealed)
               VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6)";
    let mut insert = db.prepare_cached(sql).unwrap();
    let values = params![row.n, row.message, "matrix-main", 1_700_000_000_000_i64, none, &bytes[..row.outbox]];
    insert.execute(values).unwrap();
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let folder = tempfile::tempdir_in(std::env::var("BENCH_DIR").unwrap_or_else(|_| ".".into())).unwrap();
    println!("{CHILDREN} children at once, {TURNS} turns each, {ROUNDS} rounds");
    let mut ratios = Vec::new();
    for round in 0..ROUNDS {
        let (store, talks) = through_the_store(&folder.path().join(format!("store-{round}.db"))).await;
        let rows = bare_rows(&talks);
        let size = (store.batch.round() as usize).max(1);
        let bare = bare(&bare_file(&folder.path().join(format!("bare-{round}.db"))).await, &rows, size);
        let ratio = store.per_second / bare;
        println!(
            "store {:.0} turns/s (p50 {:.1} ms, p99 {:.1} ms, {:.1} turns a commit); bare loop {bare:.0} turns/s; ratio {ratio:.2}",
            store.per_second,
            store.p50.as_secs_f64() * 1e3,
            store.p99.as_secs_f64() * 1e3,
            store.batch,
        );
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!("store_ratio {:.2}", ratios[ratios.len() / 2]);
}
