//! Safety rules: every text a person writes is read here before anything else reads it (S1, I2).
//!
//! Screening is pure: same text, same findings. It must never do input or output, read a clock, call
//! a model, be muted by configuration or a flow, or put a child's words into an error or a log.
//! Read next: `screen.rs`, then `table.rs`, then a phrase file such as `data/en/suicide.toml`.

mod compile;
mod fold;
mod langs;
mod letters;
mod matcher;
mod pattern;
mod roles;
mod screen;
mod screened;
mod spelling;
mod structure;
mod table;
mod tokens;
mod words;

pub mod escalation;
pub mod eval;
pub mod jsonl;

mod explain;

pub use explain::{Explained, Explanation, ViewRead, explain};
pub use screen::{screen, screen_inbound, screen_inbound_in};
pub use screened::{Screened, Window};
