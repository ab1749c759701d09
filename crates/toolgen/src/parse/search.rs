//! The section `search` of `api`.

use super::reader::{Table, read_list, read_reason, read_text};
use crate::diagnostic::Report;
use crate::spec::{CannotSpec, SearchSpec, keys};
use crate::yaml::Node;

/// Reads the section.
pub(super) fn search(section: &Table<'_>, report: &mut Report) -> SearchSpec {
    let synonyms = section.optional("synonyms", report, read_list(read_list(read_text)));
    let cannot = section.optional("cannot", report, read_list(|node, report| Some(cannot(node, report))));
    SearchSpec { synonyms: synonyms.unwrap_or_default(), cannot: cannot.unwrap_or_default() }
}

fn cannot(node: &Node, report: &mut Report) -> CannotSpec {
    let Some(entry) = Table::open(node, node.span, &keys::CANNOT, report) else { return CannotSpec::default() };
    let asked = entry.required("asked", report, read_list(read_text));
    let answer = entry.required("answer", report, read_reason);
    CannotSpec { asked: asked.unwrap_or_default(), answer }
}
