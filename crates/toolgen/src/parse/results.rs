//! From the YAML tree to the shape of replies, and to the form in which records are shown.

use super::reader::{Table, mismatch, read_entries, read_integer, read_list, read_text};
use crate::diagnostic::Report;
use crate::spec::{PageSpec, ReplySpec, ShowsSpec, keys};
use crate::yaml::{Key, Node, Yaml};

/// Reads the key `reply` of a tool.
pub(super) fn reply(node: &Node, report: &mut Report) -> Option<ReplySpec> {
    match &node.value {
        Yaml::Text(word) if word == "text" => Some(ReplySpec { text: true, ..ReplySpec::default() }),
        Yaml::Map(_) => {
            let table = Table::open(node, node.span, &keys::REPLY, report)?;
            let page = table.section("page", &keys::PAGE, report).map(|table| page(&table, report));
            let mut key = |name| table.optional(name, report, read_text);
            let [rows, total, at_once, order] = ["rows", "total", "at_once", "order"].map(&mut key);
            Some(ReplySpec { text: false, rows, total, page, at_once, order })
        }
        _ => {
            let help = "omit `reply` for plain JSON; `rows` and `total` name the keys of a list's reply";
            mismatch(node, "the word `text` or a map such as `{ rows: books, total: count }`", help, report);
            None
        }
    }
}

fn page(table: &Table<'_>, report: &mut Report) -> PageSpec {
    PageSpec {
        rows: table.required("rows", report, read_integer),
        size: table.optional("size", report, read_text),
        offset: table.required("offset", report, read_text),
    }
}

/// Reads the key `shows` of a resource.
pub(super) fn shows(key: &Key, node: &Node, report: &mut Report) -> Option<ShowsSpec> {
    let table = Table::open(node, key.span, &keys::SHOWS, report)?;
    let mut names = |name| table.optional(name, report, read_list(read_text)).unwrap_or_default();
    let [id, list, record, long] = ["id", "list", "record", "long"].map(&mut names);
    let mut pairs = |name| {
        let read = read_entries(|_, node, report| read_text(node, report));
        table.optional(name, report, read).unwrap_or_default()
    };
    let [texts, codes, answers] = ["texts", "codes", "answers"].map(&mut pairs);
    Some(ShowsSpec { id, list, record, texts, codes, long, answers, span: key.span })
}
