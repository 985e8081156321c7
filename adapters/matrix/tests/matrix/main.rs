//! The Matrix adapter against a real homeserver (Synapse) and a client written by others.
//!
//! One program, because linking the Matrix library is slow. Read next: `play.rs`, then `conformance.rs`.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod conformance;
mod crash;
mod keys;
mod people;
mod play;
