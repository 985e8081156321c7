//! flow-script.
