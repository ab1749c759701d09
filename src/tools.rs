//! The generated tools: a module a resource, and the table of them all. Never edited: see `build.rs`.

include!(concat!(env!("OUT_DIR"), "/tools.rs"));
