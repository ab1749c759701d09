//! An MCP server for one REST API, generated from one YAML file.

pub mod access;
pub mod admin;
pub mod attachments;
pub mod call;
pub mod call_log;
mod client_network;
pub mod clients;
pub mod clock;
pub mod config;
pub mod confirmation;
pub mod console;
pub mod discovery;
pub mod doctor;
pub mod limits;
pub mod maintenance;
pub mod metrics;
pub mod outcome;
pub mod read_cache;
pub mod registry;
pub mod scope;
pub mod seal;
pub mod serve;
pub mod service;
pub mod store;
pub mod token;
pub mod tools;
pub mod upstream;
