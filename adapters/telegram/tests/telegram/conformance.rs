//! The contract, by long polling and by webhook, and any schedule of troubles.

use crate::play::Town;
use adapter_api::conformance::{self, schedules, seeds};
use std::sync::Arc;

#[tokio::test(flavor = "multi_thread")]
async fn the_telegram_adapter_keeps_the_contract_by_polling() {
    let mut town = Town::polling().await;
    let inbox = Arc::clone(&town.inbox);
    conformance::check(&mut town, &inbox).await;
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_telegram_adapter_keeps_the_contract_by_webhook() {
    let mut town = Town::pushed().await;
    let inbox = Arc::clone(&town.inbox);
    conformance::check(&mut town, &inbox).await;
    town.keeps_to_the_description();
}

#[tokio::test(flavor = "multi_thread")]
async fn any_schedule_of_troubles_loses_and_doubles_nothing() {
    let open = async || {
        let town = Town::polling().await;
        let inbox = Arc::clone(&town.inbox);
        (town, inbox)
    };
    schedules(seeds(4), open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn any_schedule_of_troubles_loses_and_doubles_nothing_by_webhook() {
    let open = async || {
        let town = Town::pushed().await;
        let inbox = Arc::clone(&town.inbox);
        (town, inbox)
    };
    schedules(seeds(4), open).await;
}
