//! Who is at the desk: passwords, sessions, growing waits.
//!
//! It must never keep a password or a session's token, only what checks them.
//! Read next: `password.rs`, `session.rs`, `sign_in.rs`.

mod guard;
mod password;
mod session;
mod sign_in;

pub(crate) use guard::{Busy, Guard};
pub(crate) use password::{DUMMY_HASH, check_new, verify};
pub use password::{NewPasswordError, PasswordError, hash_password, one_time_password};
pub(crate) use session::{SignedIn, Visitor, begin, end};
pub(crate) use sign_in::{Attempt, try_sign_in};
