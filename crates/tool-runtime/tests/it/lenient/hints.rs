//! Hints for names that do not exist: meaning first, spelling second, and never a name that refuses the value.

use serde_json::{Value, json};
use tool_runtime::prelude::*;

/// A tool with a synonym and names that look alike.
#[derive(Debug)]
struct SetReader;

impl Endpoint for SetReader {
    const DEF: ToolDef = ToolDef { arguments: &["primary_email", "secondary_email", "status", "search"], ..super::DEF };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[("email", "primary_email")];

    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.optional("primary_email", decode::email);
        arguments.optional("secondary_email", decode::email);
        arguments.optional("status", decode::name);
        arguments.optional("search", decode::object);
        Some(Self)
    }

    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/")
    }
}

/// Returns the problem of the only violation.
fn problem(given: &Value) -> String {
    let violations = Tool::new::<SetReader>().prepare(given.as_object().cloned().unwrap_or_default()).unwrap_err();
    assert_eq!(violations.len(), 1, "{violations}");
    violations[0].problem.clone()
}

fn hint(given: &Value) -> Option<String> {
    problem(given).split_once("did you mean ").map(|(_, hint)| hint.trim_end_matches('?').replace('`', ""))
}

#[test]
fn a_misspelt_synonym_leads_to_its_name() {
    assert_eq!(hint(&json!({"emial": "a@x"})).as_deref(), Some("primary_email"));
}

#[test]
fn words_in_common_go_before_spelling() {
    assert_eq!(hint(&json!({"primaryEmail": "a@x"})).as_deref(), Some("primary_email"));
    assert_eq!(hint(&json!({"ticket_status": "Open"})).as_deref(), Some("status"));
}

#[test]
fn a_name_that_refuses_the_value_is_not_proposed() {
    assert_eq!(hint(&json!({"serch": {"a": 1}})).as_deref(), Some("search"));
    assert_eq!(hint(&json!({"serch": "sea"})), None);
    assert_eq!(hint(&json!({"emial": "not an address"})), None);
}

#[test]
fn a_name_that_is_given_is_not_proposed() {
    assert_eq!(hint(&json!({"status": "Open", "Status": "Open"})), None);
}

#[test]
fn a_hint_replaces_the_list_of_names() {
    let violations = Tool::new::<SetReader>()
        .prepare(json!({"stats": "Open", "x": 1, "y": 2}).as_object().cloned().unwrap())
        .unwrap_err();
    assert_eq!(
        violations.to_string(),
        "stats: is not an argument of this tool; did you mean `status`?\n\
         x: is not an argument of this tool (allowed: primary_email, secondary_email, status, search)\n\
         y: is not an argument of this tool"
    );
}
