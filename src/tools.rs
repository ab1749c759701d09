//! The generated tools: a module a resource, and the table of them all. Never edited: see `build.rs`.
#![allow(
    clippy::doc_lazy_continuation,
    clippy::doc_markdown,
    clippy::unicode_not_nfc,
    reason = "what the specification says is prose, with names of products and signs as people write them"
)]
#![allow(
    non_snake_case,
    clippy::disallowed_names,
    clippy::many_single_char_names,
    clippy::module_inception,
    clippy::similar_names,
    clippy::struct_excessive_bools,
    clippy::too_many_lines,
    reason = "what there is, how much of it, and what it is called is for the API to decide"
)]

/// Returns the text of another generated file.
macro_rules! generated {
    ($file:literal) => {
        include_str!(concat!(env!("OUT_DIR"), "/", $file))
    };
}

include!(concat!(env!("OUT_DIR"), "/tools.rs"));
