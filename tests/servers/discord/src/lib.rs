//! Discord for tests.
