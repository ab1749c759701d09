//! Tool calls against APIs that reply, refuse, stall, send invalid replies, and disconnect.
//!
//! Everything runs on loopback, with a small API that is defined in `fixture.rs`.

mod answers;
mod environment;
mod files;
mod fixture;
mod log;
mod raw;
mod summaries;
mod texts;
mod tls;
