//! A Bot API server for tests, written from the platform's public description.
//!
//! It listens on loopback, is strict about what it accepts, and misbehaves on request. One
//! [`TelegramServer`] is one bot; any number of [`Person`]s write to it. It must never be shaped to
//! one client, and never be linked into the binary: a client of others drives it too.
//! Read next: `server.rs`, then `person.rs`.

mod answer;
mod calls;
mod door;
mod files;
mod html;
mod http;
mod line;
mod methods;
mod params;
mod person;
mod polling;
mod server;
mod spec;
mod trouble;
mod webhook;
mod world;

pub use door::Door;
pub use person::{Button, Group, Media, Person, Shown};
pub use server::{Call, TelegramServer};
pub use spec::{SPECS, Spec};
pub use trouble::Fault;
