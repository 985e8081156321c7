//! The counsellor's web desk. Server-rendered, live by server-sent events.
//!
//! It must never write a conversation itself: it sends commands through [`Door`].
//! Read next: `door.rs`.

mod door;

pub use door::{Change, Door};
