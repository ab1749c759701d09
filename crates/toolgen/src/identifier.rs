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
    "Code",
    "Date",
    "Endpoint",
    "ErrorShape",
    "Fields",
    "File",
    "Flag",
    "Hints",
    "HttpMethod",
    "Joined",
    "JsonObject",
    "Map",
    "MultipartLayout",
    "None",
    "Number",
    "Option",
    "Passages",
    "Preset",
    "Prompt",
    "PromptArgument",
    "PromptDef",
    "PromptTemplate",
    "RateLimitHeaders",
    "ReplyFormat",
    "Request",
    "ResourceDef",
    "Self",
    "Some",
    "String",
    "Tag",
    "Timestamp",
    "Tool",
    "ToolDef",
    "ToolMethod",
    "Value",
    "Variable",
    "Vec",
    "Wire",
];

/// The module of a resource.
pub(crate) fn module(resource: &str) -> String {
    if !is_name(resource) || matches!(resource, "types" | "prompts") {
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
        _ if !is_name(&name) => "Sign".to_owned(),
        _ => name,
    }
}

/// Whether Rust takes a text as a name: none of its keywords is one, present or reserved.
pub(crate) fn is_name(text: &str) -> bool {
    // syn knows no editions, and this one is kept since that of 2024.
    text != "gen" && syn::parse_str::<proc_macro2::Ident>(text).is_ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, clippy::panic, reason = "a test that cannot be set up fails")]

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
    fn a_module_is_never_a_keyword() {
        for word in ["as", "async", "box", "crate", "dyn", "gen", "macro", "try", "type", "typeof", "where", "yield"] {
            assert_eq!(module(word), format!("{word}_"));
        }
        assert_eq!(module("types"), "types_");
        assert_eq!(module("ticket"), "ticket");
    }

    #[test]
    fn every_name_that_the_runtime_gives_to_generated_code_is_taken() {
        let runtime = syn::parse_file(include_str!("../../tool-runtime/src/lib.rs")).expect("the runtime is Rust");
        let prelude = runtime.items.iter().find_map(|item| match item {
            syn::Item::Mod(module) if module.ident == "prelude" => module.content.as_ref(),
            _ => None,
        });
        let (_, items) = prelude.expect("the runtime has a prelude");
        let mut given = Vec::new();
        for item in items {
            let syn::Item::Use(item) = item else { panic!("the prelude has something else than imports") };
            collect(&item.tree, &mut given);
        }
        assert!(given.len() > 20, "{given:?}");
        given.retain(|name| name.starts_with(char::is_uppercase) && !TAKEN.contains(&name.as_str()));
        assert_eq!(given, Vec::<String>::new(), "types called like these would hide the runtime's");
    }

    /// The names that an import brings.
    fn collect(tree: &syn::UseTree, names: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => collect(&path.tree, names),
            syn::UseTree::Name(name) => names.push(name.ident.to_string()),
            syn::UseTree::Rename(rename) => names.push(rename.rename.to_string()),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, names)),
            syn::UseTree::Glob(_) => panic!("the prelude imports names one by one"),
        }
    }
}
