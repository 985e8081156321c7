//! Between HTTP and the pages: cookies, forms that prove their origin, headers, errors.
//!
//! Read next: `posted.rs`, `headers.rs`, `error.rs`.

mod answer;
pub(crate) mod cookies;
mod error;
mod headers;
mod posted;

pub(crate) use answer::{Asked, done, refusal_status, refused};
pub(crate) use cookies::cookie;
pub(crate) use error::DeskError;
pub(crate) use headers::around;
pub(crate) use posted::{Posted, PostedByVisitor};
