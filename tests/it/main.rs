//! The integration tests of the server, one binary: each module is one subject, and its opening says which.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    reason = "a test stops at the first thing that is wrong, and may say so"
)]

mod admin;
mod arguments;
mod attachments;
mod boundaries;
mod cli;
mod clients;
mod common;
mod completions;
mod config_clients;
mod conformance;
mod console;
mod discovery;
mod doc_examples;
mod doctor;
mod documents;
mod edit_loop;
mod example;
mod faults;
mod generality;
mod hosted;
mod http;
mod invariants;
mod jobs;
mod mcp_stdio;
mod openapi;
mod packaging;
mod process;
mod readme;
mod results;
mod sandbox;
mod snapshots;
mod store;
mod summaries;
mod texts;
mod tls_proxy;
mod upstream;
mod words;
