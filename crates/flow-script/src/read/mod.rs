//! From the YAML tree to [`crate::raw`]: shapes, keys and values; no names are looked up here.
//!
//! Read next: `reader.rs`, then `flow.rs`.

mod ask;
mod condition;
mod duration;
mod example;
mod flow;
mod forbidden;
mod reader;
mod resources;
mod step;
mod translation;

pub(crate) use example::read_example;
pub(crate) use flow::{STEPS as STEPS_IN_A_FLOW, read_flow};
pub(crate) use reader::NAME_BYTES;
pub(crate) use resources::read_resources;
pub(crate) use step::RESOURCE_KINDS;
pub(crate) use translation::{Translation, read_translation};
