//! The files generated for an API with every oddity in it: a snapshot of all of them, and facts that must hold.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;
use std::{fs, io};

use crate::reviewed_files::ReviewedFiles;
use serde_json::Value;
use syn::visit::Visit;
use toolgen::emit::Emitted;
use toolgen::{Source, diagnostic};

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"))
}

fn compiled(text: &str) -> Result<Emitted, diagnostic::Report> {
    let read = |name: &str| -> io::Result<String> { fs::read_to_string(folder().join(name)) };
    toolgen::compile(Source { file: "tests/shelves.yaml", text }, read)
}

fn emitted() -> Emitted {
    let text = fs::read_to_string(folder().join("shelves.yaml")).expect("the spec can be read");
    compiled(&text).expect("the spec is valid")
}

/// The text fields of the tools' definitions, by tool and field.
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
    let mut definitions = Definitions::default();
    for file in emitted().rust() {
        definitions.visit_file(&syn::parse_file(&file.text).expect("the generated text is Rust"));
    }
    definitions.0
});

fn schema(tool: &str) -> Value {
    let emitted = emitted();
    let text = emitted.file_text(&format!("schemas/{tool}.json")).expect("each tool has a schema");
    serde_json::from_str(text).expect("a schema is JSON")
}

#[test]
fn every_generated_file_is_reviewed() {
    let reviewed = ReviewedFiles::folder("generator");
    let emitted = emitted();
    for file in emitted.rust() {
        reviewed.check(&file.path, &file.text);
    }
    let pretty = |value: &Value| serde_json::to_string_pretty(value).expect("JSON can be written") + "\n";
    let sandbox = emitted.file_text("sandbox.json").expect("the spec names a sandbox");
    let sandbox: Value = serde_json::from_str(sandbox).expect("the definition is JSON");
    reviewed.check("sandbox.json", &pretty(&sandbox));
    let schemas: Value = DEFINITIONS.keys().map(|tool| (tool.clone(), schema(tool))).collect();
    reviewed.check("schemas.json", &pretty(&schemas));
    let covered = emitted.rust().count() + DEFINITIONS.len() + 1;
    assert_eq!(emitted.files.len(), covered, "every file is in the snapshot");
    reviewed.nothing_else();
}

#[test]
fn the_same_text_gives_the_same_files() {
    let texts = || -> Vec<_> { emitted().files.into_iter().map(|file| (file.path, file.text)).collect() };
    assert_eq!(texts(), texts());
}

#[test]
fn tool_names_follow_from_resource_and_operation() {
    let names: Vec<_> = DEFINITIONS.keys().collect();
    assert_eq!(
        names,
        [
            "create_a_library_shelf",
            "delete_a_library_shelf_by_id",
            "get_single_library_shelf_by_id",
            "get_single_library_type_by_id",
            "library_shelves_create_with_scan",
            "library_types_ping",
            "library_types_reindex_all",
            "library_types_summarize",
            "list_all_library_types",
            "update_a_library_shelf_by_id",
        ]
    );
}

#[test]
fn a_title_is_derived_unless_given() {
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
    assert_eq!(
        description("create_a_library_shelf"),
        "Make a shelf. Sends e-mail to the owner if owner is given. Sends e-mail to librarians. Shows customers the labels if \
         label or labels is given unless kind is self. Publishes the shelf if kind is type."
    );
}

#[test]
fn a_schema_omits_the_fields_of_a_brief_object() {
    let since = &schema("list_all_library_types")["properties"]["since"];
    assert_eq!(*since, serde_json::json!({ "type": "object", "description": "date, time." }));
    let nested = &schema("create_a_library_shelf")["properties"]["arguments"]["properties"];
    assert_eq!(nested["in"]["properties"]["rank"]["enum"], serde_json::json!(["low", "high"]));
}

#[test]
fn a_schema_says_how_to_clear_a_field() {
    let owner = &schema("update_a_library_shelf_by_id")["properties"]["owner"];
    assert_eq!(owner["description"], "Owner. \"none\" clears it.");
}

#[test]
fn the_order_of_the_file_is_kept() {
    let emitted = emitted();
    let names: Vec<_> = emitted.rust().map(|file| file.path.as_str()).collect();
    assert_eq!(names, ["tools.rs", "type_.rs", "shelf.rs", "prompts.rs", "types.rs"]);
    let table = emitted.file_text("tools.rs").expect("there is a table");
    let place = |text: &str| table.find(text).expect("it is in the table");
    assert!(place("type_::GetType") < place("type_::ListTypes"));
    assert!(place("type_::TypesPing") < place("shelf::CreateShelf"));
}

#[test]
fn a_mistake_in_the_sandbox_file_names_that_file() {
    let text = fs::read_to_string(folder().join("shelves.yaml")).expect("the spec can be read");
    let read = |_: &str| Ok("shelf: [".to_owned());
    let report = toolgen::compile(Source { file: "tests/shelves.yaml", text: &text }, read)
        .map(|emitted| emitted.tools)
        .expect_err("the sandbox file is not YAML");
    assert!(report.to_string().contains("tests/shelves-sandbox.yaml:"), "{report}");
}
