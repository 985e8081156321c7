//! adapter-matrix.
