//! The generated Rust under `snapshots/`, compiled: reviews read exactly what the compiler accepts.
//!
//! The server compiles the same text from its build folder. This crate also compiles an API with every oddity that a name,
//! a type or a rule can have. Nothing depends on it.
//!
//! After a change of the names that generated code uses, these files no longer compile. Update them without this crate:
//! `INSTA_UPDATE=always cargo test -p toolgen -p desk365-mcp`.
#![allow(
    clippy::doc_lazy_continuation,
    clippy::doc_markdown,
    clippy::unicode_not_nfc,
    reason = "the texts of a spec are prose, with the names of products as people write them"
)]
#![allow(
    non_snake_case,
    clippy::disallowed_names,
    clippy::many_single_char_names,
    clippy::module_inception,
    clippy::similar_names,
    clippy::struct_excessive_bools,
    clippy::too_many_lines,
    reason = "names, and the number of fields, are the API's"
)]

/// Replaces the text of another generated file: schemas are reviewed on their own.
macro_rules! generated {
    ($file:literal) => {
        "{}"
    };
}

/// Replaces the sandbox's definition.
macro_rules! sandbox {
    ($file:literal) => {
        Some(generated!($file))
    };
}

/// The tools of the project's own spec.
#[rustfmt::skip]
#[path = "../../../snapshots/rust/tools.rs"]
pub mod own;

/// The tools of an API with every oddity.
#[rustfmt::skip]
#[path = "../../../snapshots/generator/tools.rs"]
pub mod oddities;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_tool_accepts_its_example() {
        for tool in own::TOOLS.iter().chain(oddities::TOOLS) {
            let example = serde_json::from_str(tool.def.example).expect("an example is an object");
            assert!(tool.prepare(example).is_ok(), "{}", tool.def.name);
        }
    }

    #[test]
    fn every_prompt_accepts_its_example() {
        for prompt in own::PROMPTS.iter().chain(oddities::PROMPTS) {
            let example = serde_json::from_str(prompt.def.example).expect("an example is an object");
            assert!(prompt.fill(example).is_ok(), "{}", prompt.def.name);
        }
    }
}
