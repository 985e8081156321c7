//! What can be done, one address a file. Each takes a form that was checked first, sends one command
//! through the door and answers with a redirect or, to the page's script, with a line of JSON.
//!
//! It must never write a conversation itself. Read next: `say.rs`.

mod accept;
mod alarms_seen;
mod change_password;
mod decline;
mod duty;
mod erase;
mod finish;
mod give_back;
mod heartbeat;
mod language;
mod link;
mod note;
mod say;
mod send;
mod sign_in;
mod sign_out;
mod wrap_up;

pub(crate) use accept::accept;
pub(crate) use alarms_seen::alarms_seen;
pub(crate) use change_password::change_password;
pub(crate) use decline::decline;
pub(crate) use duty::duty;
pub(crate) use erase::erase;
pub(crate) use finish::finish;
pub(crate) use give_back::give_back;
pub(crate) use heartbeat::heartbeat;
pub(crate) use language::language;
pub(crate) use link::{link, unlink};
pub(crate) use note::note;
pub(crate) use say::say;
pub(crate) use sign_in::sign_in;
pub(crate) use sign_out::sign_out;
pub(crate) use wrap_up::wrap_up;
