//! safety-rules.
