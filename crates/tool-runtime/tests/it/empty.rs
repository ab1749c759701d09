//! Empty values: absent, refused or sent, as a tool declares for each argument.

use serde_json::{Map, Value, json};
use tool_runtime::prelude::*;

type Decoded = (Option<String>, Option<String>, Option<i64>);

/// A tool with an argument of each kind.
fn decode(given: Value) -> Result<Decoded, String> {
    let Value::Object(given) = given else { unreachable!() };
    let mut arguments = Arguments::new(&["subject", "note", "count", "people"], given);
    arguments.drop_if(empty::text, &["count"]);
    arguments.drop_if(empty::list, &["people"]);
    arguments.at_least_one(&["subject", "note", "count", "people"]);
    let subject = arguments.optional("subject", decode::non_empty_string);
    let note = arguments.optional("note", decode::string);
    let count = arguments.optional("count", decode::integer(0, 9));
    let _ = arguments.optional("people", decode::list(decode::email));
    arguments.finish(Some((subject, note, count))).map_err(|violations| violations.to_string())
}

#[test]
fn an_absent_value_counts_as_not_given() {
    assert_eq!(decode(json!({"note": "n", "count": " ", "people": []})).unwrap(), (None, Some("n".to_owned()), None));
    let nothing = decode(json!({"count": "", "people": "[]"})).unwrap_err();
    assert!(nothing.contains("none of the required alternatives was given"), "{nothing}");
}

#[test]
fn an_empty_value_is_sent_where_it_clears() {
    assert_eq!(decode(json!({"note": ""})).unwrap().1, Some(String::new()));
}

#[test]
fn a_refused_empty_value_says_what_to_do() {
    for blank in ["", " \n"] {
        let refused = decode(json!({"subject": blank, "note": "n"})).unwrap_err();
        assert_eq!(refused, "subject: is empty (allowed: a value, or nothing: leave it out)");
    }
}

#[test]
fn names_that_are_not_known_stay_errors() {
    let mut given = Map::new();
    given.insert("x".to_owned(), json!(""));
    let mut arguments = Arguments::new(&["a"], given);
    arguments.drop_if(empty::text, &["a"]);
    assert!(arguments.finish(Some(())).is_err());
}
