//! A flow as a picture: what the child hears, which answers there are, where risk rises and where a
//! human comes in.
//!
//! It draws a checked flow and changes nothing. Colours never stand alone: words and shapes say the
//! same. Read next: `boxes.rs`, `layout.rs`, `svg.rs`.

mod boxes;
mod layout;
mod mermaid;
mod svg;

pub use mermaid::mermaid;
pub use svg::svg;
