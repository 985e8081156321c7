//! Discord keeps the adapter contract, against a server that speaks as Discord's description says.
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[allow(dead_code, reason = "each test program uses its own part of it")]
mod play;

use adapter_api::conformance;
use play::Town;
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn discord_keeps_the_contract() {
    let mut town = Town::met().await;
    let inbox = Arc::clone(&town.inbox);
    conformance::check(&mut town, &inbox).await;
    assert_eq!(town.server.violations(), Vec::<String>::new(), "every request must be as Discord describes it");
}

#[tokio::test(flavor = "multi_thread")]
async fn any_schedule_of_troubles_loses_and_doubles_nothing() {
    conformance::schedules(conformance::seeds(8), async || {
        let town = Town::met().await;
        let inbox = Arc::clone(&town.inbox);
        (town, inbox)
    })
    .await;
}
