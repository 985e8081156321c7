//! The operating system's randomness. The one place that asks for it.

use domain::{Entropy, OsEntropyMissing};

/// `getrandom`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct OsEntropy;

impl Entropy for OsEntropy {
    #[allow(clippy::disallowed_methods, reason = "this is the one place that asks the system for randomness")]
    fn fill(&self, buffer: &mut [u8]) -> Result<(), OsEntropyMissing> {
        getrandom::fill(buffer).map_err(|_| OsEntropyMissing)
    }
}
