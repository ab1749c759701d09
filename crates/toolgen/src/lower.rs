//! From the syntax of a spec to the model: every check happens here, and every mistake is reported.
//!
//! A check that fails reports and continues, so that one run finds all mistakes. A check that could fail only because of
//! another mistake is skipped, so that every diagnostic is worth reading.

mod api;
mod arguments;
mod choice;
mod context;
mod effects;
mod empty;
mod example;
mod lenient;
mod name;
mod preset;
mod prompt;
mod question;
mod resolved;
mod resource;
mod rules;
mod search;
mod size;
mod summary;
mod tool;
mod types;
mod uri;
mod url;
mod view;

use crate::diagnostic::Report;
use crate::model::Api;
use crate::spec::Spec;
use types::Types;

/// Checks a spec and builds its model. Returns `None` only if something was reported.
pub(crate) fn lower(spec: &Spec, report: &mut Report) -> Option<Api> {
    // A part that could not be read may be the only user of a type or a tag.
    let complete = report.is_empty();
    let mut types = Types::new(&spec.types, resource::kinds(spec), report);
    let mut resources = resource::lower(spec, &mut types, report);
    let names = resource::tool_names(spec);
    question::lower(spec, &names, &mut resources, report);
    let prompts = prompt::lower(spec, &names, &mut types, report);
    if complete {
        resource::report_unused_tags(spec, report);
        types.report_unused(report);
    }
    api::lower(spec, types.named(), resources, prompts, report)
}
