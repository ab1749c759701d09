//! The arguments of a summary, and the requests of its pages.

use serde_json::{Map, Value, json};
use tool_runtime::prelude::*;
use tool_runtime::results::Json;
use tool_runtime::results::summary::{GroupKey, SummaryDef, SummaryOptions};

use super::{BOOKS, VIEW, page};

/// A list of books, as the generator would write it.
struct ListBooks {
    shelf: Option<String>,
    rows: Option<String>,
    offset: Option<i64>,
}

const LIST: ToolDef = ToolDef {
    name: "list_books",
    title: "List books",
    description: "Books on a shelf.",
    method: ToolMethod::List,
    tags: &["books"],
    hints: Hints { read_only: true, destructive: false, idempotent: true },
    input_schema: r#"{"type":"object","properties":{}}"#,
    arguments: &["shelf", "rows", "offset"],
    example: "{}",
    files: None,
    http_method: HttpMethod::Get,
    path: "/books",
    reply: ReplyFormat::Json,
    view: Some(VIEW),
    paging: None,
    resource: None,
    cost: 1,
    gated: None,
    compact_note: None,
    effects: Effects(&[]),
};

impl Endpoint for ListBooks {
    const DEF: ToolDef = LIST;

    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let shelf = arguments.optional("shelf", decode::name);
        let rows = arguments.optional("rows", decode::name);
        let offset = arguments.optional("offset", decode::integer(0, i64::MAX));
        Some(Self { shelf, rows, offset })
    }

    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/books")
            .query_opt("shelf", self.shelf.as_ref())
            .query_opt("rows", self.rows.as_ref())
            .query_opt("offset", self.offset.as_ref())
    }
}

static SUMMARIZE: ToolDef =
    ToolDef { name: "summarize_books", arguments: &["shelf", "by", "measure", "max_calls"], ..LIST };

static SUMMARY: SummaryDef = BOOKS;

static TOOL: Tool = Tool::summary::<ListBooks>(&SUMMARIZE, &SUMMARY);

fn given(arguments: &Value) -> Map<String, Value> {
    arguments.as_object().unwrap().clone()
}

/// Returns the choices of a call, in the form of its columns.
fn chosen(arguments: &Value) -> (Vec<String>, Option<String>, u32) {
    let (_, summary) = TOOL.prepare_summary(TOOL.summary.unwrap(), given(arguments)).unwrap();
    let SummaryOptions { by, measure, max_calls } = summary.options();
    let key = |key: &GroupKey| match key.bucket {
        Some(bucket) => format!("{}:{}", key.field, bucket.name()),
        None => key.field.to_owned(),
    };
    let measure = measure.map(|measure| format!("{}:{}", measure.field, measure.statistic.name()));
    (by.iter().map(key).collect(), measure, *max_calls)
}

fn wrong(arguments: &Value) -> Vec<String> {
    TOOL.prepare(given(arguments)).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn choices_are_decoded_generously() {
    let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
    assert_eq!(chosen(&json!({"by": ["author"]})), (keys(&["author"]), None, 5));
    assert_eq!(chosen(&json!({"by": "author"})), (keys(&["author"]), None, 5), "one field needs no list");
    assert_eq!(
        chosen(&json!({"by": "[\"bought:week\", \"state\"]", "measure": " price : median", "max_calls": "20"})),
        (keys(&["bought:week", "state"]), Some("price:median".to_owned()), 20)
    );
    assert_eq!(chosen(&json!({"by": ["author"], "measure": "", "max_calls": null})).1, None);
}

#[test]
fn wrong_choices_are_refused_with_those_that_exist() {
    let all = "author, state, at.shelf, tags, bought:day|week|month";
    for (by, expected) in [
        (json!(["autor"]), format!("by[0]: \"autor\" is not known here; did you mean `author`? (allowed: {all})")),
        (json!([]), format!("by: is empty (allowed: one or two of these, such as [\"author\"]: {all})")),
        (
            json!(["author", "state", "tags"]),
            format!("by: has 3 fields (allowed: one or two of these, such as [\"author\"]: {all})"),
        ),
        (
            json!(["bought:day", "bought:week"]),
            format!("by: names the same field twice (allowed: one or two of these, such as [\"author\"]: {all})"),
        ),
        (
            json!("bought"),
            "by: \"bought\" names no period of this time (allowed: bought:day, bought:week, bought:month)".to_owned(),
        ),
        (
            json!("bought:year"),
            "by: \"bought:year\" names no period of this time (allowed: bought:day, bought:week, bought:month)"
                .to_owned(),
        ),
        (
            json!("author:day"),
            "by: \"author:day\" has a period, but the field is not a time (allowed: author)".to_owned(),
        ),
    ] {
        assert_eq!(wrong(&json!({ "by": by })), [expected]);
    }
    let measures = "price:sum|average|median|min|max, at.level:sum|average|median|min|max";
    for (measure, expected) in [
        ("prize:sum", format!("measure: \"prize:sum\" is not known here; did you mean `price`? (allowed: {measures})")),
        ("price", "measure: \"price\" names no statistic (allowed: price:sum, price:average, price:median, price:min, price:max)".to_owned()),
    ] {
        assert_eq!(wrong(&json!({"by": "author", "measure": measure})), [expected]);
    }
    assert_eq!(wrong(&json!({})), ["by: is required but missing"]);
    assert_eq!(wrong(&json!({"by": "author", "max_calls": 21})).len(), 1);
}

#[test]
fn arguments_of_pages_do_not_exist() {
    let violations = wrong(&json!({"by": "author", "offset": 30, "rows": ""}));
    assert_eq!(violations.len(), 2, "{violations:?}");
    assert!(violations[0].starts_with("offset: is not an argument of this tool"), "{violations:?}");
    assert!(violations[1].starts_with("rows: is not"), "{violations:?}");
}

#[test]
fn each_page_is_the_request_of_the_list() {
    let call = TOOL.prepare_summary(TOOL.summary.unwrap(), given(&json!({"by": "author", "shelf": "B2"})));
    let (first, mut summary) = call.unwrap();
    assert_eq!(first.target(), "/books?shelf=B2&rows=100");
    let mut next = |rows: &Value| {
        let request = summary.next_page(&first).map(|request| request.target());
        summary.add(Json::checked(&page(3, rows)).unwrap()).unwrap();
        request
    };
    assert_eq!(next(&json!([{}, {}])).as_deref(), Some("/books?shelf=B2&rows=100"));
    assert_eq!(next(&json!([{}])).as_deref(), Some("/books?shelf=B2&rows=100&offset=2"));
    assert_eq!(next(&json!([])), None);
}
