//! One conversation, one command, one turn. Pure and deterministic (E1).
//!
//! [`step`] takes a conversation as it is, something that happened, and the house at this moment,
//! and returns everything that follows: events, words to send, calls for humans. It must never
//! read a clock, make a random number, wait, or hold anything between two calls; it sees a child's
//! words only as `Screened` (I2), lowers no urgency (I3), and never lets the bot speak once a
//! human has written (E3).
//! Read next: `step.rs`, then `work.rs`.

mod alive;
mod answer;
mod condition;
mod context;
mod deadlines;
mod delivery;
mod desk;
mod escalate;
mod flow_walk;
mod guard;
mod inbound;
mod queue;
mod rehearse;
mod render;
mod step;
mod timer;
mod work;

pub use context::{Command, Context, House, Opening, Person, Turn};
pub use deadlines::Deadlines;
pub use guard::{Owed, owed};
pub use rehearse::{Rehearsal, Spoken};
pub use step::{StepError, Subject, step};
