//! Starts the crash points' test; only debug builds have crash points.

#[cfg(debug_assertions)]
mod common;
#[cfg(debug_assertions)]
mod crash_points;

fn main() {
    #[cfg(debug_assertions)]
    crash_points::run();
}
