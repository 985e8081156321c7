//! Killed at any moment, the house loses nothing and says nothing twice (I5, A6).
//!
//! The flow pack `packs/echo` answers each number with exactly one message that repeats it, so the
//! list of what a child was shown tells everything.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use anyhow::{Result, ensure};
use end_to_end::house::{HELPLINE, PRACTICE, Plan, command};
use end_to_end::practice::PracticeChild;
use end_to_end::root;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::{Notify, watch};

fn plan(folder: &Path) -> Result<Plan> {
    let mut plan = Plan::new(folder)?;
    plan.config = format!(
        "{HELPLINE}langs = [\"en\"]\n[flows]\ndir = \"{}\"\n{PRACTICE}",
        root().join("tests/packs/echo").display()
    );
    Ok(plan)
}

/// What a child who wrote `hi`, 1, 2, … must have been shown.
fn expected(numbers: usize) -> Vec<String> {
    (0..=numbers).map(|number| format!("I heard {number}.")).collect()
}

/// A child that writes `hi`, 1, 2, …, each again and again until it is told "received".
async fn steady(
    child: PracticeChild,
    numbers: usize,
    mut up: watch::Receiver<bool>,
    told: Arc<AtomicUsize>,
    tick: Arc<Notify>,
) {
    for number in 0..=numbers {
        let text = if number == 0 { "hi".to_owned() } else { number.to_string() };
        let body = json!({"child": child.name, "id": format!("m{number}"), "text": text});
        loop {
            up.wait_for(|up| *up).await.unwrap();
            if child.try_send(&body).await {
                break;
            }
            tokio::task::yield_now().await;
        }
        told.fetch_add(1, Ordering::SeqCst);
        tick.notify_one();
    }
}

async fn check_all(children: &[PracticeChild], numbers: usize) -> Result<()> {
    for child in children {
        let shown = child.wait_for(numbers + 1).await?;
        ensure!(shown == expected(numbers), "{} was shown {shown:?}", child.name);
    }
    Ok(())
}

async fn verify_audit(plan: &Plan) -> Result<()> {
    let (config, data) = (plan.config_file(), plan.data());
    let done =
        command(&["audit", "verify", "--config", config.to_str().unwrap(), "--data", data.to_str().unwrap()])
            .await?;
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    ensure!(done.status.success() && said.contains("is whole"), "{said}{}", String::from_utf8_lossy(&done.stderr));
    Ok(())
}

/// A fixed sequence of numbers that look random, so that a failing run can be run again.
fn shuffled(seed: &mut u64) -> usize {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    usize::try_from(*seed % 1_000).unwrap_or(0)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_kills_under_a_steady_stream_lose_nothing_and_double_nothing() -> Result<()> {
    const CHILDREN: usize = 24;
    const NUMBERS: usize = 18;
    const KILLS: usize = 50;
    let folder = tempfile::tempdir()?;
    let plan = plan(folder.path())?;
    let mut house = plan.start().await?;
    let (up, watch) = watch::channel(true);
    let (told, tick) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
    let children: Vec<_> = (0..CHILDREN).map(|n| PracticeChild::new(&house.base, &format!("child{n}"))).collect();
    let mut writers = tokio::task::JoinSet::new();
    for child in &children {
        writers.spawn(steady(child.clone(), NUMBERS, watch.clone(), Arc::clone(&told), Arc::clone(&tick)));
    }
    let (all, mut seed) = (CHILDREN * (NUMBERS + 1), 0x9E37_79B9_7F4A_7C15_u64);
    for kill in 1..=KILLS {
        // Kills are spread over the whole stream; the exact moment within falls where it falls.
        let after = all * kill / (KILLS + 1);
        while told.load(Ordering::SeqCst) < after {
            tick.notified().await;
        }
        for _ in 0..shuffled(&mut seed) {
            tokio::task::yield_now().await;
        }
        up.send(false)?;
        house.kill().await?;
        house = plan.start().await?;
        up.send(true)?;
    }
    while let Some(done) = writers.join_next().await {
        done?;
    }
    check_all(&children, NUMBERS).await?;
    house.kill().await?;
    verify_audit(&plan).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_at_each_commit_boundary_loses_nothing_and_doubles_nothing() -> Result<()> {
    const CHILDREN: usize = 4;
    const NUMBERS: usize = 4;
    let points = [
        "before_inbox_commit",
        "after_inbox_commit",
        "before_turn_commit",
        "after_turn_commit",
        "after_claim_commit",
    ];
    for point in points {
        // The first claims of a start find nothing to send.
        let passings = if point == "after_claim_commit" { [3, 5, 11] } else { [1, 2, 7] };
        for passing in passings {
            let folder = tempfile::tempdir()?;
            let mut plan = plan(folder.path())?;
            plan.more = vec!["--crash-at".into(), format!("{point}:{passing}")];
            let mut house = plan.start().await?;
            let (up, watch) = watch::channel(true);
            let (told, tick) = (Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
            let children: Vec<_> =
                (0..CHILDREN).map(|n| PracticeChild::new(&house.base, &format!("child{n}"))).collect();
            let mut writers = tokio::task::JoinSet::new();
            for child in &children {
                writers.spawn(steady(child.clone(), NUMBERS, watch.clone(), Arc::clone(&told), Arc::clone(&tick)));
            }
            let status = house.ended().await?;
            ensure!(!status.success(), "{point}:{passing} didn't crash");
            up.send(false)?;
            plan.more.clear();
            let house = plan.start().await?;
            up.send(true)?;
            while let Some(done) = writers.join_next().await {
                done?;
            }
            check_all(&children, NUMBERS).await?;
            house.kill().await?;
            verify_audit(&plan).await?;
        }
    }
    Ok(())
}
