//! Errors at the edge: shown once, whole, with an exit code that scripts can read.

use std::process::ExitCode;

/// Something a person gave can't be used as it is: exit code 2.
#[derive(Debug)]
pub(crate) struct Unusable(pub(crate) String);

impl std::fmt::Display for Unusable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Unusable {}

/// Marks an error as the fault of a file or setting.
pub(crate) fn unusable(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow::Error::new(Unusable(error.to_string()))
}

/// Prints the whole chain and chooses the exit code.
pub(crate) fn report(error: &anyhow::Error) -> ExitCode {
    eprintln!("passerelle: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
    if error.chain().any(|cause| cause.is::<Unusable>()) { ExitCode::from(2) } else { ExitCode::from(1) }
}
