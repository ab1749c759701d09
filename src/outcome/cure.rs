//! Advice on a refusal or a limit. It names only what the tool that was called has.

use serde_json::Value;
use tool_runtime::tool::ToolDef;

/// The maximum number of arguments that a cure names.
const MAX_NAMED: usize = 4;

/// Returns the cure for a status from 400 to 499 that has no meaning of its own here.
pub(super) fn of_rejection(status: u16, tool: &ToolDef) -> String {
    const ADDRESS: &str = "No argument can change that: an admin of this server must check the account's address.";
    let cure = match status {
        402 => "Calling again will not help: the account's plan or balance does not cover the call.",
        405 | 421 => ADDRESS,
        407 => "An admin of this server must give it the user name and password of the proxy.",
        409 if !tool.hints.read_only => {
            "The record has changed or conflicts with another one: read it again before you decide what to change."
        }
        410 => "The record or the operation no longer exists. Calling again will not help.",
        413 => return too_large(tool).to_owned(),
        414 | 431 => return longest_argument(tool).to_owned(),
        415 if tool.files.is_some() => "Send files of another type.",
        406 | 411 | 412 | 415 | 417 | 426 | 428 => {
            "No argument can change that: it is a defect of this server or of a proxy."
        }
        409 | 423 | 425 => "Calling again later may help.",
        451 => "Calling again will not help: the law forbids the answer.",
        _ if tool.arguments.is_empty() => "The tool has no arguments to change: calling again will not help.",
        _ => "Change the arguments before calling again.",
    };
    cure.to_owned()
}

/// Returns the cure for a request that is too large.
pub(super) fn too_large(tool: &ToolDef) -> &'static str {
    match (tool.files, tool.arguments) {
        (Some(_), _) => "Send fewer or smaller files.",
        (None, []) => "The tool has no arguments to shorten.",
        (None, _) => "Shorten the longest text.",
    }
}

fn longest_argument(tool: &ToolDef) -> &'static str {
    if tool.arguments.is_empty() { "The tool has no arguments to shorten." } else { "Shorten the longest argument." }
}

/// Returns the cure for a reply that is too large or too slow.
pub(super) fn less(tool: &ToolDef) -> String {
    narrower(tool).unwrap_or_else(|| "The tool has no argument that makes the reply smaller.".to_owned())
}

/// Returns the arguments by which the tool can be asked for less, if it has any.
pub(super) fn narrower(tool: &ToolDef) -> Option<String> {
    match narrowing_arguments(tool).as_slice() {
        [] => None,
        [only] => Some(format!("Ask for less by `{only}`.")),
        [first @ .., last] => {
            let first: Vec<_> = first.iter().map(|name| format!("`{name}`")).collect();
            Some(format!("Ask for less by {} or `{last}`.", first.join(", ")))
        }
    }
}

/// Returns the optional arguments that select what a reply contains: page sizes, and filters by text, time, flag or
/// object. Words such as an order, and offsets, only choose which part comes.
fn narrowing_arguments(tool: &ToolDef) -> Vec<String> {
    let schema: Value = serde_json::from_str(tool.input_schema).expect("a generated schema is valid JSON");
    let is_required = |name: &str| {
        schema.get("required").and_then(Value::as_array).is_some_and(|names| names.iter().any(|other| other == name))
    };
    let narrows = |property: &Value| match (property.get("type").and_then(Value::as_str), property.get("enum")) {
        (_, Some(Value::Array(labels))) => labels.iter().all(|label| label.as_str().is_some_and(is_number)),
        (Some("integer" | "number"), None) => false,
        _ => true,
    };
    let mut properties: Vec<_> = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .filter(|(name, property)| tool.hints.read_only && !is_required(name) && narrows(property))
        .collect();
    // A page size is the cure that always works.
    properties.sort_by_key(|(_, property)| property.get("enum").is_none());
    properties.into_iter().map(|(name, _)| name.clone()).take(MAX_NAMED).collect()
}

fn is_number(label: &str) -> bool {
    label.parse::<u64>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::TOOLS;

    #[test]
    fn only_arguments_of_the_tool_are_named() {
        for tool in TOOLS.iter().map(|tool| tool.def) {
            let cure = less(tool);
            let named = cure.split('`').skip(1).step_by(2);
            assert!(named.clone().count() <= MAX_NAMED, "{cure}");
            assert!(named.clone().all(|name| tool.arguments.contains(&name)), "{}: {cure}", tool.name);
            assert!(tool.hints.read_only || named.count() == 0, "{}: {cure}", tool.name);
            for status in 400..500 {
                let cure = of_rejection(status, tool);
                assert!(!tool.arguments.is_empty() || !cure.contains("arguments before"), "{}: {cure}", tool.name);
                assert!(tool.files.is_some() || !cure.contains("files"), "{}: {cure}", tool.name);
            }
        }
    }
}
