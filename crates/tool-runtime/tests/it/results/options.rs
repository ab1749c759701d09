//! The arguments that a tool has because of its view, beside its own ones.

use serde_json::{Map, Value, json};
use tool_runtime::decode;
use tool_runtime::effect::Effects;
use tool_runtime::prelude::*;
use tool_runtime::results::{Extent, Form, ListForm, Options, View, WriteForm};
use tool_runtime::violation::lines;

use super::LIMIT;

/// A list that comes in pages, oldest row first, with long texts.
struct ListLoans {
    offset: Option<i64>,
    reader: Option<String>,
}

impl Endpoint for ListLoans {
    const DEF: ToolDef = ToolDef {
        name: "list_loans",
        title: "",
        description: "",
        method: ToolMethod::List,
        tags: &[],
        hints: Hints { read_only: true, destructive: false, idempotent: true },
        input_schema: "{}",
        arguments: &["offset", "size", "reader"],
        example: "{}",
        files: None,
        http_method: HttpMethod::Get,
        path: "/loans",
        reply: ReplyFormat::Json,
        view: Some(View {
            form: Form::List(ListForm {
                rows: "loans",
                total: Some("count"),
                extent: Extent::Page,
                oldest_first: true,
            }),
            fields: &["isbn"],
            optional: &[],
            twins: &[],
            codes: &[],
            long_texts: &["note"],
        }),
        compact_note: None,
        paging: Some(Paging { offset: "offset", size: Some("size"), rows: 30 }),
        resource: None,
        cost: 1,
        effects: Effects(&[]),
        gated: None,
    };

    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["offset", "size", "reader"]);
        let offset = arguments.optional("offset", decode::integer(0, i64::MAX));
        arguments.optional("size", decode::integer(1, 100));
        let reader = arguments.optional("reader", decode::email);
        Some(Self { offset, reader })
    }

    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/loans")
            .query_opt("offset", self.offset.as_ref())
            .query_opt("reader", self.reader.as_ref())
    }
}

/// A write with texts in several places.
struct WriteNote {
    text: String,
}

impl Endpoint for WriteNote {
    const DEF: ToolDef = ToolDef {
        name: "write_note",
        method: ToolMethod::Create,
        hints: Hints { read_only: false, destructive: false, idempotent: false },
        arguments: &["text", "tags", "reader"],
        http_method: HttpMethod::Post,
        path: "/notes",
        view: Some(View {
            form: Form::Write(WriteForm { id: &["id"], answered_as: &[] }),
            fields: &[],
            optional: &[],
            twins: &[],
            codes: &[],
            long_texts: &["text"],
        }),
        paging: None,
        ..ListLoans::DEF
    };

    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::list, &["tags"]);
        let text = arguments.required("text", decode::string);
        arguments.optional("tags", decode::list(decode::string));
        arguments.optional("reader", decode::email);
        Some(Self { text: text? })
    }

    fn request(&self) -> Request {
        Request::new(HttpMethod::Post, "/notes").json(JsonObject::new().field("text", &self.text))
    }
}

static LIST: Tool = Tool::new::<ListLoans>();
static WRITE: Tool = Tool::new::<WriteNote>();

fn object(arguments: Value) -> Map<String, Value> {
    let Value::Object(arguments) = arguments else { panic!("{arguments} is not an object") };
    arguments
}

fn viewed(tool: &Tool, arguments: Value) -> (String, Options) {
    let viewed = tool.prepare_viewed(&tool.def.view.unwrap(), object(arguments), LIMIT).unwrap();
    (viewed.request.target().clone(), viewed.options)
}

fn refused(tool: &Tool, arguments: Value) -> String {
    lines(&tool.prepare_viewed(&tool.def.view.unwrap(), object(arguments), LIMIT).unwrap_err())
}

#[test]
fn a_call_without_choices_follows_the_view() {
    let (target, options) = viewed(&LIST, json!({}));
    assert_eq!(target, "/loans");
    assert_eq!(options.max_chars, Some(2000));
    let expected = Options { page_size: Some(30), ..Options::new(&LIST.def.view.unwrap(), LIMIT) };
    assert_eq!(options, expected);
}

#[test]
fn choices_are_taken_out_before_the_tool_decodes() {
    let given = json!({"fields": ["isbn", "reader.name"], "max_chars": 0, "newest": true, "offset": 60, "size": 50});
    let (target, options) = viewed(&LIST, given);
    assert_eq!(target, "/loans?offset=60");
    assert_eq!(options.fields, ["isbn", "reader.name"]);
    assert_eq!((options.max_chars, options.newest), (None, true));
    assert_eq!((options.offset, options.page_size), (60, Some(50)));
    assert_eq!(options.set, ["offset", "size"]);
}

#[test]
fn choices_are_decoded_generously() {
    for (fields, expected) in [
        (json!("isbn"), vec!["isbn"]),
        (json!("isbn, reader.name,"), vec!["isbn", "reader.name"]),
        (json!("[\"isbn\"]"), vec!["isbn"]),
        (json!(["*"]), vec!["*"]),
        (json!([]), vec![]),
        (json!(""), vec![]),
        (json!(null), vec![]),
    ] {
        let (_, options) = viewed(&LIST, json!({ "fields": fields }));
        assert_eq!(options.fields, expected, "{fields}");
    }
    let (_, options) = viewed(&LIST, json!({"max_chars": "500", "newest": "true", "offset": "30", "size": "100"}));
    assert_eq!((options.max_chars, options.newest), (Some(500), true));
    assert_eq!((options.offset, options.page_size), (30, Some(100)));
    let (_, options) = viewed(&LIST, json!({"max_chars": "", "newest": " ", "offset": "", "size": ""}));
    assert_eq!((options.max_chars, options.newest), (Some(2000), false));
    assert_eq!((options.offset, options.page_size), (0, Some(30)));
}

#[test]
fn wrong_choices_are_reported_with_the_tools_own_violations() {
    let given = json!({"fields": [1, ""], "max_chars": -1, "newest": "perhaps", "reader": "ann", "skip": 3});
    let expected = [
        "fields[1]: is empty (allowed: a string that is not empty)",
        "max_chars: -1 is out of range (allowed: a whole number, 0 or more)",
        "newest: the string \"perhaps\" is not accepted (allowed: true or false)",
        "reader: ",
        "skip: is not an argument of this tool",
    ];
    let refused = refused(&LIST, given);
    assert_eq!(refused.lines().count(), expected.len(), "{refused}");
    for (line, expected) in refused.lines().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
    assert!(refused.ends_with("(allowed: offset, size, reader, fields, max_chars, newest)"), "{refused}");
}

#[test]
fn too_many_fields_are_refused() {
    let names: Vec<_> = (0..101).map(|number| format!("f{number}")).collect();
    assert_eq!(refused(&LIST, json!({ "fields": names })), "fields: has 101 names (allowed: at most 100 names)");
}

#[test]
fn without_a_view_its_arguments_are_unknown() {
    let violations = LIST.prepare(object(json!({"fields": ["isbn"], "newest": true}))).unwrap_err();
    assert!(lines(&violations).starts_with("fields: is not an argument of this tool"));
    assert_eq!(violations.len(), 2);
}

#[test]
fn the_newest_page_is_asked_for_with_the_same_arguments() {
    let given = json!({"newest": true, "reader": "ann@example.com", "fields": ["isbn"], "offset": 0});
    let viewed = LIST.prepare_viewed(&LIST.def.view.unwrap(), object(given), LIMIT).unwrap();
    let page = LIST.prepare_page(viewed.page_arguments.unwrap(), 102).unwrap();
    assert_eq!(page.target(), "/loans?offset=102&reader=ann%40example.com");
    let viewed = LIST.prepare_viewed(&LIST.def.view.unwrap(), object(json!({"newest": false})), LIMIT).unwrap();
    assert_eq!(viewed.page_arguments, None);
}

#[test]
fn a_write_knows_the_arguments_that_it_sends() {
    let (_, options) = viewed(&WRITE, json!({"reader": "ann@example.com", "tags": [], "text": ""}));
    assert_eq!(options.set, ["text", "reader"]);
}

#[test]
fn a_text_with_a_mark_is_not_written() {
    let given = json!({"text": "It begins … [+812 characters]", "tags": ["a", "[data: image/png, 1.2 MB]"], "x": 1});
    let refused = refused(&WRITE, given);
    let expected = [
        "text: contains \"[+812 characters]\", which marks a part that was left out",
        "tags[1]: contains \"[data: image/png, 1.2 MB]\", which marks a part that was left out",
        "x: is not an argument of this tool",
    ];
    assert_eq!(refused.lines().count(), expected.len(), "{refused}");
    for (line, expected) in refused.lines().zip(expected) {
        assert!(line.starts_with(expected), "{line}");
    }
    assert!(WRITE.prepare(object(json!({"text": "[+812 characters]"}))).is_ok(), "raw results have no marks");
}

#[test]
fn reads_may_search_for_a_mark() {
    let given = object(json!({"offset": "0", "reader": "[+812 characters]"}));
    let violations = LIST.prepare_viewed(&LIST.def.view.unwrap(), given, LIMIT).unwrap_err();
    assert!(!lines(&violations).contains("left out"), "{violations:?}");
}
