//! Words to a child: the only types that an adapter can send.
//!
//! A text to a child comes from a flow, a built-in phrase or a signed-in counsellor, and from
//! nowhere else (I1). This room is apart from `domain` so that `triage` can't name these types:
//! the arrow from `triage` to here is forbidden and checked.
//! Read next: `child_text.rs`, then `phrase.rs`.

mod child_text;
mod outbound;
mod phrase;
mod phrases_en;
mod phrases_fr;

pub use child_text::{ChildText, Origin};
pub use outbound::{Choice, Outbound, Recipient};
pub use phrase::{Phrase, PhraseValues, SPOKEN_LANGS};
