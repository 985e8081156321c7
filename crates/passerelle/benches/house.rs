//! The whole house beside a bare loop: how many children's messages a second it answers, and how
//! soon, on SQLite with full durability and everything sealed.
//!
//! A message's way is the real one: inbox, screening, engine, one store transaction, outbox, and an
//! adapter that takes everything at once. The bare loop then writes the same rows, byte by byte, with
//! as many commits, in the same run on the same disk, and does nothing else: it is what SQLite itself
//! can do. `cargo bench -p passerelle --bench house`. Read next: `house/children.rs`, `house/rows.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, reason = "a measuring tool, run by hand")]
#![allow(clippy::disallowed_methods, reason = "measuring takes a real clock")]

#[path = "house/children.rs"]
mod children;
#[path = "house/open.rs"]
mod open;
#[path = "house/rows.rs"]
mod rows;

use children::Waits;
use std::path::Path;
use std::time::{Duration, Instant};

/// Children who write at the same time, each their next message as soon as they are answered.
const AT_ONCE: usize = 128;
/// Talks in one round.
const TALKS: usize = 512;
/// Talks at the same time when it is calm.
const CALM: usize = 4;
const ROUNDS: usize = 5;

struct Measured {
    messages: usize,
    took: Duration,
    waits: Waits,
    commits: u64,
    jobs: u64,
    cpu: Duration,
}

/// Time that all threads of this process have computed: the same on a busy machine as on an idle one.
fn cpu() -> Duration {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let after_name = stat.rsplit_once(')').unwrap().1;
    let ticks = |place: usize| after_name.split_whitespace().nth(place).unwrap().parse::<u64>().unwrap();
    // utime and stime, in hundredths of a second.
    Duration::from_millis((ticks(11) + ticks(12)) * 10)
}

impl Measured {
    fn per_second(&self) -> f64 {
        self.messages as f64 / self.took.as_secs_f64()
    }
}

async fn round(path: &Path, talks: usize, at_once: usize) -> Measured {
    let house = open::House::open(path).await;
    let replies = children::rehearse(&house).await;
    let before = house.store.committed();
    let (start, cpu_before) = (Instant::now(), cpu());
    let waits = children::all(&house.street, talks, at_once, &replies).await;
    let took = start.elapsed();
    house.quiet().await;
    let cpu = cpu().saturating_sub(cpu_before);
    let after = house.store.committed();
    house.close().await;
    let commits = after.transactions - before.transactions;
    Measured { messages: talks * replies.len(), took, waits, commits, jobs: after.jobs - before.jobs, cpu }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let folder = tempfile::tempdir_in(std::env::var("BENCH_DIR").unwrap_or_else(|_| ".".into())).unwrap();
    let file = |name: String| folder.path().join(name);

    // Once, with every written row noted down, for the bare loop; not measured.
    let noted = file("noted.db".into());
    rows::note_down(&noted).await;
    round(&noted, TALKS, AT_ONCE).await;
    let rows = rows::noted(&noted);

    let calm = round(&file("calm.db".into()), 32, CALM).await;
    println!("{CALM} children at once: {}", calm.waits);

    println!("{AT_ONCE} children at once, {TALKS} talks of {} messages, {ROUNDS} rounds", children::TALK.len());
    let mut ratios = Vec::new();
    for number in 0..ROUNDS {
        let house = round(&file(format!("house-{number}.db")), TALKS, AT_ONCE).await;
        let cpu_before = cpu();
        let bare = rows::bare(&file(format!("bare-{number}.db")), &rows, house.commits);
        // The rows noted are those of the rehearsal, too.
        let bare_per_second = (house.messages + children::TALK.len()) as f64 / bare.as_secs_f64();
        let cpu_bare =
            cpu().saturating_sub(cpu_before).as_secs_f64() / (house.messages + children::TALK.len()) as f64;
        let cpu_house = house.cpu.as_secs_f64() / house.messages as f64;
        let ratio = house.per_second() / bare_per_second;
        println!(
            "house {:.0} messages/s ({}; {:.1} jobs and {:.1} rows a message, {:.1} messages a commit); \
             bare loop {bare_per_second:.0}/s; ratio {ratio:.2}; computed {:.2} ms a message, bare {:.2}",
            house.per_second(),
            house.waits,
            house.jobs as f64 / house.messages as f64,
            rows.len() as f64 / house.messages as f64,
            house.messages as f64 / house.commits as f64,
            cpu_house * 1e3,
            cpu_bare * 1e3,
        );
        ratios.push(ratio);
    }
    ratios.sort_by(f64::total_cmp);
    println!("house_ratio {:.2}", ratios[ratios.len() / 2]);
}
