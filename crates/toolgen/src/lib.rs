//! A compiler from a YAML description of a REST API (a *spec*) to typed Rust tools.
//!
//! # What goes in
//!
//! A spec says what an API is: its base URL and authentication, its types, its resources with the operations on them, and
//! prompts. `spec/README.md` teaches the language. [`spec::keys`] lists every key of it.
//!
//! # What comes out
//!
//! [`compile()`] returns [files](emit::Emitted): Rust modules made of the vocabulary of the crate `tool-runtime`, the JSON
//! Schema of each tool, and the definition of the sandbox. A build script writes them to a folder. The module that
//! includes `tools.rs` from there must define two macros that read the other files of that folder: `generated!` for the
//! schemas, and `sandbox!` for the sandbox's definition, if there is one.
//!
//! ```
//! use toolgen::Source;
//!
//! let text = r#"
//! api:
//!   slug: library
//!   title: Library
//!   tool_prefix: library
//!   instructions: Books of a library.
//!   base_url: https://library.example/api
//!   auth: { header: Authorization, prefix: "Bearer " }
//!   errors: { message: error }
//!   tags: { books: Books }
//! resources:
//!   book:
//!     tags: [books]
//!     id: { isbn: { type: string, about: "ISBN of the book." } }
//!     tools:
//!       get:
//!         http: GET /v1/books/{isbn}
//!         about: One book with its copies.
//!         example: { isbn: "978-0" }
//! "#;
//!
//! // A spec can name a file with the sandbox's data. This one does not.
//! let read = |name: &str| Err(std::io::Error::other(format!("{name} is not expected")));
//! let emitted = toolgen::compile(Source { file: "library.yaml", text }, read)?;
//!
//! assert_eq!(emitted.tools, 1);
//! let module = emitted.file_text("book.rs").expect("each resource is a module");
//! assert!(module.contains("pub struct GetBook {"));
//! let schema = emitted.file_text("schemas/get_single_library_book_by_id.json").expect("each tool has a schema");
//! assert!(schema.contains(r#""isbn":{"type":"string","description":"ISBN of the book."}"#));
//! # Ok::<(), toolgen::diagnostic::Report>(())
//! ```
//!
//! # Mistakes
//!
//! A [`Report`] lists every mistake in a file, each with its place and a fix, in the form of rustc's messages:
//!
//! ```
//! # use toolgen::Source;
//! let text = "api: {}\nresource: {}\n";
//! let report = toolgen::model(Source { file: "library.yaml", text }).expect_err("`resource` is a typo");
//!
//! assert!(report.len() > 1);
//! let shown = report.to_string();
//! assert!(shown.contains("error: the file has no key `resource`"));
//! assert!(shown.contains("help: did you mean `resources`?"));
//! ```
//!
//! # How it works
//!
//! ```text
//! text ── yaml ──▶ tree ── parse ──▶ spec ── lower ──▶ model ── schema, emit ──▶ files
//! ```
//!
//! Each step reads only the result of the step before it. Mistakes are found in the first three steps. The [`model`](mod@model) is
//! valid by construction, so the steps after it cannot fail.
//!
//! | module | does |
//! |---|---|
//! | [`yaml`] | parses text to a tree with places |
//! | `parse`, [`spec`] | reads the tree; the types that it is read into |
//! | `lower` | makes every check and builds the model |
//! | [`mod@model`] | the API, valid and with all names resolved |
//! | `schema`, [`emit`] | write the model as JSON Schema and as Rust |
//! | `sandbox` | combines the model with the sandbox's data |
//! | `shown` | checks that the sandbox shows the fields that the spec names |
//! | [`mod@preview`] | shows a reply as a model reads it |
//! | [`drift`] | compares the model with the vendor's OpenAPI document |
//! | [`diagnostic`] | mistakes, and how they are shown |
//!
//! The crate is pure: it reads no file, clock or environment. The caller passes texts in and writes the result.

pub mod diagnostic;
pub mod drift;
pub mod emit;
mod identifier;
mod lower;
pub mod model;
mod parse;
pub mod preview;
mod sandbox;
mod schema;
mod shown;
mod source;
pub mod spec;
pub mod yaml;

use std::io;

use diagnostic::{Diagnostic, Report};
use emit::Emitted;
use sandbox::Definition;
pub use source::Source;
use spec::Spec;

/// Parses and checks a spec, without the files that it names.
///
/// # Errors
///
/// Returns a report of every mistake in the spec.
pub fn model(source: Source<'_>) -> Result<model::Api, Report> {
    let source = source.without_bom();
    let mut report = Report::new(source.file, source.text);
    let spec = parsed(source, &mut report);
    let api = spec.and_then(|spec| lower::lower(&spec, &mut report));
    report.result(api)
}

/// Compiles a spec. `read` returns the text of a file that the spec names, relative to the spec.
///
/// # Errors
///
/// Returns a report of every mistake in the spec or, if there is none, in a file that it names. A file that `read` cannot
/// read is a mistake as well.
pub fn compile(source: Source<'_>, read: impl Fn(&str) -> io::Result<String>) -> Result<Emitted, Report> {
    let source = source.without_bom();
    let mut report = Report::new(source.file, source.text);
    let spec = parsed(source, &mut report);
    let sandbox = spec.as_ref().and_then(|spec| sandbox_file(spec, read, &mut report));
    let api = spec.as_ref().and_then(|spec| lower::lower(spec, &mut report));
    let api = report.result(api)?;
    let sandbox = match sandbox {
        Some((name, text)) => {
            let definition = sandbox_definition(source, &name, &text, &api)?;
            let mut report = Report::new(source.file, source.text);
            if let Some(spec) = &spec {
                shown::check(spec, &api, &definition.fields, &mut report);
            }
            Some(report.result(Some(definition.json))?)
        }
        None => None,
    };
    Ok(emit::emit(&api, sandbox))
}

fn parsed(source: Source<'_>, report: &mut Report) -> Option<Spec> {
    yaml::parse(source.text, report).and_then(|root| parse::parse(&root, report))
}

/// Builds the definition of the sandbox from its file, which is beside the spec.
fn sandbox_definition(spec: Source<'_>, name: &str, text: &str, api: &model::Api) -> Result<Definition, Report> {
    let file = spec.file.rsplit_once('/').map_or_else(|| name.to_owned(), |(folder, _)| format!("{folder}/{name}"));
    let source = Source { file: &file, text }.without_bom();
    let mut report = Report::new(source.file, source.text);
    let definition = yaml::parse(source.text, &mut report);
    let definition = definition.and_then(|data| sandbox::definition(api, &data, &mut report));
    report.result(definition)
}

/// Returns name and text of the sandbox's file, if the spec names one.
fn sandbox_file(
    spec: &Spec,
    read: impl Fn(&str) -> io::Result<String>,
    report: &mut Report,
) -> Option<(String, String)> {
    let file = spec.api.sandbox.as_ref()?;
    match read(&file.value) {
        Ok(text) => Some((file.value.clone(), text)),
        Err(error) => {
            report.add(
                Diagnostic::new(file.span, format!("failed to read the file `{}`: {error}", file.value))
                    .label("expected beside this file")
                    .help("create the file, or remove `sandbox`"),
            );
            None
        }
    }
}
