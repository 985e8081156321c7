//! The Matrix adapter keeps the adapter contract on a real homeserver, over a bad line.
use crate::play::Town;
use adapter_api::conformance::{self, Stage as _};
use domain::InboundBody;
use std::sync::Arc;

fn texts(bodies: &[InboundBody]) -> Vec<String> {
    bodies.iter().map(|body| body.texts().concat()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_adapter_keeps_the_contract_in_an_encrypted_room() {
    let mut town = Town::build(&[]).await;
    town.meet(true).await;
    let inbox = Arc::clone(&town.inbox);
    conformance::check(&mut town, &inbox).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_matrix_adapter_keeps_the_contract_over_any_schedule() {
    let open = async || {
        let mut town = Town::build(&[]).await;
        town.meet(true).await;
        let inbox = Arc::clone(&town.inbox);
        (town, inbox)
    };
    conformance::schedules(conformance::seeds(2), open).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_written_before_the_bot_came_and_hundreds_while_it_was_away_come_in_order() {
    let mut town = Town::build(&[]).await;
    let receiving = town.receiving();
    town.first_sync().await;
    receiving.stop().await;
    town.invite(true).await;
    town.says("before you came").await;
    let receiving = town.receiving();
    // The child's app decides whether somebody who is only invited gets the key. With it, the words
    // come; without, that something came which can't be read. Never nothing.
    let inbox = Arc::clone(&town.inbox);
    let whole = |from| texts(&inbox.heard(from)).into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
    let heard = inbox.wait_heard(0, 1).await;
    let unreadable = heard.iter().any(|body| matches!(body, InboundBody::Unreadable { .. }));
    assert!(unreadable || whole(0) == ["before you came"]);
    receiving.stop().await;
    let from = town.inbox.len();
    let said: Vec<String> = (0..330).map(|number| format!("away {number}")).collect();
    for words in &said {
        town.says(words).await;
    }
    town.reopen().await;
    let receiving = town.receiving();
    inbox.wait_until("words written while it was away", || whole(from).len() >= said.len()).await;
    assert_eq!(whole(from), said);
    receiving.stop().await;
}
