//! Telegram for tests.
