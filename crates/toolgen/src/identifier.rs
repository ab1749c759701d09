//! Rust names for the names of the spec.
//!
//! They are texts, not tokens: [`crate::lower`] checks whether two of them clash, [`crate::emit`] turns them into tokens.

use heck::{ToSnakeCase, ToUpperCamelCase};

use crate::model::ToolMethod;

/// The names that generated code uses itself. No type of the spec may shadow them.
const RESERVED: &[&str] = &[
    "ApiDef",
    "Arguments",
    "Auth",
    "Cannot",
    "Choice",
    "Code",
    "Date",
    "Effect",
    "EffectKind",
    "Effects",
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
    "NamedValue",
    "NamedValues",
    "None",
    "Number",
    "Option",
    "Paging",
    "Passages",
    "Preset",
    "Prompt",
    "PromptArgument",
    "PromptDef",
    "PromptTemplate",
    "RateLimitHeaders",
    "RecordLookupDef",
    "ReplyFormat",
    "Request",
    "ResourceDef",
    "SearchWords",
    "Self",
    "Some",
    "String",
    "Tag",
    "Teaches",
    "Timestamp",
    "Tool",
    "ToolDef",
    "ToolMethod",
    "Value",
    "Variable",
    "Vec",
    "Wire",
];

/// The modules that exist beside those of the resources.
const MODULES: &[&str] = &["prompts", "tools", "types"];

/// Returns the module of a resource.
pub(crate) fn module(resource: &str) -> String {
    if !is_name(resource) || MODULES.contains(&resource) { format!("{resource}_") } else { resource.to_owned() }
}

/// Returns the name of a struct field and of its variable in the decoder. It may be a keyword, for a raw identifier.
pub(crate) fn field(name: &str) -> String {
    let name = name.to_snake_case();
    match name.as_str() {
        // The first three cannot be raw identifiers; the last two are variables of the decoder.
        "self" | "super" | "crate" | "arguments" | "fields" => format!("{name}_"),
        _ => name,
    }
}

/// Returns the name of a named type's struct or enum.
pub(crate) fn named(name: &str) -> String {
    let name = name.to_upper_camel_case();
    if RESERVED.contains(&name.as_str()) { format!("{name}Type") } else { name }
}

/// Returns the name of a tool's struct: `GetTicket`, `ListTickets`, `TicketsSearch`.
pub(crate) fn tool(method: ToolMethod, operation: &str, singular: &str, plural: &str) -> String {
    named(&match method {
        ToolMethod::List => format!("{operation}_{plural}"),
        ToolMethod::Get | ToolMethod::Create | ToolMethod::Update | ToolMethod::Delete => {
            format!("{operation}_{singular}")
        }
        ToolMethod::Custom => format!("{plural}_{operation}"),
    })
}

/// Returns the names of an enum's variants, one for each label, all different. A label that does not start with a letter
/// gets a prefix: `30` becomes `N30`.
pub(crate) fn variants<'a>(labels: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let mut taken: Vec<String> = Vec::new();
    for label in labels {
        let plain = variant(label);
        let numbered = (2..).map(|number| {
            // Camel case has an underscore only between digits.
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
        // Some letters of some scripts are not allowed in identifiers.
        _ if !is_name(&name) => "Sign".to_owned(),
        _ => name,
    }
}

/// Returns whether a text is a Rust identifier and not a keyword, current or reserved.
pub(crate) fn is_name(text: &str) -> bool {
    // syn does not know editions; `gen` is a keyword since edition 2024.
    text != "gen" && syn::parse_str::<proc_macro2::Ident>(text).is_ok()
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "a test that cannot be set up fails")]

    use super::*;

    #[test]
    fn labels_become_identifiers() {
        assert_eq!(variants(["30", "a-b", "in progress", "größe"]), ["N30", "AB", "InProgress", "Größe"]);
    }

    #[test]
    fn equal_variant_names_are_numbered() {
        assert_eq!(variants(["a-b", "a_b", "a b"]), ["AB", "AB2", "AB3"]);
        assert_eq!(variants(["+1", "-1"]), ["N1", "N1_2"]);
        assert_eq!(variants(["ab2", "ab", "a b", "AB"]), ["Ab2", "Ab", "AB", "Ab3"]);
        assert_eq!(variants(["*", "/", "<="]), ["Sign", "Sign2", "Sign3"]);
    }

    #[test]
    fn a_reserved_label_gets_another_name() {
        assert_eq!(variants(["self", "type", "crate"]), ["SelfValue", "Type", "Crate"]);
    }

    #[test]
    fn a_type_does_not_shadow_the_prelude() {
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
    fn a_module_is_never_a_keyword_or_taken() {
        for word in ["as", "async", "box", "crate", "dyn", "gen", "macro", "try", "type", "typeof", "where", "yield"] {
            assert_eq!(module(word), format!("{word}_"));
        }
        for module_name in MODULES {
            assert_eq!(module(module_name), format!("{module_name}_"));
        }
        assert_eq!(module("ticket"), "ticket");
    }

    #[test]
    fn every_type_of_the_prelude_is_reserved() {
        let runtime = syn::parse_file(include_str!("../../tool-runtime/src/lib.rs")).expect("the runtime is Rust");
        let prelude = runtime.items.iter().find_map(|item| match item {
            syn::Item::Mod(module) if module.ident == "prelude" => module.content.as_ref(),
            _ => None,
        });
        let (_, items) = prelude.expect("the runtime has a prelude");
        let mut given = Vec::new();
        for item in items {
            let syn::Item::Use(item) = item else { panic!("the prelude contains an item that is not an import") };
            collect(&item.tree, &mut given);
        }
        assert!(given.len() > 20, "{given:?}");
        given.retain(|name| name.starts_with(char::is_uppercase) && !RESERVED.contains(&name.as_str()));
        assert_eq!(given, Vec::<String>::new(), "types with these names would shadow the prelude");
    }

    /// Collects the names that an import brings into scope.
    fn collect(tree: &syn::UseTree, names: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => collect(&path.tree, names),
            syn::UseTree::Name(name) => names.push(name.ident.to_string()),
            syn::UseTree::Rename(rename) => names.push(rename.rename.to_string()),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| collect(tree, names)),
            syn::UseTree::Glob(_) => panic!("the prelude contains a glob import"),
        }
    }
}
