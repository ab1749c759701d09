//! The sandbox's definition: the operations of the model, beside the data of the sandbox's own file.

use std::collections::BTreeMap;

use api_sandbox::FieldNames;
use serde_json::{Value, json};

use crate::diagnostic::{Diagnostic, Report, Span};
use crate::model::{Api, Argument, Auth, Code, Field, Place, Resource, Tool, Type};
use crate::yaml::{Key, Node, Yaml};

/// The definition as one JSON document.
pub(crate) struct Definition {
    pub(crate) json: String,
    /// The fields in the replies of each tool.
    pub(crate) fields: BTreeMap<String, FieldNames>,
}

/// Builds the definition. `data` is the sandbox's own file; its mistakes are reported.
pub(crate) fn definition(api: &Api, data: &Node, report: &mut Report) -> Option<Definition> {
    let json = document(api, &data.json());
    let mistakes = match api_sandbox::check(&json) {
        Ok(fields) => return Some(Definition { json, fields }),
        Err(mistakes) => mistakes,
    };
    for mistake in mistakes {
        let place = find(data, &mistake.place);
        let code = place.zip(mistake.code.as_deref()).and_then(|((_, node), code)| {
            text_span(node, &|text| text == code).or_else(|| text_span(node, &|text| text.contains(code)))
        });
        let span = code.or(place.map(|(key, _)| key)).unwrap_or_default();
        report.add(Diagnostic::new(span, format!("in `{}`: {}", mistake.place, mistake.problem)));
    }
    None
}

/// The key that names a section, a collection or an operation, and its value.
fn find<'a>(data: &'a Node, name: &str) -> Option<(Span, &'a Node)> {
    let sections = entries(data);
    let inner = sections.iter().filter(|(section, _)| ["collections", "operations"].contains(&section.text.as_str()));
    let mut all = sections.iter().chain(inner.flat_map(|(_, node)| entries(node)));
    all.find(|(key, _)| key.text == name).map(|(key, node)| (key.span, node))
}

/// The place of the first text that fulfils a condition.
fn text_span(node: &Node, is_it: &dyn Fn(&str) -> bool) -> Option<Span> {
    match &node.value {
        Yaml::Text(text) => is_it(text).then_some(node.span),
        Yaml::List(items) => items.iter().find_map(|item| text_span(item, is_it)),
        Yaml::Map(entries) => entries.iter().find_map(|(_, value)| text_span(value, is_it)),
        Yaml::Null | Yaml::Bool(_) | Yaml::Integer(_) | Yaml::Float(_) => None,
    }
}

fn entries(node: &Node) -> &[(Key, Node)] {
    match &node.value {
        Yaml::Map(entries) => entries,
        _ => &[],
    }
}

fn document(api: &Api, data: &Value) -> String {
    let [limit, remaining, reset] = &api.rate_limit;
    let Auth::Header { name: header, prefix } = &api.auth;
    let operations =
        |resource: &Resource| -> Vec<Value> { resource.tools.iter().map(|tool| operation(resource, tool)).collect() };
    json!({
        "auth": { "header": header, "prefix": prefix },
        "rate_limit": { "limit": limit, "remaining": remaining, "reset": reset },
        "operations": api.resources.iter().flat_map(operations).collect::<Vec<_>>(),
        "data": data,
    })
    .to_string()
}

fn operation(resource: &Resource, tool: &Tool) -> Value {
    let multipart = tool.attachments.as_ref().map(
        |attachments| json!({ "metadata": attachments.metadata, "one": attachments.one, "many": attachments.many }),
    );
    json!({
        "tool": tool.name,
        "resource": resource.name,
        "operation": tool.operation,
        "method": tool.http_method,
        "path": tool.path_template(),
        "params": tool.arguments.iter().filter_map(parameter).collect::<Vec<_>>(),
        "multipart": multipart,
        "reply": { "rows": tool.reply.rows, "total": tool.reply.total },
        "cost": tool.cost,
        "gated": tool.gated.is_some(),
    })
}

fn parameter(argument: &Argument) -> Option<Value> {
    let place = match argument.place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Json => "json",
        Place::Files => return None,
    };
    let Field { argument, wire, required, ty, .. } = &argument.field;
    Some(json!({ "name": wire, "argument": argument, "in": place, "required": required, "type": type_of(ty) }))
}

fn type_of(ty: &Type) -> Value {
    match ty {
        Type::Text | Type::Name | Type::Email | Type::List(_, Some(_)) => json!({ "kind": "text" }),
        Type::Integer(min, max) => {
            let bound = |bound: &i64, none: i64| (*bound != none).then_some(*bound);
            json!({ "kind": "integer", "min": bound(min, i64::MIN), "max": bound(max, i64::MAX) })
        }
        Type::Number => json!({ "kind": "number" }),
        Type::Boolean => json!({ "kind": "boolean" }),
        Type::Flag => json!({ "kind": "flag" }),
        Type::Timestamp => json!({ "kind": "timestamp" }),
        Type::Date => json!({ "kind": "date" }),
        Type::Object | Type::Files => json!({ "kind": "object" }),
        Type::Choice(choice) => {
            let code = |(_, code): &(String, Code)| match code {
                Code::Number(number) => Value::from(*number),
                Code::Text(text) => Value::from(text.as_str()),
            };
            json!({ "kind": "choice", "codes": choice.options.iter().map(code).collect::<Vec<_>>() })
        }
        Type::Marked(ty, _) => type_of(ty),
        Type::List(item, None) => json!({ "kind": "list", "item": type_of(item) }),
        Type::Record(record) => {
            let field =
                |field: &Field| json!({ "name": field.wire, "required": field.required, "type": type_of(&field.ty) });
            json!({ "kind": "record", "fields": record.fields.iter().map(field).collect::<Vec<_>>() })
        }
    }
}
