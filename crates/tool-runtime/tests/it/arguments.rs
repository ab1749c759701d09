//! A whole call's arguments: every violation at once, and none forgotten.

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

/// What is wrong with `arguments` once `check` has seen them and everything has been taken out of them.
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
fn all_that_is_wrong_comes_back_together() {
    let mut arguments = given(json!({"email": "x", "prio": 1, "priority": "high", "\u{1}": 2}));
    let subject = arguments.required("subject", decode::non_empty_string);
    let email = arguments.required("email", decode::email);
    let priority = arguments.optional("priority", decode::integer(1, 4));
    assert_eq!((&subject, &email, priority), (&None, &None, None));
    let violations = arguments.finish(subject.zip(email)).unwrap_err();
    assert_eq!(places(&violations), ["subject", "email", "priority", "prio", "\\u{1}"]);
    assert_eq!(violations[0].problem, "is required and missing");
    assert_eq!(violations[3].problem, "is not an argument of this tool; did you mean `priority`?");
    assert_eq!(violations[3].allowed.as_deref(), Some("subject, email, priority"));
}

#[test]
fn a_violation_without_a_list_of_what_is_allowed_has_no_such_key() {
    let violations = wrong(json!({"email": "a@x"}), |arguments| arguments.requires("email", "subject"));
    let json = serde_json::to_value(&violations).unwrap();
    assert_eq!(json, json!([{"argument": "subject", "problem": "is required when `email` is given"}]));
}

#[test]
fn null_is_not_given() {
    let mut arguments = given(json!({"subject": null, "unknown": null}));
    assert!(!arguments.has("subject"));
    assert_eq!(arguments.optional("subject", decode::string), None);
    assert_eq!(arguments.finish(Some(1)), Ok(1));
    assert_eq!(
        wrong(json!({"subject": null}), |arguments| {
            arguments.required("subject", decode::string);
        })[0]
            .problem,
        "is required and missing"
    );
}

#[test]
fn exactly_one() {
    let check = |arguments: &mut Arguments| arguments.exactly_one(&["subject", "email"]);
    assert_eq!(wrong(json!({"email": "a"}), check), []);
    for wrong in [wrong(json!({}), check), wrong(json!({"email": "a", "subject": "b"}), check)] {
        assert_eq!(places(&wrong), ["subject | email"]);
        assert_eq!(wrong[0].allowed.as_deref(), Some("exactly one of: subject, email"));
    }
}

#[test]
fn at_least_one() {
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
fn one_argument_may_choose_among_others() {
    let check = |arguments: &mut Arguments| arguments.chosen("priority", Some("email"), &["subject", "email"]);
    assert_eq!(wrong(json!({"email": "a"}), check), []);
    assert_eq!(places(&wrong(json!({"subject": "a"}), check)), ["subject", "email"]);
    assert_eq!(places(&wrong(json!({}), check)), ["email"]);
    assert_eq!(wrong(json!({}), |arguments| arguments.chosen("priority", None, &["subject"])), []);
}

#[test]
fn a_tool_without_arguments_says_so() {
    let Value::Object(map) = json!({"x": 1}) else { unreachable!() };
    let violations = Arguments::new(&[], map).finish(Some(())).unwrap_err();
    assert_eq!(violations[0].allowed.as_deref(), Some("nothing: it takes none"));
    assert_eq!(Arguments::new(&[], Map::new()).finish(Some(())), Ok(()));
}

#[test]
fn a_long_value_or_name_does_not_come_back_whole() {
    let long = "x".repeat(10_000);
    let violations = wrong(json!({ long.clone(): 1 }), |_| {});
    assert!(violations[0].argument.len() < 100);
    let mut arguments = given(json!({"priority": long}));
    arguments.optional("priority", decode::integer(0, 1));
    let violations = arguments.finish(Some(())).unwrap_err();
    assert!(violations[0].problem.len() < 100, "{}", violations[0].problem);
}

/// The length of all that the violations say.
fn said(violations: &[Violation]) -> usize {
    let said = |violation: &Violation| {
        violation.argument.len() + violation.problem.len() + violation.allowed.as_ref().map_or(0, String::len)
    };
    violations.iter().map(said).sum()
}

#[test]
fn of_too_many_unknown_names_only_the_first_are_kept_and_the_rest_counted() {
    const KNOWN: &[&str] = &["a_name_that_is_rather_long"; 100];
    let map: Map<String, Value> = (0..50_000).map(|n| (format!("a_name_{n}"), json!(0))).collect();
    let violations = Arguments::new(KNOWN, map).finish(Some(())).unwrap_err();
    assert_eq!((violations.len(), violations.omitted()), (100, 49_900));
    assert!(said(&violations) < 10_000, "{}", said(&violations));
    assert_eq!(violations.iter().filter(|violation| violation.allowed.is_some()).count(), 1);
    assert_eq!(violations.iter().filter(|violation| violation.problem.contains("did you mean")).count(), 10);
}

#[test]
fn a_name_of_nothing_is_shown_as_such() {
    let map = Map::from_iter([(String::new(), json!(1))]);
    let violations = Arguments::new(&["a"], map).finish(Some(())).unwrap_err();
    assert_eq!(violations[0].argument, "\"\"");
}

#[test]
fn a_list_is_not_looked_at_beyond_the_faults_that_are_kept() {
    let looked_at = Cell::new(0);
    let count = |value| {
        looked_at.set(looked_at.get() + 1);
        decode::email(value)
    };
    let violations = decode::list(count)(json!(vec![0; 50_000])).unwrap_err();
    let violations = violations.under_key("to");
    assert_eq!((violations.len(), violations.omitted(), looked_at.get()), (100, 49_900, 101));
    let nested = decode::list(decode::list(decode::email))(json!(vec![vec![0; 100]; 1_000])).unwrap_err();
    let violations = nested;
    assert_eq!((violations.len(), violations[99].argument.as_str()), (100, "[0][99]"));
    assert_eq!(violations.omitted(), 100 + 998, "the second list is the last to be looked at");
}

#[test]
fn the_name_that_was_meant_is_found_by_its_look_or_by_a_part_of_it() {
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
