//! The stand-in as a client sees it: over HTTP, and by nothing else.

mod client;
mod engine;
mod helpdesk;
mod library;
mod records;
