//! adapter-practice.
