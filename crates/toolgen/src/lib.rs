//! Compiles a YAML description of a REST API into typed Rust tools.
//!
//! ```text
//! text ── yaml ──▶ tree ── spec ──▶ what was written ── lower ──▶ model ── schema, emit ──▶ Rust
//! ```
//!
//! Each step reads only what the one before it made. Mistakes are found in the first three; the model cannot be
//! invalid, so that nothing after it can fail.

pub mod diagnostic;
pub mod drift;
pub mod emit;
mod identifier;
mod lower;
pub mod model;
mod sandbox;
mod schema;
pub mod spec;
pub mod yaml;

use std::io;

use diagnostic::{Diagnostic, Report};
use emit::Emitted;
use spec::Spec;

/// A file: its name as messages show it, and its text.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Name, relative to the project.
    pub file: &'a str,
    /// Whole text.
    pub text: &'a str,
}

/// Reads and checks a specification, but none of the files that it names.
///
/// Fails with every mistake in it.
pub fn model(source: Source<'_>) -> Result<model::Api, Report> {
    let mut report = Report::new(source.file, source.text);
    let spec = yaml::parse(source.text, &mut report).and_then(|root| spec::parse(&root, &mut report));
    let api = spec.and_then(|spec| lower::lower(&spec, &mut report));
    report.result(api)
}

/// Compiles a specification. `read` gives the text of the files that it names, which stand beside it.
///
/// Fails with every mistake in the specification, or in a file that it names.
pub fn compile(source: Source<'_>, read: impl Fn(&str) -> io::Result<String>) -> Result<Emitted, Report> {
    let mut report = Report::new(source.file, source.text);
    let spec = yaml::parse(source.text, &mut report).and_then(|root| spec::parse(&root, &mut report));
    let sandbox = spec.as_ref().and_then(|spec| beside(spec, read, &mut report));
    let api = spec.and_then(|spec| lower::lower(&spec, &mut report));
    let api = report.result(api)?;
    let sandbox = match sandbox {
        Some((name, text)) => {
            let file =
                source.file.rsplit_once('/').map_or_else(|| name.clone(), |(folder, _)| format!("{folder}/{name}"));
            let mut report = Report::new(&file, &text);
            let definition = yaml::parse(&text, &mut report).map(|data| sandbox::definition(&api, &data, &mut report));
            Some(report.result(definition)?)
        }
        None => None,
    };
    Ok(emit::emit(&api, sandbox))
}

/// Name and text of the sandbox's file, if the specification names one.
fn beside(spec: &Spec, read: impl Fn(&str) -> io::Result<String>, report: &mut Report) -> Option<(String, String)> {
    let file = spec.api.sandbox.as_ref()?;
    match read(&file.value) {
        Ok(text) => Some((file.value.clone(), text)),
        Err(error) => {
            report.add(
                Diagnostic::new(file.span, format!("the file `{}` cannot be read: {error}", file.value))
                    .label("must stand beside this file")
                    .help("make it, or take `sandbox` out"),
            );
            None
        }
    }
}
