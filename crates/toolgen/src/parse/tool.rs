//! From the YAML tree to resources and their tools.

use super::effects;
use super::reader::{Table, mismatch, read_boolean, read_entries, read_integer, read_list, read_reason, read_text};
use super::results::{reply, shows};
use super::summary::summarize;
use super::types::fields;
use crate::diagnostic::{Diagnostic, Report};
use crate::spec::{AtLeastOne, AttachmentsSpec, Facts, QuestionSpec, ResourceSpec, Rules, ToolSpec, keys};
use crate::yaml::{Key, Node, Yaml};

/// Reads a resource.
pub(super) fn resource(key: &Key, node: &Node, report: &mut Report) -> ResourceSpec {
    let before = report.len();
    let Some(table) = Table::open(node, key.span, &keys::RESOURCE, report) else { return ResourceSpec::default() };
    let id = table.optional("id", report, fields).unwrap_or_default();
    ResourceSpec {
        id,
        whole: report.len() == before,
        plural: table.optional("plural", report, read_text),
        tags: table.required("tags", report, read_list(read_text)),
        gated: table.optional("gated", report, read_reason),
        values: table
            .optional("values", report, read_entries(|_, node, report| read_text(node, report)))
            .unwrap_or_default(),
        shows: table.get("shows").and_then(|(key, node)| shows(key, node, report)),
        question: table.get("question").and_then(|(key, node)| question(key, node, report)),
        tools: table.required("tools", report, read_entries(|key, node, report| Some(tool(key, node, report)))),
    }
}

fn question(key: &Key, node: &Node, report: &mut Report) -> Option<QuestionSpec> {
    let table = Table::open(node, key.span, &keys::QUESTION, report)?;
    let tool = table.required("tool", report, read_text);
    let fields = table.required("fields", report, read_list(read_text));
    Some(QuestionSpec { tool, fields, span: key.span })
}

fn tool(key: &Key, node: &Node, report: &mut Report) -> ToolSpec {
    let before = report.len();
    let Some(table) = Table::open(node, key.span, &keys::TOOL, report) else { return ToolSpec::default() };
    let id = table.optional("id", report, fields);
    let query = table.optional("query", report, fields).unwrap_or_default();
    let json = table.optional("json", report, fields).unwrap_or_default();
    let multipart = table.get("multipart").and_then(|(key, node)| attachments(key, node, report));
    ToolSpec {
        id,
        query,
        json,
        multipart,
        whole: report.len() == before,
        http: table.required("http", report, read_text),
        title: table.optional("title", report, read_text),
        about: table.required("about", report, read_text),
        example: table.get("example").map(|(_, node)| node.clone()),
        rules: rules(&table, report),
        reply: table.optional("reply", report, reply).unwrap_or_default(),
        summarize: table.get("summarize").and_then(|(key, node)| summarize(key, node, report)),
        uri: table.optional("uri", report, read_text),
        facts: facts(&table, report),
    }
}

fn attachments(key: &Key, node: &Node, report: &mut Report) -> Option<AttachmentsSpec> {
    let table = Table::open(node, key.span, &keys::TOOL_MULTIPART, report)?;
    let metadata = table.required("metadata", report, read_text);
    let declared = table.optional("fields", report, fields).unwrap_or_default();
    let fields_of = table.optional("fields_of", report, read_text);
    if table.get("fields").is_some() == table.get("fields_of").is_some() {
        report.add(
            Diagnostic::new(key.span, "`multipart` needs either `fields` or `fields_of`")
                .label(if table.get("fields").is_some() { "has both" } else { "has neither" })
                .help("`fields_of: create` reuses the body of the operation `create`; `fields` declares its own"),
        );
    }
    Some(AttachmentsSpec { metadata, fields: declared, fields_of, span: key.span })
}

fn rules(table: &Table<'_>, report: &mut Report) -> Rules {
    let names = read_list(read_text);
    let at_least_one = table.optional("at_least_one", report, |node, report| match &node.value {
        Yaml::List(items) if items.is_empty() => report_empty_rule(node, report),
        Yaml::Text(word) if word == "json" => Some(AtLeastOne::Json(node.span)),
        Yaml::List(_) => read_list(read_text)(node, report).map(AtLeastOne::Names),
        _ => {
            let help = "`json` means every argument under `json`; otherwise name the arguments, such as `[a, b]`";
            mismatch(node, "the word `json` or a list of arguments", help, report);
            None
        }
    });
    let exactly_one = table.optional("exactly_one", report, |node, report| match &node.value {
        Yaml::List(items) if items.is_empty() => report_empty_rule(node, report),
        Yaml::List(items) if items.iter().any(|item| matches!(item.value, Yaml::List(_))) => {
            read_list(read_list(read_text))(node, report)
        }
        _ => read_list(read_text)(node, report).map(|names| vec![names]),
    });
    let requires = read_entries(|_, node, report| read_text(node, report));
    Rules {
        at_least_one,
        exactly_one: exactly_one.unwrap_or_default(),
        requires: table.optional("requires", report, requires).unwrap_or_default(),
        chosen_by: table
            .optional("chosen_by", report, read_entries(|_, node, report| names(node, report)))
            .unwrap_or_default(),
    }
}

fn report_empty_rule<T>(node: &Node, report: &mut Report) -> Option<T> {
    report.add(
        Diagnostic::new(node.span, "this rule names no arguments")
            .label("empty list")
            .help("name the arguments, such as `[a, b]`, or remove the rule"),
    );
    None
}

fn facts(table: &Table<'_>, report: &mut Report) -> Facts {
    Facts {
        read_only: table.optional("read_only", report, read_boolean),
        destructive: table.optional("destructive", report, read_boolean),
        idempotent: table.optional("idempotent", report, read_boolean),
        effects: effects::read(table, report),
        cost: table.optional("cost", report, read_integer),
        gated: table.optional("gated", report, read_reason),
        inferred: table.optional("inferred", report, read_reason),
    }
}
