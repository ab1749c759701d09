//! The discovery tools: three tools in place of many, for clients that cannot handle a long list. They find a tool,
//! return its schema, and call it.
//!
//! Everything here is pure: the functions search the given tools and decode arguments. The caller executes the result
//! within the scope of the client.

mod search;

use serde_json::{Map, Value};
use tool_runtime::arguments::Arguments;
use tool_runtime::decode;
use tool_runtime::tool::{Hints, ToolDef};
use tool_runtime::violation::{Violation, Violations, nearest};

pub use self::search::{Found, search};

/// The number of tools that a search returns: by default, and at most.
const SEARCH_LIMIT: (i64, i64) = (8, 50);

/// The maximum length of a query, in characters. Every word of it is compared with every word of every tool.
const LONGEST_QUERY: usize = 500;

/// The definition of a discovery tool. Unlike a generated tool it has no operation in the API.
#[derive(Debug, PartialEq, Eq)]
pub struct DiscoveryTool {
    /// Unique name, by which clients call it.
    pub name: &'static str,
    /// Name for people.
    pub title: &'static str,
    /// The text by which a model chooses it and fills in its arguments.
    pub description: &'static str,
    /// JSON Schema of the arguments, as JSON text.
    pub input_schema: &'static str,
    /// The names of the arguments.
    pub(crate) arguments: &'static [&'static str],
}

static SEARCH: DiscoveryTool = DiscoveryTool {
    name: "search_tools",
    title: "Search tools",
    description: "Find the tools of this server by words that describe the task. \
                  Returns their names, titles and descriptions, best match first. Then read the schema of the tool you \
                  need with get_tool_schema, and call it with call_tool.",
    input_schema: r#"{"type":"object","properties":{"query":{"type":"string","description":"Words that describe the task: verbs and nouns, at most 500 characters."},"limit":{"type":"integer","description":"Maximum number of tools to return.","minimum":1,"maximum":50,"default":8}},"required":["query"]}"#,
    arguments: &["query", "limit"],
};

static SCHEMA: DiscoveryTool = DiscoveryTool {
    name: "get_tool_schema",
    title: "Get tool schema",
    description: "Get one tool by a name that search_tools returned: its whole description and the JSON Schema of its \
                  arguments. Read it before you call a tool for the first time.",
    input_schema: r#"{"type":"object","properties":{"name":{"type":"string","description":"Exact name of the tool."}},"required":["name"]}"#,
    arguments: &["name"],
};

static CALL: DiscoveryTool = DiscoveryTool {
    name: "call_tool",
    title: "Call tool",
    description: "Call one tool by a name that search_tools returned, with arguments that match its schema. Returns the \
                  result of that tool.",
    input_schema: r#"{"type":"object","properties":{"name":{"type":"string","description":"Exact name of the tool."},"arguments":{"type":"object","description":"Arguments of the tool. Leave out if it needs none."}},"required":["name"]}"#,
    arguments: &["name", "arguments"],
};

/// The instruction for a model on how to use tools that are not in its list.
pub const HOW_TO_CALL: &str = "Call each of them by its name through call_tool; get_tool_schema shows its arguments.";

/// The discovery tools with their hints, for a client that reaches `tools` through them. The hints of `call_tool` cover
/// every tool that it can call.
pub fn listed_tools(tools: &[&ToolDef]) -> [(&'static DiscoveryTool, Hints); 3] {
    const READ_ONLY: Hints = Hints { read_only: true, destructive: false, idempotent: true };
    let call_hints = Hints {
        read_only: tools.iter().all(|tool| tool.hints.read_only),
        destructive: tools.iter().any(|tool| tool.hints.destructive),
        idempotent: tools.iter().all(|tool| tool.hints.idempotent),
    };
    [(&SEARCH, READ_ONLY), (&SCHEMA, READ_ONLY), (&CALL, call_hints)]
}

/// The action that a client wants from a discovery tool.
#[derive(Debug, PartialEq)]
pub enum Wanted {
    /// Search for tools by these words, and return at most this many.
    Search(String, usize),
    /// Return the schema of the tool of this name.
    Schema(String),
    /// Call the tool of this name with these arguments.
    Call(String, Map<String, Value>),
}

/// The discovery tool of that name.
pub fn find_tool(name: &str) -> Option<&'static DiscoveryTool> {
    [&SEARCH, &SCHEMA, &CALL].into_iter().find(|tool| tool.name == name)
}

/// Decodes the arguments of a call of `tool`.
///
/// # Errors
///
/// Fails with everything that is wrong with the arguments.
pub fn decode_arguments(tool: &DiscoveryTool, arguments: Map<String, Value>) -> Result<Wanted, Violations> {
    let mut given = Arguments::new(tool.arguments, arguments);
    let wanted = if tool.name == SEARCH.name {
        decode_search(&mut given)
    } else if tool.name == SCHEMA.name {
        given.required("name", decode::non_empty_string).map(Wanted::Schema)
    } else {
        decode_call(&mut given)
    };
    given.finish(wanted)
}

fn decode_search(given: &mut Arguments) -> Option<Wanted> {
    let query = given.required("query", decode_query);
    let limit = given.optional("limit", decode::integer(1, SEARCH_LIMIT.1)).unwrap_or(SEARCH_LIMIT.0);
    Some(Wanted::Search(query?, usize::try_from(limit).expect("the decoder accepts 1 to 50")))
}

fn decode_query(value: Value) -> Result<String, Violations> {
    let text = decode::non_empty_string(value)?;
    match text.chars().nth(LONGEST_QUERY) {
        Some(_) => Err(Violations::new("is too long", format!("at most {LONGEST_QUERY} characters"))),
        None => Ok(text),
    }
}

fn decode_call(given: &mut Arguments) -> Option<Wanted> {
    let name = given.required("name", decode::non_empty_string);
    let arguments = given.optional("arguments", decode::object).unwrap_or_default();
    Some(Wanted::Call(name?, arguments))
}

/// The violation by a call for a tool `name` that is not among `tools`.
pub fn unknown_tool(name: &str, tools: &[&ToolDef]) -> Violations {
    let allowed = match nearest(name, tools.iter().map(|tool| tool.name)) {
        Some(nearest) => format!("a name that {} returns, such as {nearest}", SEARCH.name),
        None => format!("a name that {} returns", SEARCH.name),
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
    use tool_runtime::request::HttpMethod;
    use tool_runtime::tool::{ReplyFormat, ToolMethod};

    use super::*;

    fn object(value: Value) -> Map<String, Value> {
        let Value::Object(map) = value else { panic!("an object") };
        map
    }

    const LEND: ToolDef = tool("lend_book", "Lend book", "Hand a book to a reader.", false);
    const LIST: ToolDef = tool("list_readers", "List readers", "People who may have a book.", false);
    const REMOVE: ToolDef = tool("remove_book", "Remove book", "Take it off the shelf.", true);

    const fn tool(name: &'static str, title: &'static str, description: &'static str, destructive: bool) -> ToolDef {
        ToolDef {
            name,
            title,
            description,
            method: ToolMethod::Custom,
            tags: &[],
            hints: Hints { read_only: !destructive, destructive, idempotent: true },
            input_schema: r#"{"type":"object"}"#,
            arguments: &[],
            example: "{}",
            files: None,
            http_method: HttpMethod::Post,
            path: "/books",
            reply: ReplyFormat::Json,
            resource: None,
            cost: 1,
            gated: None,
        }
    }

    fn names(query: &str) -> Vec<&'static str> {
        search(&[&LEND, &LIST, &REMOVE], query, 8).into_iter().map(|found| found.name).collect()
    }

    #[test]
    fn names_outrank_descriptions_in_a_search() {
        assert_eq!(names("books"), ["lend_book", "remove_book", "list_readers"]);
        assert_eq!(names("Reader?"), ["list_readers", "lend_book"]);
        assert_eq!(names("shelf"), ["remove_book"]);
        assert!(names("ship a").is_empty());
    }

    #[test]
    fn a_search_returns_at_most_the_limit() {
        assert_eq!(search(&[&LEND, &LIST, &REMOVE], "book", 1).len(), 1);
    }

    #[test]
    fn the_hints_of_call_tool_cover_all_reachable_tools() {
        let [(_, search), (_, schema), (_, call)] = listed_tools(&[&LEND, &REMOVE]);
        assert!(search.read_only && schema.read_only);
        assert!(!call.read_only && call.destructive);
        let [.., (_, call)] = listed_tools(&[&LEND, &LIST]);
        assert!(call.read_only && !call.destructive);
    }

    #[test]
    fn arguments_are_decoded_like_those_of_other_tools() {
        let search = decode_arguments(&SEARCH, object(json!({ "query": "book", "limit": "3" })));
        assert_eq!(search, Ok(Wanted::Search("book".to_owned(), 3)));
        let call = decode_arguments(&CALL, object(json!({ "name": "lend_book", "arguments": "{\"id\": 1}" })));
        assert_eq!(call, Ok(Wanted::Call("lend_book".to_owned(), object(json!({ "id": 1 })))));
        assert!(find_tool("lend_book").is_none());
        let refused = decode_arguments(&SEARCH, object(json!({ "limit": 0, "q": 1 }))).unwrap_err();
        assert_eq!(refused.len(), 3);
    }

    #[test]
    fn the_schema_of_search_tools_states_the_real_limits() {
        let schema: Value = serde_json::from_str(SEARCH.input_schema).unwrap();
        let limit = schema.pointer("/properties/limit").unwrap();
        assert_eq!([&limit["default"], &limit["minimum"], &limit["maximum"]], [SEARCH_LIMIT.0, 1, SEARCH_LIMIT.1]);
        let wanted = decode_arguments(&SEARCH, object(json!({ "query": "create" })));
        assert!(matches!(wanted, Ok(Wanted::Search(_, 8))), "{wanted:?}");
    }

    #[test]
    fn a_query_is_as_long_as_its_schema_allows() {
        let wanted = |length| decode_arguments(&SEARCH, object(json!({ "query": "ä".repeat(length) })));
        assert!(wanted(LONGEST_QUERY).is_ok());
        let refused = wanted(LONGEST_QUERY + 1).unwrap_err();
        assert_eq!(refused.iter().map(|violation| &violation.problem).collect::<Vec<_>>(), ["is too long"]);
        assert!(SEARCH.input_schema.contains(&format!("at most {LONGEST_QUERY} characters")));
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest() {
        let refused = unknown_tool("lend_boook", &[&LEND]);
        assert!(
            refused.iter().any(|violation| {
                violation.allowed.as_deref().is_some_and(|allowed| allowed.ends_with("lend_book"))
            })
        );
    }
}
