//! The flows that the binary carries, so that it works with no folder of flows beside it.
//!
//! The list is made by `build.rs` from `flows/`. Read next: `load.rs`.

include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// Each file's path inside the pack, and its text.
pub const fn shipped() -> &'static [(&'static str, &'static str)] {
    SHIPPED
}
