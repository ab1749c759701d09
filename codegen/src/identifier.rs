//! What things of the specification are called in Rust.
//!
//! Texts, not tokens: [`crate::lower`] asks whether two of them clash, [`crate::emit`] makes tokens of them.

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::model::Class;

/// The names that generated code uses itself, so that nothing of the specification may hide them.
const TAKEN: &[&str] = &[
    "ApiDef",
    "Arguments",
    "Auth",
    "Choice",
    "Class",
    "Code",
    "Date",
    "Endpoint",
    "ErrorShape",
    "Fields",
    "File",
    "Flag",
    "Hints",
    "Joined",
    "Map",
    "Method",
    "Multipart",
    "None",
    "Number",
    "Object",
    "Option",
    "Passages",
    "Preset",
    "Prompt",
    "PromptArgument",
    "PromptDef",
    "RateLimitHeaders",
    "ReplyFormat",
    "Request",
    "ResourceDef",
    "Self",
    "Some",
    "String",
    "Tag",
    "Template",
    "Timestamp",
    "Tool",
    "ToolDef",
    "Value",
    "Variable",
    "Vec",
    "Wire",
];

/// The module of a resource.
pub(crate) fn module(resource: &str) -> String {
    if is_keyword(resource) || matches!(resource, "types" | "prompts") {
        format!("{resource}_")
    } else {
        resource.to_owned()
    }
}

/// A struct's field, and the variable that it is decoded into. It may be a keyword, which Rust takes as a raw name.
pub(crate) fn field(name: &str) -> String {
    let name = name.to_snake_case();
    match name.as_str() {
        // These cannot be raw, and the last two are the decoder's own variables.
        "self" | "super" | "crate" | "arguments" | "fields" => format!("{name}_"),
        _ => name,
    }
}

/// A named type's struct or enum.
pub(crate) fn named(name: &str) -> String {
    let name = name.to_upper_camel_case();
    if TAKEN.contains(&name.as_str()) { format!("{name}Type") } else { name }
}

/// A tool's struct: `GetTicket`, `ListTickets`, `TicketsSearch`.
pub(crate) fn tool(class: Class, operation: &str, singular: &str, plural: &str) -> String {
    named(&match class {
        Class::List => format!("{operation}_{plural}"),
        Class::Get | Class::Create | Class::Update | Class::Delete => format!("{operation}_{singular}"),
        Class::Custom => format!("{plural}_{operation}"),
    })
}

/// An enum's variants, one a label, all different. A label that does not begin with a letter gets one: `30` is `N30`.
pub(crate) fn variants<'a>(labels: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for label in labels {
        let plain = variant(label);
        let numbered = (2..).map(|number| {
            // Rust takes an underscore in such a name between digits only.
            let gap = if plain.ends_with(|c: char| c.is_ascii_digit()) { "_" } else { "" };
            format!("{plain}{gap}{number}")
        });
        let free = [plain.clone()].into_iter().chain(numbered).find(|name| !taken.contains(name));
        taken.extend(free);
    }
    taken
}

fn variant(label: &str) -> String {
    let name = label.to_upper_camel_case();
    let name = match name.chars().next() {
        Some(first) if first.is_alphabetic() => name,
        Some(_) => format!("N{name}"),
        None => "Sign".to_owned(),
    };
    match name.as_str() {
        "Self" => "SelfValue".to_owned(),
        // Some letters of some scripts cannot be in a name.
        _ if syn::parse_str::<proc_macro2::Ident>(&name).is_err() => "Sign".to_owned(),
        _ => name,
    }
}

/// Whether Rust keeps the name for itself.
pub(crate) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// Rust's keywords, present and reserved. Asking syn would parse every name.
const KEYWORDS: &[&str] = &[
    "Self", "_", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do",
    "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
    "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super",
    "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_that_is_no_name_becomes_one() {
        assert_eq!(variants(["30", "a-b", "in progress", "größe"]), ["N30", "AB", "InProgress", "Größe"]);
    }

    #[test]
    fn labels_that_look_the_same_in_rust_are_numbered() {
        assert_eq!(variants(["a-b", "a_b", "a b"]), ["AB", "AB2", "AB3"]);
        assert_eq!(variants(["+1", "-1"]), ["N1", "N1_2"]);
        assert_eq!(variants(["ab2", "ab", "a b", "AB"]), ["Ab2", "Ab", "AB", "Ab3"]);
        assert_eq!(variants(["*", "/", "<="]), ["Sign", "Sign2", "Sign3"]);
    }

    #[test]
    fn a_label_that_rust_keeps_for_itself_gets_another_name() {
        assert_eq!(variants(["self", "type", "crate"]), ["SelfValue", "Type", "Crate"]);
    }

    #[test]
    fn a_type_does_not_hide_what_generated_code_uses() {
        assert_eq!(named("file"), "FileType");
        assert_eq!(named("date"), "DateType");
        assert_eq!(named("vec"), "VecType");
        assert_eq!(named("date_time"), "DateTime");
    }

    #[test]
    fn a_field_never_clashes_with_the_decoder() {
        assert_eq!(field("self"), "self_");
        assert_eq!(field("arguments"), "arguments_");
        assert_eq!(field("newName"), "new_name");
        assert_eq!(field("type"), "type", "a keyword that can be raw stays");
    }

    #[test]
    fn syn_knows_no_keyword_that_is_not_listed() {
        let words = include_str!("identifier.rs").split(|c: char| !c.is_alphanumeric() && c != '_');
        for word in words.filter(|word| word.starts_with(char::is_alphabetic)) {
            let refused = syn::parse_str::<proc_macro2::Ident>(word).is_err();
            assert!(!refused || is_keyword(word), "{word}");
        }
    }

    #[test]
    fn a_module_is_never_a_keyword() {
        assert_eq!(module("type"), "type_");
        assert_eq!(module("types"), "types_");
        assert_eq!(module("ticket"), "ticket");
    }

    #[test]
    fn every_name_that_the_runtime_gives_to_generated_code_is_taken() {
        let prelude = include_str!("../../runtime/src/lib.rs");
        let names = prelude.split(|c: char| !c.is_alphanumeric()).filter(|word| word.starts_with(char::is_uppercase));
        let (_, imported) = prelude.split_once("pub mod prelude").unwrap_or_default();
        for name in
            names.filter(|name| imported.contains(&format!("{name},")) || imported.contains(&format!("{name}}}")))
        {
            assert!(TAKEN.contains(&name), "a type called `{name}` would hide the runtime's");
        }
    }
}
