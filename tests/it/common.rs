//! Helpers that several modules share.

pub(crate) mod cargo;
pub(crate) mod connector;
pub(crate) mod database;
pub(crate) mod fixture_service;
pub(crate) mod identity_provider;
pub(crate) mod log;
pub(crate) mod node;
pub(crate) mod program;
pub(crate) mod programs;
pub(crate) mod reviewed;
pub(crate) mod reviewed_files;
pub(crate) mod sign_in;
pub(crate) mod skip;
pub(crate) mod source;
