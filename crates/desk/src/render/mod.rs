//! Pieces of pages. Everything goes through maud, which escapes; nothing here is pre-escaped.
//!
//! It must never put a child's words into an attribute, a script or a class name.
//! Read next: `layout.rs`, then `card.rs` and `lines.rs`.

mod board;
mod card;
pub(crate) mod channels;
mod controls;
mod happening;
mod help;
mod highlight;
mod layout;
mod lines;
mod linked;
mod marks;
mod strip;
mod talk;

pub(crate) use board::board;
pub(crate) use controls::Typed;
pub(crate) use help::{help, languages};
pub(crate) use layout::{Ctx, bare, duty_name, error_line, error_page, head, page};
pub(crate) use talk::talk;
