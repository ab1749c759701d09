//! What several benchmarks share: the program that they measure, and how they print a figure.

pub mod figures;
pub mod program;
