//! What needn't be kept any longer is forgotten, once a day.
//!
//! It must never touch a conversation. Read next: `house.rs`.

use crate::house::Inner;
use domain::limits::DELIVERIES_KEPT;
use std::sync::Arc;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// Wait before the next try while the store can't be used.
const AGAIN: Duration = Duration::from_secs(60 * 60);

/// Tidies until the house stops.
pub(crate) async fn run(inner: Arc<Inner>) {
    loop {
        let before = inner.time.now().minus(DELIVERIES_KEPT);
        let wait = match inner.store.forget_deliveries(before).await {
            Ok(0) => EVERY,
            Ok(forgotten) => {
                tracing::info!(forgotten, "deliveries that no platform repeats any more were forgotten");
                EVERY
            }
            Err(error) => {
                tracing::warn!(%error, "old deliveries can't be forgotten; trying again later");
                AGAIN
            }
        };
        if !inner.pause(wait).await {
            return;
        }
    }
}
