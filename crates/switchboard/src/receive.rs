//! Keeps each adapter receiving; one that fails never stops another (A5).

use crate::house::{Inner, Switchboard, held};
use crate::inbox::AccountInbox;
use adapter_api::{Adapter, AdapterError};
use domain::{AccountId, Platform};
use futures_util::FutureExt as _;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

/// How one channel is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Health {
    Receiving,
    Retrying,
    Refused,
}

/// How one channel is, for `/health` and the desk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChannelHealth {
    /// Which account.
    pub account: AccountId,
    /// Where.
    pub platform: Platform,
    /// `receiving`, `retrying` or `refused`.
    pub state: &'static str,
}

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(60);

pub(crate) async fn receive(inner: Arc<Inner>, adapter: Arc<dyn Adapter>) {
    let account = adapter.account().clone();
    let mut wait = FIRST_WAIT;
    loop {
        held(&inner.health).insert(account.clone(), Health::Receiving);
        let inbox = Arc::new(AccountInbox::new(Arc::clone(&inner), account.clone()));
        let began = inner.time.now();
        let received = AssertUnwindSafe(adapter.receive(inbox, inner.stop.clone())).catch_unwind().await;
        match received.unwrap_or_else(|_panic| Err(AdapterError::Unreachable("its adapter panicked".to_owned()))) {
            Ok(()) if inner.stop.is_cancelled() => return,
            Ok(()) => tracing::info!(%account, "the adapter stopped receiving; starting it again"),
            Err(AdapterError::Refused(why)) => {
                tracing::error!(%account, why, "the platform refused the account; a person must act, then restart");
                held(&inner.health).insert(account, Health::Refused);
                return;
            }
            Err(error) => tracing::warn!(%account, %error, "the adapter failed; starting it again"),
        }
        held(&inner.health).insert(account.clone(), Health::Retrying);
        if inner.time.now().since(began) > LONGEST_WAIT {
            wait = FIRST_WAIT;
        }
        if !inner.pause(wait).await {
            return;
        }
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

impl Switchboard {
    /// How every channel is.
    pub fn channels(&self) -> Vec<ChannelHealth> {
        let health = held(&self.inner.health);
        let state = |account: &AccountId| match health.get(account) {
            Some(Health::Receiving) => "receiving",
            Some(Health::Refused) => "refused",
            Some(Health::Retrying) | None => "retrying",
        };
        self.inner
            .adapters
            .iter()
            .map(|adapter| ChannelHealth {
                account: adapter.account().clone(),
                platform: adapter.platform(),
                state: state(adapter.account()),
            })
            .collect()
    }
}
