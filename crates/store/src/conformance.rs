//! What every store must do, as one suite of tests.
//!
//! A store's own tests make a [`Subject`] and call [`crate::conformance_suite!`]; each case below
//! becomes one test. Read next: `conformance/make.rs`, then the cases.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "these are tests; a failed expectation must stop them"
)]

mod audit;
mod desk;
mod erase;
mod inbox;
mod links;
pub mod make;
mod outbox;
mod people;
pub mod turns;
mod upkeep;

use crate::Store;
use async_trait::async_trait;
use domain::{Entropy, OsEntropyMissing};
use std::sync::atomic::{AtomicU64, Ordering};

/// A fresh store under test.
#[async_trait]
pub trait Subject: Send + Sync {
    /// The store.
    fn store(&self) -> &dyn Store;

    /// As if the process had stopped and started again on what was kept.
    async fn restart(&mut self);

    /// Replaces the JSON of a kept audit line behind the store's back.
    async fn tamper_with_audit(&mut self, seq: u64, json: &str);
}

/// Random-looking bytes that are the same in every run: for tests only.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// From a seed; two seeds give different bytes.
    pub const fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed.wrapping_mul(0xD134_2543_DE82_EF95)))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), OsEntropyMissing> {
        for chunk in buffer.chunks_mut(8) {
            // SplitMix64, by Sebastiano Vigna (public domain algorithm).
            let mut mixed = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            let bytes = (mixed ^ (mixed >> 31)).to_le_bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
        Ok(())
    }
}

/// The cases, by name.
pub mod cases {
    pub use super::audit::*;
    pub use super::desk::*;
    pub use super::erase::*;
    pub use super::inbox::*;
    pub use super::links::*;
    pub use super::outbox::*;
    pub use super::people::*;
    pub use super::turns::*;
    pub use super::upkeep::*;
}

/// One test for each case, over the subjects that `$make` (an async fn) makes.
#[macro_export]
macro_rules! conformance_suite {
    ($make:path) => {
        $crate::conformance_suite! { @each $make:
            a_repeated_delivery_is_kept_once
            order_in_is_order_out
            items_and_cursor_are_kept_together_or_not_at_all
            the_same_child_is_the_same_contact_and_the_newest_chat_counts
            a_batch_that_is_too_long_or_too_large_is_refused_whole
            a_long_message_is_kept_whole
            pending_goes_on_after_a_place
            a_turn_is_kept_whole
            a_turn_that_conflicts_keeps_nothing
            making_a_conversation_twice_conflicts
            a_contact_has_one_open_conversation
            a_turn_takes_its_inbox_row_once
            replaying_the_events_gives_the_state
            a_turn_whose_parts_do_not_fit_is_refused
            everything_is_there_after_a_restart
            timers_are_exactly_the_states
            due_timers_come_earliest_first
            many_turns_at_once_each_keep_their_own
            of_racing_turns_one_wins
            the_outbox_sends_in_order_one_at_a_time_per_conversation
            the_key_of_a_row_never_changes
            a_claim_is_under_way_until_settled_or_postponed
            rows_under_way_at_a_stop_are_interrupted
            a_postponed_row_waits_for_its_time
            a_row_is_settled_once
            an_account_claims_its_own_rows_only
            a_message_goes_to_the_newest_chat
            the_audit_chain_holds_and_shows_tampering
            the_audit_log_is_read_by_conversation_and_place
            the_board_is_ordered_by_urgency_then_wait
            earlier_talks_of_the_same_child_come_newest_first
            alarms_ring_until_seen
            delivery_trouble_is_on_the_board
            a_login_is_found_whatever_the_case_and_is_unique
            sessions_expire_and_end
            only_a_closed_conversation_can_be_erased
            an_erased_conversation_can_not_be_read_again
            erasing_leaves_what_the_child_wrote_since
            who_asked_for_deletion_is_listed_until_erased
            old_deliveries_are_forgotten_and_nothing_else
            what_waits_for_an_account_is_counted_and_the_oldest_stays_old
            contacts_are_linked_seen_from_both_ends_and_parted_again
            what_can_not_be_linked_is_refused
            erasing_one_contact_leaves_no_trace_of_the_link
            a_conversation_is_found_by_the_beginning_of_its_name
            a_store_that_works_takes_a_probe_as_often_as_asked
        }
    };
    (@each $make:path: $($case:ident)+) => {
        $(
            #[tokio::test]
            async fn $case() {
                let mut subject = $make().await;
                $crate::conformance::cases::$case(&mut subject).await;
            }
        )+
    };
}
