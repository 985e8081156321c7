//! The engine played from outside: scenarios with named moments, then random ones.
//!
//! Everything goes through `engine::Rehearsal`: the real engine, the real rules, virtual time.
//! Read next: `support.rs`, then any scenario.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod always_works;
mod bad_input;
mod company;
mod disclosure;
mod handoff;
mod ladder;
mod limits;
mod pack;
mod properties;
mod silence;
mod support;
mod versions;
mod wrapping;
