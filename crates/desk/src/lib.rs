//! The counsellor's web desk. Server-rendered, live by server-sent events.
//!
//! It must never write a conversation itself: it sends commands through [`Door`].
//! Read next: `door.rs`, then `desk.rs`, then one page: `pages/conversation.rs`.

mod actions;
mod alert;
mod auth;
mod desk;
mod door;
mod pages;
mod reading;
mod render;
mod routes;
mod transcript;
mod web;
mod words;

pub use auth::{NewPasswordError, PasswordError, hash_password, one_time_password};
pub use desk::{Cookies, DeskParts};
pub use door::{Change, Door};
pub use routes::router;
pub use transcript::{ChildWords, Delivery, Happening, Line, LineKind, Voice, transcript};
