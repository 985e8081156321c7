//! The desk through its router, as a browser meets it, over a store in memory and a simple house.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/mod.rs"]
mod support;

mod desk_tests {
    mod channels;
    mod conversation;
    mod escaping;
    mod linked;
    mod live;
    mod queue;
    mod sign_in;
    mod web;
}
