//! A second opinion for the counsellor, made by a machine (I1, I6, T2–T4).
//!
//! A suggestion helps a counsellor to see sooner what a child wrote about. It may raise an
//! urgency and nothing else. It must never be waited for, never lower anything, and never become
//! words to a child: this room can't name the types that children's words are made of, and a
//! machine's text can only be read through [`MachineText::for_counsellor`].
//!
//! Without a model, [`NoModel`] stands here and everything else goes on unchanged. With the feature
//! `llama`, `LlamaTriage` asks a model that runs on the helpline's own machine.
//! Read next: `suggestion.rs`, then `port.rs`.

#[cfg(feature = "llama")]
mod llama;
mod machine_text;
mod port;
mod raise;
mod suggestion;

#[cfg(feature = "llama")]
pub use llama::{Counts, LlamaSettings, LlamaTriage, ModelError};
pub use machine_text::{MachineText, TooLong};
pub use port::{Ask, NoModel, Told, Triage};
pub use raise::raise_only;
pub use suggestion::{MOST_QUESTIONS, Suggestion};
