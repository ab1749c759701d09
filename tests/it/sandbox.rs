//! The sandbox as a client sees it: over HTTP, and in no other way.

mod build;
mod client;
mod engine;
mod helpdesk;
mod library;
mod records;
