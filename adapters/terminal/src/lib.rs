//! adapter-terminal.
