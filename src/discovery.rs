//! Three tools in place of many, for clients that drown in a long list: find a tool, read its schema, call it.
//!
//! Pure. It searches the tools it is given and decodes what a client wants; it calls nothing. Whoever carries a call
//! out has to see to it that these three reach what the scope allows and nothing else.

mod search;

use serde_json::{Map, Value};
use tool_runtime::args::Arguments;
use tool_runtime::decode;
use tool_runtime::request::HttpMethod;
use tool_runtime::tool::{Hints, ReplyFormat, ToolDef, ToolMethod};
use tool_runtime::violation::{Violation, Violations, nearest};

pub use self::search::{Found, search};

/// How many tools a search shows unless it is told otherwise, and at most.
const SHOWN: (i64, i64) = (8, 50);

/// The longest query, in characters: enough for a sentence, and little to compare with every word of every tool.
const LONGEST_QUERY: usize = 500;

/// What the three have in common. Nothing is sent for them, so that they have neither method nor path of their own.
/// Those that take a tool's name have no example: no name is known here.
const TOOL: ToolDef = ToolDef {
    name: "",
    title: "",
    description: "",
    method: ToolMethod::Custom,
    tags: &[],
    hints: Hints { read_only: true, destructive: false, idempotent: true },
    input_schema: "",
    arguments: &[],
    example: "",
    files: None,
    http_method: HttpMethod::Get,
    path: "",
    reply: ReplyFormat::Json,
    resource: None,
    cost: 0,
    gated: None,
};

static SEARCH: ToolDef = ToolDef {
    name: "search_tools",
    title: "Search tools",
    description: "Find the tools of this server by words about what you want to do. \
                  Answers with their names, titles and descriptions, best first. Then read the schema of the one you \
                  need with get_tool_schema, and call it with call_tool.",
    input_schema: r#"{"type":"object","properties":{"query":{"type":"string","description":"Words about the task: verbs and nouns, at most 500 characters."},"limit":{"type":"integer","description":"The most tools to show.","minimum":1,"maximum":50,"default":8}},"required":["query"]}"#,
    arguments: &["query", "limit"],
    example: r#"{"query":"create"}"#,
    ..TOOL
};

static SCHEMA: ToolDef = ToolDef {
    name: "get_tool_schema",
    title: "Get tool schema",
    description: "One tool by the name that search_tools shows: its whole description and the JSON Schema of its \
                  arguments. Read it before you call a tool for the first time.",
    input_schema: r#"{"type":"object","properties":{"name":{"type":"string","description":"Exact name of the tool."}},"required":["name"]}"#,
    arguments: &["name"],
    ..TOOL
};

static CALL: ToolDef = ToolDef {
    name: "call_tool",
    title: "Call tool",
    description: "Call one tool by the name that search_tools shows, with arguments that fit its schema. Answers with \
                  what that tool answers.",
    input_schema: r#"{"type":"object","properties":{"name":{"type":"string","description":"Exact name of the tool."},"arguments":{"type":"object","description":"Its arguments; leave it out if there are none."}},"required":["name"]}"#,
    arguments: &["name", "arguments"],
    ..TOOL
};

/// How a client that has only the three uses any other tool, in words for a model.
pub const HOW_TO_CALL: &str = "Call each of them by its name through call_tool; get_tool_schema shows its arguments.";

/// The three tools as a client sees them that reaches `tools` through them: the hints of the last are those of the most
/// far-reaching of these.
pub fn listed(tools: &[&ToolDef]) -> [ToolDef; 3] {
    let hints = Hints {
        read_only: tools.iter().all(|tool| tool.hints.read_only),
        destructive: tools.iter().any(|tool| tool.hints.destructive),
        idempotent: tools.iter().all(|tool| tool.hints.idempotent),
    };
    [SEARCH, SCHEMA, ToolDef { hints, ..CALL }]
}

/// What a client wants of the three tools.
#[derive(Debug, PartialEq)]
pub enum Wanted {
    /// Tools that have to do with these words, and how many of them.
    Search(String, usize),
    /// The schema of the tool of this name.
    Schema(String),
    /// A call of the tool of this name.
    Call(String, Map<String, Value>),
}

/// The one of the three that has this name.
pub fn tool(name: &str) -> Option<&'static ToolDef> {
    [&SEARCH, &SCHEMA, &CALL].into_iter().find(|tool| tool.name == name)
}

/// What a call of `tool`, which is one of the three, wants; or what is wrong with its arguments.
pub fn wanted(tool: &ToolDef, arguments: Map<String, Value>) -> Result<Wanted, Violations> {
    let mut given = Arguments::new(tool.arguments, arguments);
    let wanted = if tool.name == SEARCH.name {
        search_wanted(&mut given)
    } else if tool.name == SCHEMA.name {
        given.required("name", decode::non_empty_string).map(Wanted::Schema)
    } else {
        call_wanted(&mut given)
    };
    given.finish(wanted)
}

fn search_wanted(given: &mut Arguments) -> Option<Wanted> {
    let query = given.required("query", query);
    let limit = given.optional("limit", decode::integer(1, SHOWN.1)).unwrap_or(SHOWN.0);
    Some(Wanted::Search(query?, usize::try_from(limit).unwrap_or(usize::MAX)))
}

fn query(value: Value) -> Result<String, Violations> {
    let text = decode::non_empty_string(value)?;
    match text.chars().nth(LONGEST_QUERY) {
        Some(_) => Err(Violations::new("is too long", format!("at most {LONGEST_QUERY} characters"))),
        None => Ok(text),
    }
}

fn call_wanted(given: &mut Arguments) -> Option<Wanted> {
    let name = given.required("name", decode::non_empty_string);
    let arguments = given.optional("arguments", decode::object).unwrap_or_default();
    Some(Wanted::Call(name?, arguments))
}

/// That there is no tool `name` among `tools`.
pub fn no_such(name: &str, tools: &[&ToolDef]) -> Violations {
    let meant = nearest(name, tools.iter().map(|tool| tool.name));
    let allowed = match meant {
        Some(meant) => format!("a name that {} shows, such as {meant}", SEARCH.name),
        None => format!("a name that {} shows", SEARCH.name),
    };
    Violations::from_iter([Violation {
        argument: "name".to_owned(),
        problem: "is not the name of a tool".to_owned(),
        allowed: Some(allowed),
    }])
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use serde_json::json;

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        let Value::Object(map) = value else { panic!("an object") };
        map
    }

    const LEND: ToolDef =
        ToolDef { name: "lend_book", title: "Lend book", description: "Hand a book to a reader.", ..TOOL };
    const LIST: ToolDef =
        ToolDef { name: "list_readers", title: "List readers", description: "People who may have a book.", ..TOOL };
    const REMOVE: ToolDef = ToolDef {
        name: "remove_book",
        title: "Remove book",
        description: "Take it off the shelf.",
        hints: Hints { read_only: false, destructive: true, idempotent: true },
        ..TOOL
    };

    fn names(query: &str) -> Vec<&'static str> {
        search(&[&LEND, &LIST, &REMOVE], query, 8).into_iter().map(|found| found.name).collect()
    }

    #[test]
    fn a_search_puts_names_before_descriptions_and_keeps_the_order_of_equals() {
        assert_eq!(names("books"), ["lend_book", "remove_book", "list_readers"]);
        assert_eq!(names("Reader?"), ["list_readers", "lend_book"]);
        assert_eq!(names("shelf"), ["remove_book"]);
        assert!(names("ship a").is_empty());
    }

    #[test]
    fn a_search_shows_no_more_than_it_is_told() {
        assert_eq!(search(&[&LEND, &LIST, &REMOVE], "book", 1).len(), 1);
    }

    #[test]
    fn the_hints_of_the_call_are_those_of_what_it_can_reach() {
        let [search, schema, call] = listed(&[&LEND, &REMOVE]);
        assert!(search.hints.read_only && schema.hints.read_only);
        assert!(!call.hints.read_only && call.hints.destructive);
        let [.., call] = listed(&[&LEND, &LIST]);
        assert!(call.hints.read_only && !call.hints.destructive);
    }

    #[test]
    fn what_is_wanted_is_decoded_like_any_arguments() {
        let search = wanted(&SEARCH, object(json!({ "query": "book", "limit": "3" })));
        assert_eq!(search, Ok(Wanted::Search("book".to_owned(), 3)));
        let call = wanted(&CALL, object(json!({ "name": "lend_book", "arguments": "{\"id\": 1}" })));
        assert_eq!(call, Ok(Wanted::Call("lend_book".to_owned(), object(json!({ "id": 1 })))));
        assert!(tool("lend_book").is_none());
        let refused = wanted(&SEARCH, object(json!({ "limit": 0, "q": 1 }))).unwrap_err();
        assert_eq!(refused.len(), 3);
    }

    #[test]
    fn the_schema_of_a_search_says_the_limits_that_hold() {
        let schema: Value = serde_json::from_str(SEARCH.input_schema).unwrap();
        let limit = schema.pointer("/properties/limit").unwrap();
        assert_eq!([&limit["default"], &limit["minimum"], &limit["maximum"]], [SHOWN.0, 1, SHOWN.1]);
        let wanted = wanted(&SEARCH, object(serde_json::from_str(SEARCH.example).unwrap()));
        assert!(matches!(wanted, Ok(Wanted::Search(_, 8))), "{wanted:?}");
    }

    #[test]
    fn a_query_is_no_longer_than_its_schema_says() {
        let wanted = |length| wanted(&SEARCH, object(json!({ "query": "ä".repeat(length) })));
        assert!(wanted(LONGEST_QUERY).is_ok());
        let refused = wanted(LONGEST_QUERY + 1).unwrap_err();
        assert_eq!(refused.iter().map(|violation| &violation.problem).collect::<Vec<_>>(), ["is too long"]);
        assert!(SEARCH.input_schema.contains(&format!("at most {LONGEST_QUERY} characters")));
    }

    #[test]
    fn a_name_that_is_not_there_is_told_with_the_nearest_that_is() {
        let refused = no_such("lend_boook", &[&LEND]);
        assert!(
            refused.iter().any(|violation| {
                violation.allowed.as_deref().is_some_and(|allowed| allowed.ends_with("lend_book"))
            })
        );
    }
}
