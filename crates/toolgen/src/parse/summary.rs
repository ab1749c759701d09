//! From the YAML tree to summaries.

use super::reader::{Table, read_list, read_text};
use crate::diagnostic::Report;
use crate::spec::{SummarySpec, keys};
use crate::yaml::{Key, Node};

/// Reads the key `summarize` of a list.
pub(super) fn summarize(key: &Key, node: &Node, report: &mut Report) -> Option<SummarySpec> {
    let table = Table::open(node, key.span, &keys::SUMMARIZE, report)?;
    let about = table.required("about", report, read_text);
    let mut names = |name| table.optional(name, report, read_list(read_text)).unwrap_or_default();
    let [id, by, times, measure] = ["id", "by", "times", "measure"].map(&mut names);
    Some(SummarySpec { about, id, by, times, measure, span: key.span })
}
