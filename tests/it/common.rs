//! Helpers that several modules share.

pub(crate) mod cargo;
pub(crate) mod connector;
pub(crate) mod database;
pub(crate) mod node;
pub(crate) mod programs;
pub(crate) mod reviewed;
pub(crate) mod reviewed_files;
pub(crate) mod workshop;
