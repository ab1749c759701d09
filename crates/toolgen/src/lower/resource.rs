//! The section `resources`: names, tags, and the tools of each.

use std::collections::{HashMap, HashSet};

use super::context::{ToolContext, takes_resource_id};
use super::name::NameTable;
use super::types::Types;
use super::{arguments, name, summary, tool, uri, view};
use crate::diagnostic::{Diagnostic, Report, Span, suggestion};
use crate::identifier;
use crate::model::{Resource, Tool};
use crate::spec::{ResourceSpec, Spec};
use crate::yaml::Key;

/// Checks all resources.
pub(super) fn lower(spec: &Spec, types: &mut Types<'_>, report: &mut Report) -> Vec<Resource> {
    let prefix = prefix(spec);
    let mut tool_names: HashMap<String, usize> = HashMap::new();
    let mut modules = NameTable::default();
    let mut resources = Vec::new();
    for (key, resource) in &spec.resources {
        name::check_identifier("a resource", &key.text, key.span, report);
        modules.claim("resources", &key.text, identifier::module(&key.text), key.span, report);
        check_tags(spec, key, resource, report);
        check_id(resource, report);
        for (_, kind) in &resource.values {
            types.check_kind(kind, report);
        }
        let codes = view::codes(resource, types, report);
        let plural = plural(key, resource);
        if let Some(given) = &resource.plural {
            name::check_identifier("a plural", &given.value, given.span, report);
        }
        let mut structs = NameTable::default();
        let mut tools: Vec<Tool> = Vec::new();
        for (operation, declared) in resource.tools.iter().flatten() {
            let context = ToolContext { spec, resource_key: key, resource, plural: &plural, operation };
            let tool_name = name::tool(prefix, &key.text, &plural, &operation.text);
            let rust_name = identifier::tool(name::method(&operation.text), &operation.text, &key.text, &plural);
            name::check_identifier("an operation", &operation.text, operation.span, report);
            name::check_tool(&tool_name, operation.span, report);
            structs.claim("operations", &operation.text, rust_name, operation.span, report);
            claim(&mut tool_names, &tool_name, operation.span, report);
            let mut tool = tool::lower(&context, tool_name, declared, types, report);
            if let Some(summarize) = &declared.summarize {
                let name = name::tool(prefix, &key.text, &plural, summary::OPERATION);
                claim(&mut tool_names, &name, summarize.span, report);
                if let Some(list) = &mut tool {
                    list.summary = summary::lower(&context, name, summarize, &declared.facts, list, report);
                }
            }
            tools.extend(tool);
        }
        if resource.tools.as_ref().is_some_and(Vec::is_empty) {
            report.add(
                Diagnostic::new(key.span, format!("the resource `{}` has no tools", key.text))
                    .label("has no effect")
                    .help("add an operation such as `get`, or remove the resource"),
            );
        }
        view::check(resource, &tools, report);
        resources.push(Resource { name: key.text.clone(), plural, codes, tools });
    }
    uri::report_shared(spec, report);
    resources
}

/// Claims the name of a tool. Reports one that is in use.
fn claim(names: &mut HashMap<String, usize>, name: &str, span: Span, report: &mut Report) {
    if let Some(first) = names.insert(name.to_owned(), report.line(span)) {
        report.add(
            Diagnostic::new(span, format!("two tools have the name `{name}`"))
                .label(format!("already used on line {first}"))
                .help("a tool name is made of resource and operation; change one of them"),
        );
    }
}

/// Returns the names of all declared tools, including those with mistakes.
pub(super) fn tool_names(spec: &Spec) -> Vec<String> {
    let prefix = prefix(spec);
    let tools = spec.resources.iter().flat_map(|(key, resource)| {
        let plural = plural(key, resource);
        let tools = resource.tools.iter().flatten();
        tools.flat_map(move |(operation, tool)| {
            let summary = tool.summarize.as_ref().map(|_| summary::OPERATION);
            let operations = [operation.text.as_str()].into_iter().chain(summary);
            operations.map(|operation| name::tool(prefix, &key.text, &plural, operation)).collect::<Vec<_>>()
        })
    });
    tools.collect()
}

fn prefix(spec: &Spec) -> &str {
    spec.api.tool_prefix.as_ref().map_or("", |prefix| prefix.value.as_str())
}

/// Reports the tags that no resource has, unless a resource may have misspelled one.
pub(super) fn report_unused_tags(spec: &Spec, report: &mut Report) {
    let tags = || spec.resources.iter().filter_map(|(_, resource)| resource.tags.as_ref());
    let known = |name: &str| spec.api.tags.iter().any(|(key, _)| key.text == name);
    let used = |name: &str| tags().flatten().any(|tag| tag.value == name);
    if tags().any(Vec::is_empty) || !tags().flatten().all(|tag| known(&tag.value)) {
        return;
    }
    for (key, _) in spec.api.tags.iter().filter(|(key, _)| !used(&key.text)) {
        report.add(
            Diagnostic::new(key.span, format!("no resource has the tag `{}`", key.text))
                .label("unused")
                .help("add it to a resource, or remove it"),
        );
    }
}

fn plural(key: &Key, resource: &ResourceSpec) -> String {
    resource.plural.as_ref().map_or_else(|| format!("{}s", key.text), |plural| plural.value.clone())
}

/// Checks that the `id` of a resource has an effect on some tool.
fn check_id(resource: &ResourceSpec, report: &mut Report) {
    let Some(tools) = resource.tools.as_ref().filter(|tools| !tools.is_empty()) else { return };
    let taking = tools.iter().filter(|(operation, tool)| takes_resource_id(&operation.text, tool));
    let paths: Vec<_> = taking.map(|(_, tool)| tool.http.as_ref().map_or("", |http| http.value.as_str())).collect();
    if let Some(first) = resource.id.first().filter(|_| paths.is_empty()) {
        report.add(
            Diagnostic::new(first.name.span, "no tool takes the `id` of this resource")
                .label("unused")
                .help("`get`, `update` and `delete` take it unless they have an `id` of their own; add one of them, or remove this `id`"),
        );
        return;
    }
    for id in &resource.id {
        let place = format!("{{{}}}", id.name.text);
        if paths.iter().all(|path| path.contains(&place)) {
            arguments::report_wire_in_path(id, report);
        }
    }
}

/// Returns the names of the types whose values replies show.
pub(super) fn kinds(spec: &Spec) -> HashSet<&str> {
    let values = spec.resources.iter().flat_map(|(_, resource)| &resource.values);
    values.map(|(_, kind)| kind.value.as_str()).collect()
}

fn check_tags(spec: &Spec, key: &Key, resource: &ResourceSpec, report: &mut Report) {
    let Some(tags) = &resource.tags else { return };
    let known: Vec<_> = spec.api.tags.iter().map(|(key, _)| key.text.as_str()).collect();
    // If no tag is known, the section `tags` is missing or wrong, which is already reported.
    for tag in tags.iter().filter(|tag| !known.is_empty() && !known.contains(&tag.value.as_str())) {
        report.add(
            Diagnostic::new(tag.span, format!("unknown tag `{}`", tag.value))
                .label("not declared in `api.tags`")
                .help(suggestion(&tag.value, &known)),
        );
    }
    for (index, tag) in tags.iter().enumerate() {
        if tags.iter().take(index).any(|earlier| earlier.value == tag.value) {
            report.add(
                Diagnostic::new(tag.span, format!("duplicate tag `{}`", tag.value))
                    .label("already in the list")
                    .help("remove it"),
            );
        }
    }
    if tags.is_empty() {
        report.add(
            Diagnostic::new(key.span, format!("the resource `{}` has no tag", key.text))
                .label("no scope with tags could select it")
                .help(suggestion("", &known)),
        );
    }
}
