//! From what a file says to the model: every check is made here, and every mistake is reported.
//!
//! A check that fails reports and goes on with the rest, so that one run shows all mistakes. A check that could only
//! fail because of another mistake is left out, so that every report is worth reading.

mod api;
mod arguments;
mod choice;
mod example;
mod name;
mod preset;
mod prompt;
mod resource;
mod rules;
mod size;
mod tool;
mod types;
mod uri;
mod url;

use crate::diagnostic::Report;
use crate::model::Api;
use crate::spec::Spec;
use types::Types;

/// Checks a file and makes the model of it. `None` only if something was reported.
pub(crate) fn lower(spec: &Spec, report: &mut Report) -> Option<Api> {
    // What has been left out of the tree may well be what uses a type or a tag.
    let whole = report.is_empty();
    let mut types = Types::new(&spec.types, report);
    let resources = resource::lower(spec, &mut types, report);
    let prompts = prompt::lower(spec, &resource::tool_names(spec), &mut types, report);
    if whole {
        resource::report_unused_tags(spec, report);
        types.report_unused(report);
    }
    api::lower(spec, types.named(), resources, prompts, report)
}
