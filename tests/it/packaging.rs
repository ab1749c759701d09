//! The files that packages, registries and directories need. They are generated from the specification and checked with
//! the tools of those who read them.

mod bundle;
mod catalog;
mod directories;
mod facts;
mod links;
mod manifest;
mod registry;
mod release;

use std::{env, fs};

/// With this variable, the files are written instead of compared.
const UPDATE: &str = "UPDATE_PACKAGING";

/// Checks that the file at `path` is `text`, or writes it.
#[track_caller]
fn assert_generated(path: &str, text: &str) {
    if env::var_os(UPDATE).is_some() {
        fs::write(path, text).unwrap();
        return;
    }
    let present = fs::read_to_string(path).unwrap_or_default();
    assert!(present == text, "{path} is out of date; update it with: {UPDATE}=1 cargo test --test it packaging");
}
