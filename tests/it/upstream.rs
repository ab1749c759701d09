//! Tool calls against APIs that answer, refuse, lie, stall and vanish.
//!
//! Everything runs on loopback, with an API of its own that has nothing to do with the one this crate is built for.

mod answers;
mod environment;
mod files;
mod fixture;
mod log;
mod raw;
mod texts;
mod tls;
