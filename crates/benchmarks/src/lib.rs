//! Helpers of several benchmarks: the program that they measure, its running processes, and the output of a figure.

pub mod figures;
pub mod program;
pub mod running;
