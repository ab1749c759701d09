//! Forms that callers may write besides those in the schema, and the help in violations.

mod hints;
mod properties;

use serde_json::{Map, Value, json};
use tool_runtime::decode;
use tool_runtime::effect::Effects;
use tool_runtime::guidance::Guidance;
use tool_runtime::prelude::*;
use tool_runtime::violation::Violation;

/// An object that may be a text: the value of its field `words`.
#[derive(Debug, PartialEq)]
struct Search {
    words: Option<String>,
    areas: Option<Vec<String>>,
}

impl Fields for Search {
    const NAMES: &'static [&'static str] = &["words", "areas"];
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[("query", "words")];
    const EXAMPLES: &'static [&'static str] = &[r#""sea""#, r#"["title"]"#];
    const TEXT: Option<&'static str> = Some("words");

    fn decode(fields: &mut Arguments) -> Option<Self> {
        let words = fields.optional("words", decode::non_empty_string);
        let areas = fields.optional("areas", decode::list(decode::non_empty_string));
        Some(Self { words, areas })
    }
}

/// The definition of a tool, for those that differ in their arguments.
const DEF: ToolDef = ToolDef {
    name: "set_reader",
    title: "Set reader",
    description: "Set a reader.",
    method: ToolMethod::Update,
    tags: &[],
    hints: Hints { read_only: false, destructive: false, idempotent: false },
    input_schema: "{}",
    arguments: &[],
    example: "{}",
    files: None,
    http_method: HttpMethod::Get,
    path: "/",
    reply: ReplyFormat::Json,
    view: None,
    compact_note: None,
    paging: None,
    resource: None,
    cost: 1,
    effects: Effects(&[]),
    gated: None,
};

const NAMES: &[&str] = &["reader", "number", "search", "notify"];

const GUIDANCE: Guidance = Guidance {
    synonyms: &[("email", "reader"), ("person", "reader"), ("no", "number")],
    examples: &[r#""ann@example.com""#, "7", r#"{"words":"sea"}"#, r#"["ben@example.com"]"#],
    accepts: None,
};

type Call = (Option<String>, Option<i64>, Option<Search>, Option<Joined<','>>);

fn call(given: &Value) -> Result<Call, Vec<Violation>> {
    let given: Map<String, Value> = given.as_object().cloned().unwrap_or_default();
    let mut arguments = Arguments::new(NAMES, given).with_guidance(GUIDANCE);
    let reader = arguments.optional("reader", decode::email);
    let number = arguments.optional("number", decode::or_prefixed("#", decode::integer(1, i64::MAX)));
    let search = arguments.optional("search", decode::record::<Search>);
    let notify = arguments.optional("notify", decode::joined::<','>(decode::email));
    arguments.finish(Some((reader, number, search, notify))).map_err(|violations| violations.into_iter().collect())
}

fn wrong(given: &Value) -> Vec<String> {
    call(given).expect_err("the arguments are wrong").iter().map(ToString::to_string).collect()
}

#[test]
fn a_synonym_counts_as_its_argument() {
    assert_eq!(call(&json!({"email": "a@x", "no": 3})), call(&json!({"reader": "a@x", "number": 3})));
    assert_eq!(call(&json!({"email": "a@x", "person": null})), call(&json!({"reader": "a@x"})));
    assert_eq!(call(&json!({"email": "a@x", "reader": null})), call(&json!({"reader": "a@x"})));
    assert_eq!(call(&json!({"search": {"query": "sea"}})), call(&json!({"search": {"words": "sea"}})));
}

#[test]
fn two_names_for_one_argument_are_refused() {
    let both = wrong(&json!({"reader": "a@x", "email": "a@x"}));
    assert_eq!(both, ["email: means the same as `reader`, and both are given (allowed: only `reader`)"]);
    let synonyms = wrong(&json!({"person": "a@x", "email": "b@x"}));
    assert_eq!(synonyms, ["person: means the same as `email`, and both are given (allowed: only `reader`)"]);
    let nested = wrong(&json!({"search": {"query": "a", "words": "b"}}));
    assert_eq!(nested, ["search.query: means the same as `words`, and both are given (allowed: only `words`)"]);
}

#[test]
fn a_synonym_without_a_value_is_not_given() {
    for empty in [json!(""), json!("  "), json!([])] {
        assert_eq!(call(&json!({"reader": "a@x", "email": empty})), call(&json!({"reader": "a@x"})), "{empty}");
    }
}

#[test]
fn a_violation_names_the_argument_not_its_synonym() {
    assert_eq!(
        wrong(&json!({"no": 0})),
        ["number: 0 is out of range (allowed: a whole number, 1 or more, for example 7)"]
    );
}

#[test]
fn a_text_may_replace_an_object() {
    let search = |given: Value| call(&json!({ "search": given })).map(|(_, _, search, _)| search);
    let words = |words: &str| Ok(Some(Search { words: Some(words.to_owned()), areas: None }));
    assert_eq!(search(json!("sea")), words("sea"));
    assert_eq!(search(json!("[urgent] sea")), words("[urgent] sea"));
    assert_eq!(search(json!(904)), words("904"));
    assert_eq!(search(json!("{\"words\": \"sea\"}")), words("sea"));
    assert!(search(json!("{words: sea}")).is_err() && search(json!(true)).is_err() && search(json!(["sea"])).is_err());
    assert_eq!(search(json!("[]")), Ok(Some(Search { words: None, areas: None })), "as without a text form");
}

#[test]
fn a_single_item_counts_as_a_list_of_one() {
    let list = decode::list(decode::email);
    assert_eq!(list(json!("a@x")), list(json!(["a@x"])));
    assert_eq!(list(json!("[\"a@x\"]")), list(json!(["a@x"])));
    assert_eq!(decode::list(decode::integer(0, 9))(json!(3)), Ok(vec![3]));
    assert_eq!(decode::list(decode::record::<Search>)(json!({"words": "a"})).map(|items| items.len()), Ok(1));
    let notify = |given: Value| call(&json!({ "notify": given })).map(|(_, _, _, notify)| notify);
    let both = Ok(Some(Joined(vec!["a@x".to_owned(), "b@x".to_owned()])));
    assert_eq!(notify(json!("a@x, b@x,")), both);
    assert_eq!(notify(json!(["a@x", "b@x"])), both);
    assert!(notify(json!(["a@x, b@x"])).is_err(), "an item has no separator");
}

#[test]
fn a_wrong_single_item_is_explained_as_one() {
    let problem = "notify: \"bob\" is not an e-mail address (allowed: one address such as ann@example.com)";
    assert_eq!(wrong(&json!({"notify": "bob"})), [problem]);
    let problem = "notify: an object is not accepted (allowed: for example [\"ben@example.com\"])";
    assert_eq!(wrong(&json!({"notify": {"add": []}})), [problem]);
}

#[test]
fn a_prefix_before_a_number_is_dropped() {
    let number = |given: Value| call(&json!({ "number": given })).map(|(_, number, ..)| number);
    for given in ["#904", " #904 ", "# 904", "904"] {
        assert_eq!(number(json!(given)), Ok(Some(904)), "{given}");
    }
    for given in ["#", "##904", "#0", "904#", "No. 904"] {
        assert!(number(json!(given)).is_err(), "{given}");
    }
}

#[test]
fn a_violation_shows_an_example_instead_of_a_kind() {
    assert_eq!(
        wrong(&json!({"search": true})),
        ["search: true is not accepted (allowed: for example {\"words\":\"sea\"})"]
    );
    let item = wrong(&json!({"search": {"areas": [{}]}}));
    assert_eq!(item, ["search.areas[0]: an object is not accepted (allowed: for example \"title\")"]);
    let mut missing = Arguments::new(NAMES, Map::new()).with_guidance(GUIDANCE);
    missing.required("notify", decode::list(decode::email));
    let violations = missing.finish(None::<()>).unwrap_err();
    assert_eq!(violations.to_string(), "notify: is required but missing (allowed: for example [\"ben@example.com\"])");
}

#[test]
fn a_clearing_text_is_named_among_the_allowed_values() {
    let cleared = decode::or_cleared("--", decode::email);
    assert_eq!(cleared(json!("--")), Ok("--".to_owned()));
    let violations = cleared(json!("ana")).unwrap_err();
    assert_eq!(violations[0].allowed.as_deref(), Some("one address such as ann@example.com, or \"--\""));
}
