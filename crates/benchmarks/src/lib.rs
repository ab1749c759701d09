//! Helpers of several benchmarks: the program that they measure, and the output of a figure.

pub mod figures;
pub mod program;
