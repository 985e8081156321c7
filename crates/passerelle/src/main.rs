//! passerelle.
fn main() {}
