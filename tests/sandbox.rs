//! The stand-in as a client sees it: over HTTP, and by nothing else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

#[path = "sandbox/client.rs"]
mod client;
#[path = "sandbox/engine.rs"]
mod engine;
#[path = "sandbox/helpdesk.rs"]
mod helpdesk;
#[path = "sandbox/library.rs"]
mod library;
#[path = "sandbox/records.rs"]
mod records;
