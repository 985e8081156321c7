//! Misbehaviour on request, one call at a time.
//!
//! Read next: `http.rs`, where it happens.

use std::collections::VecDeque;

/// What goes wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// "Too Many Requests", with the seconds to wait. Not done.
    TooMany(u32),
    /// The platform's own JSON with this status, such as 500. Not done.
    Fails(u16),
    /// A page of HTML with this status, as from a gateway before the platform. Not done.
    Gateway(u16),
    /// The connection is cut before anything is done.
    CutBefore,
    /// Done, then the connection is cut without an answer.
    CutAfter,
    /// Done, then the connection stays open and silent.
    SilentAfter,
    /// Done, then an answer that is no JSON.
    GarbageAfter,
}

impl Fault {
    /// What was asked for is done all the same.
    pub(crate) const fn is_done(self) -> bool {
        matches!(self, Self::CutAfter | Self::SilentAfter | Self::GarbageAfter)
    }
}

/// The faults to come.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    coming: VecDeque<Coming>,
}

#[derive(Debug)]
struct Coming {
    method: String,
    /// Calls that go well before.
    after: usize,
    fault: Fault,
}

impl Faults {
    pub(crate) fn add(&mut self, method: &str, after: usize, fault: Fault, times: usize) {
        for number in 0..times {
            let after = if number == 0 { after } else { 0 };
            self.coming.push_back(Coming { method: method.to_ascii_lowercase(), after, fault });
        }
    }

    pub(crate) fn next(&mut self, method: &str) -> Option<Fault> {
        let method = method.to_ascii_lowercase();
        let at = self.coming.iter().position(|coming| coming.method == method)?;
        if self.coming[at].after > 0 {
            self.coming[at].after -= 1;
            return None;
        }
        self.coming.remove(at).map(|coming| coming.fault)
    }
}
