//! The arguments of a whole call: all violations are returned at once.

use std::cell::Cell;

use serde_json::{Map, Value, json};
use tool_runtime::decode;
use tool_runtime::prelude::*;
use tool_runtime::violation::Violation;

const NAMES: &[&str] = &["subject", "email", "priority"];

fn given(value: Value) -> Arguments {
    let Value::Object(map) = value else { panic!("{value}") };
    Arguments::new(NAMES, map)
}

/// Returns the violations of `arguments` after `check` was called and all known names were taken.
fn wrong(arguments: Value, check: impl FnOnce(&mut Arguments)) -> Vec<Violation> {
    let mut arguments = given(arguments);
    check(&mut arguments);
    for name in NAMES {
        arguments.optional(name, Ok);
    }
    arguments.finish(Some(())).err().unwrap_or_default().into_iter().collect()
}

fn places(violations: &[Violation]) -> Vec<&str> {
    violations.iter().map(|violation| violation.argument.as_str()).collect()
}

#[test]
fn all_violations_are_returned_together() {
    let mut arguments = given(json!({"email": "x", "prio": 1, "priority": "high", "\u{1}": 2}));
    let subject = arguments.required("subject", decode::non_empty_string);
    let email = arguments.required("email", decode::email);
    let priority = arguments.optional("priority", decode::integer(1, 4));
    assert_eq!((&subject, &email, priority), (&None, &None, None));
    let violations = arguments.finish(subject.zip(email)).unwrap_err();
    assert_eq!(places(&violations), ["subject", "email", "priority", "prio", "\\u{1}"]);
    assert_eq!(violations[0].problem, "is required but missing");
    assert_eq!(violations[3].problem, "is not an argument of this tool");
    assert_eq!(violations[3].allowed.as_deref(), Some("subject, email, priority"));
}

#[test]
fn a_decoder_that_hides_its_failure_is_an_error() {
    let violations = given(json!({})).finish(None::<()>).unwrap_err();
    assert_eq!(places(&violations), ["(arguments)"]);
}

#[test]
fn a_violation_without_allowed_values_omits_the_key() {
    let violations = wrong(json!({"email": "a@x"}), |arguments| arguments.requires("email", "subject"));
    let json = serde_json::to_value(&violations).unwrap();
    assert_eq!(json, json!([{"argument": "subject", "problem": "is required when `email` is given"}]));
}

#[test]
fn null_counts_as_not_given() {
    let mut arguments = given(json!({"subject": null, "unknown": null}));
    assert!(!arguments.has("subject"));
    assert_eq!(arguments.optional("subject", decode::string), None);
    assert_eq!(arguments.finish(Some(1)), Ok(1));
    assert_eq!(
        wrong(json!({"subject": null}), |arguments| {
            arguments.required("subject", decode::string);
        })[0]
            .problem,
        "is required but missing"
    );
}

#[test]
fn exactly_one_of_several_is_required() {
    let check = |arguments: &mut Arguments| arguments.exactly_one(&["subject", "email"]);
    assert_eq!(wrong(json!({"email": "a"}), check), []);
    for wrong in [wrong(json!({}), check), wrong(json!({"email": "a", "subject": "b"}), check)] {
        assert_eq!(places(&wrong), ["subject | email"]);
        assert_eq!(wrong[0].allowed.as_deref(), Some("exactly one of: subject, email"));
    }
}

#[test]
fn at_least_one_of_several_is_required() {
    let check = |arguments: &mut Arguments| arguments.at_least_one(&["subject", "email"]);
    assert_eq!(wrong(json!({"email": "a"}), check), []);
    assert_eq!(wrong(json!({"email": "a", "subject": "b"}), check), []);
    assert_eq!(places(&wrong(json!({"priority": 1}), check)), ["(arguments)"]);
}

#[test]
fn one_argument_may_require_another() {
    let check = |arguments: &mut Arguments| arguments.requires("email", "subject");
    assert_eq!(wrong(json!({}), check), []);
    assert_eq!(wrong(json!({"subject": "b"}), check), []);
    assert_eq!(places(&wrong(json!({"email": "a"}), check)), ["subject"]);
}

#[test]
fn one_argument_may_choose_another() {
    let check = |arguments: &mut Arguments| arguments.chosen("priority", Some("email"), &["subject", "email"]);
    assert_eq!(wrong(json!({"email": "a"}), check), []);
    assert_eq!(places(&wrong(json!({"subject": "a"}), check)), ["subject", "email"]);
    assert_eq!(places(&wrong(json!({}), check)), ["email"]);
    assert_eq!(wrong(json!({}), |arguments| arguments.chosen("priority", None, &["subject"])), []);
}

#[test]
fn a_tool_without_arguments_allows_no_arguments() {
    let Value::Object(map) = json!({"x": 1}) else { unreachable!() };
    let violations = Arguments::new(&[], map).finish(Some(())).unwrap_err();
    assert_eq!(violations[0].allowed.as_deref(), Some("no arguments"));
    assert_eq!(Arguments::new(&[], Map::new()).finish(Some(())), Ok(()));
}

#[test]
fn long_values_and_names_are_shortened_in_messages() {
    let long = "x".repeat(10_000);
    let violations = wrong(json!({ long.clone(): 1 }), |_| {});
    assert!(violations[0].argument.len() < 100);
    let mut arguments = given(json!({"priority": long}));
    arguments.optional("priority", decode::integer(0, 1));
    let violations = arguments.finish(Some(())).unwrap_err();
    assert!(violations[0].problem.len() < 100, "{}", violations[0].problem);
}

/// Returns the total length of the violations' texts.
fn text_length(violations: &[Violation]) -> usize {
    let length = |violation: &Violation| {
        violation.argument.len() + violation.problem.len() + violation.allowed.as_ref().map_or(0, String::len)
    };
    violations.iter().map(length).sum()
}

#[test]
fn unknown_names_beyond_the_limit_are_counted() {
    const KNOWN: &[&str] = &["a_name_that_is_rather_long"; 100];
    let map: Map<String, Value> = (0..50_000).map(|n| (format!("a_name_{n}"), json!(0))).collect();
    let violations = Arguments::new(KNOWN, map).finish(Some(())).unwrap_err();
    assert_eq!((violations.len(), violations.omitted()), (100, 49_900));
    assert!(text_length(&violations) < 10_000, "{}", text_length(&violations));
    assert_eq!(violations.iter().filter(|violation| violation.allowed.is_some()).count(), 1);
    assert_eq!(violations.iter().filter(|violation| violation.problem.contains("did you mean")).count(), 10);
}

#[test]
fn an_empty_name_is_shown_in_quotes() {
    let map = Map::from_iter([(String::new(), json!(1))]);
    let violations = Arguments::new(&["a"], map).finish(Some(())).unwrap_err();
    assert_eq!(violations[0].argument, "\"\"");
}

#[test]
fn list_items_beyond_the_limit_are_not_decoded() {
    let decoded = Cell::new(0);
    let count = |value| {
        decoded.set(decoded.get() + 1);
        decode::email(value)
    };
    let violations = decode::list(count)(json!(vec![0; 50_000])).unwrap_err().under_key("to");
    assert_eq!((violations.len(), violations.omitted(), decoded.get()), (100, 49_900, 101));
    let violations = decode::list(decode::list(decode::email))(json!(vec![vec![0; 100]; 1_000])).unwrap_err();
    assert_eq!((violations.len(), violations[99].argument.as_str()), (100, "[0][99]"));
    assert_eq!(violations.omitted(), 100 + 998, "the second list is the last one that is decoded");
}

#[test]
fn similar_names_and_parts_of_names_are_suggested() {
    let known = &["start_date", "end_date", "contract_type", "name"];
    let meant = |given: &str| {
        let map = Map::from_iter([(given.to_owned(), json!(1))]);
        let violations = Arguments::new(known, map).finish(Some(())).unwrap_err();
        let (_, meant) = violations[0].problem.split_once("did you mean `")?;
        Some(meant.trim_end_matches("`?").to_owned())
    };
    assert_eq!(meant("startdate").as_deref(), Some("start_date"));
    assert_eq!(meant("End_Date").as_deref(), Some("end_date"));
    assert_eq!(meant("type").as_deref(), Some("contract_type"));
    assert_eq!(meant("nmae").as_deref(), Some("name"));
    assert_eq!(meant("xyz"), None);
    assert_eq!(meant("act"), None, "too short to be a telling part");
    assert_eq!(meant(&format!("start_date{}", "e".repeat(90))).as_deref(), Some("start_date"));
    assert_eq!(meant(&format!("start_date{}", "e".repeat(91))), None, "too long to be compared");
}
