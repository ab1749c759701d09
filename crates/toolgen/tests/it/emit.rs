//! What is generated for an API with every oddity in it, reviewable as a whole, and facts about it that must hold.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use std::{fs, io};

use crate::reviewed::Reviewed;
use serde_json::Value;
use syn::visit::Visit;
use toolgen::emit::Emitted;
use toolgen::{Source, diagnostic};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"))
}

fn compiled(text: &str) -> Result<Emitted, diagnostic::Report> {
    let beside = |name: &str| -> io::Result<String> { fs::read_to_string(folder().join(name)) };
    toolgen::compile(Source { file: "tests/shelves.yaml", text }, beside)
}

fn emitted() -> Emitted {
    let text = fs::read_to_string(folder().join("shelves.yaml")).expect("the specification can be read");
    compiled(&text).expect("the specification is valid")
}

/// The texts of a definition's fields, by tool and field.
#[derive(Default)]
struct Definitions(BTreeMap<String, BTreeMap<String, String>>);

impl Visit<'_> for Definitions {
    fn visit_expr_struct(&mut self, expression: &syn::ExprStruct) {
        if expression.path.is_ident("ToolDef") {
            let fields = expression.fields.iter().filter_map(|field| match (&field.member, &field.expr) {
                (syn::Member::Named(name), syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. })) => {
                    Some((name.to_string(), text.value()))
                }
                _ => None,
            });
            let fields: BTreeMap<_, _> = fields.collect();
            self.0.insert(fields["name"].clone(), fields);
        }
    }
}

static DEFINITIONS: LazyLock<BTreeMap<String, BTreeMap<String, String>>> = LazyLock::new(|| {
    let file = syn::parse_file(&emitted().file()).expect("what is generated is Rust");
    let mut definitions = Definitions::default();
    definitions.visit_file(&file);
    definitions.0
});

#[test]
fn everything_generated_is_reviewed() {
    let reviewed = Reviewed::folder("generator");
    let emitted = emitted();
    reviewed.check("table", &emitted.table);
    for module in &emitted.modules {
        reviewed.check(&module.name, &module.text);
    }
    let sandbox: Value = serde_json::from_str(emitted.sandbox.as_deref().unwrap_or_default()).expect("it is JSON");
    reviewed.check("sandbox", &serde_json::to_string_pretty(&sandbox).expect("JSON can be written"));
    for (name, fields) in &*DEFINITIONS {
        let schema: Value = serde_json::from_str(&fields["input_schema"]).expect("a schema is JSON");
        reviewed.check(name, &serde_json::to_string_pretty(&schema).expect("JSON can be written"));
    }
    reviewed.nothing_else();
}

#[test]
fn the_whole_parses_as_one_file_and_as_modules() {
    let emitted = emitted();
    syn::parse_file(&emitted.file()).expect("the whole is Rust");
    syn::parse_file(&emitted.table).expect("the table is Rust");
    for module in &emitted.modules {
        syn::parse_file(&module.text).expect("a module is Rust");
    }
}

#[test]
fn the_same_text_gives_the_same_rust() {
    let (once, again) = (emitted(), emitted());
    assert_eq!(once.file(), again.file());
    assert_eq!(once.sandbox, again.sandbox);
}

#[test]
fn a_tool_is_named_after_resource_and_operation() {
    let names: Vec<_> = DEFINITIONS.keys().collect();
    assert_eq!(
        names,
        [
            "create_a_library_shelf",
            "delete_a_library_shelf_by_id",
            "get_single_library_type_by_id",
            "library_shelves_create_with_scan",
            "library_types_ping",
            "library_types_reindex_all",
            "list_all_library_types",
            "update_a_library_shelf_by_id",
        ]
    );
}

#[test]
fn a_title_derives_unless_it_is_given() {
    let title = |name: &str| DEFINITIONS[name]["title"].clone();
    assert_eq!(title("list_all_library_types"), "All the types");
    assert_eq!(title("get_single_library_type_by_id"), "Get type");
    assert_eq!(title("library_types_reindex_all"), "Reindex type all");
    assert_eq!(title("library_types_ping"), "Ping types");
    assert_eq!(title("library_shelves_create_with_scan"), "Create shelf with scan");
}

#[test]
fn facts_become_sentences_of_the_description() {
    let description = |name: &str| DEFINITIONS[name]["description"].clone();
    let list = description("list_all_library_types");
    let facts = "Costs 5 calls of the rate limit. Inferred: not in the published API document. Ask the librarian.";
    assert!(list.ends_with(facts), "{list}");
    assert_eq!(description("create_a_library_shelf"), "Make a shelf. Sends e-mail to the owner.");
}

#[test]
fn a_brief_object_shows_no_fields_and_others_do() {
    let schema =
        |name: &str| -> Value { serde_json::from_str(&DEFINITIONS[name]["input_schema"]).expect("a schema is JSON") };
    let since = &schema("list_all_library_types")["properties"]["since"];
    assert_eq!(*since, serde_json::json!({ "type": "object", "description": "date, time." }));
    let nested = &schema("create_a_library_shelf")["properties"]["arguments"]["properties"];
    assert_eq!(nested["in"]["properties"]["rank"]["enum"], serde_json::json!(["low", "high"]));
}

#[test]
fn the_sign_that_clears_is_told() {
    let schema: Value =
        serde_json::from_str(&DEFINITIONS["update_a_library_shelf_by_id"]["input_schema"]).expect("a schema is JSON");
    assert_eq!(schema["properties"]["owner"]["description"], "Owner. \"none\" clears it.");
}

#[test]
fn the_order_of_the_file_is_the_order_of_everything() {
    let emitted = emitted();
    let names: Vec<_> = emitted.modules.iter().map(|module| module.name.as_str()).collect();
    assert_eq!(names, ["type_", "shelf", "prompts", "types"]);
    let place = |text: &str| emitted.table.find(text).expect("it is in the table");
    assert!(place("type_::GetType") < place("type_::ListTypes"));
    assert!(place("type_::TypesPing") < place("shelf::CreateShelf"));
}

#[test]
fn a_mistake_in_the_file_beside_is_told_with_its_name() {
    let text = fs::read_to_string(folder().join("shelves.yaml")).expect("the specification can be read");
    let beside = |_: &str| Ok("shelf: [".to_owned());
    let report = toolgen::compile(Source { file: "tests/shelves.yaml", text: &text }, beside)
        .map(|emitted| emitted.file())
        .expect_err("the file beside is no YAML");
    assert!(report.to_string().contains("tests/shelves-sandbox.yaml:"), "{report}");
}
