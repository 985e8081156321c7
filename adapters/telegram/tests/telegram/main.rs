//! The Telegram adapter against a Bot API server, and against what goes wrong.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod conformance;
mod crash;
mod errors;
mod hearing;
mod looking;
mod play;
mod quiet;
mod speaking;
mod webhook;
