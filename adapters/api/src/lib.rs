//! adapter-api.
