//! What can be read, one address a file. Nothing here changes anything, apart from noting who looked.
//!
//! Read next: `conversation.rs`.

mod board;
mod channels;
mod conversation;
mod events;
mod head;
mod health;
mod help;
mod live;
mod nothing_here;
mod password;
mod queue;
mod root;
mod sign_in;
pub(crate) mod static_files;

pub(crate) use board::board;
pub(crate) use channels::channels;
pub(crate) use conversation::{conversation, conversation_with};
pub(crate) use events::events;
pub(crate) use head::head;
pub(crate) use health::health;
pub(crate) use help::help;
pub(crate) use live::live;
pub(crate) use nothing_here::nothing_here;
pub(crate) use password::{ChangeRefused, password, password_with};
pub(crate) use queue::queue;
pub(crate) use root::root;
pub(crate) use sign_in::{sign_in, sign_in_with};
