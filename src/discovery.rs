//! The discovery tools: four tools in place of many, for clients that cannot handle a long list. They find a tool, return
//! its schema, and call it. A tool that only reads has another caller than one that changes something, so that a client
//! can allow every read without asking its user.
//!
//! Everything here is pure: the functions search the given tools and decode arguments. The caller executes the result
//! within the scope of the client.

mod search;
mod words;

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
                  Returns the best three with the schema of their arguments, and the names of further ones. Call a tool \
                  that only reads with read_tool and any other with change_tool.",
    input_schema: r#"{"type":"object","properties":{"query":{"type":"string","description":"Words that describe the task: verbs and nouns, at most 500 characters."},"limit":{"type":"integer","description":"Maximum number of tools to return.","minimum":1,"maximum":50,"default":8}},"required":["query"]}"#,
    arguments: &["query", "limit"],
};

static SCHEMA: DiscoveryTool = DiscoveryTool {
    name: "get_tool_schema",
    title: "Get tool schema",
    description: "Get one tool by its name: its whole description and the JSON Schema of its arguments. Needed only for \
                  tools that search_tools returned by name alone.",
    input_schema: r#"{"type":"object","properties":{"name":{"type":"string","description":"Exact name of the tool."}},"required":["name"]}"#,
    arguments: &["name"],
};

static READ: DiscoveryTool = DiscoveryTool {
    name: "read_tool",
    title: "Call a tool that reads",
    description: "Call one tool that only reads (readOnlyHint true), with arguments that match its schema. Returns the \
                  result of that tool.",
    input_schema: CALL_SCHEMA,
    arguments: &["name", "arguments"],
};

static CHANGE: DiscoveryTool = DiscoveryTool {
    name: "change_tool",
    title: "Call a tool that changes something",
    description: "Call one tool that creates, changes, sends or deletes something (readOnlyHint false), with arguments \
                  that match its schema. Returns the result of that tool.",
    input_schema: CALL_SCHEMA,
    arguments: &["name", "arguments"],
};

const CALL_SCHEMA: &str = r#"{"type":"object","properties":{"name":{"type":"string","description":"Exact name of the tool."},"arguments":{"type":"object","description":"Arguments of the tool. Leave out if it needs none."}},"required":["name"]}"#;

/// The instruction for a model on how to use tools that are not in its list.
pub(crate) const HOW_TO_CALL: &str = "Call those that only read by their names through read_tool, and all others through \
                               change_tool; get_tool_schema shows the arguments of each.";

/// The discovery tools with their hints, for a client that reaches `tools` through them. A tool through which nothing
/// could be called is left out. The hints of the others cover every tool that they can call.
pub fn listed_tools(tools: &[&ToolDef]) -> Vec<(&'static DiscoveryTool, Hints)> {
    const READ_ONLY: Hints = Hints { read_only: true, destructive: false, idempotent: true };
    let mut listed = vec![(&SEARCH, READ_ONLY), (&SCHEMA, READ_ONLY)];
    let (reading, changing): (Vec<&ToolDef>, Vec<&ToolDef>) = tools.iter().partition(|tool| tool.hints.read_only);
    if !reading.is_empty() {
        listed.push((&READ, READ_ONLY));
    }
    if !changing.is_empty() {
        let hints = Hints {
            read_only: false,
            destructive: changing.iter().any(|tool| tool.hints.destructive),
            idempotent: changing.iter().all(|tool| tool.hints.idempotent),
        };
        listed.push((&CHANGE, hints));
    }
    listed
}

/// The action that a client wants from a discovery tool.
#[derive(Debug, PartialEq)]
pub enum Wanted {
    /// Search for tools by these words, and return at most this many.
    Search(String, usize),
    /// Return the schema of the tool of this name.
    Schema(String),
    /// Call the tool of this name, which must be one of the kind, with these arguments.
    Call(CallKind, String, Map<String, Value>),
}

/// The kind of tools that a discovery tool calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// Tools that only read.
    Read,
    /// Tools that change something.
    Change,
}

impl CallKind {
    const fn of(tool: &ToolDef) -> Self {
        if tool.hints.read_only { Self::Read } else { Self::Change }
    }

    /// The discovery tool that calls tools of this kind.
    const fn caller(self) -> &'static DiscoveryTool {
        match self {
            Self::Read => &READ,
            Self::Change => &CHANGE,
        }
    }

    /// The violation by a call of `tool` through the discovery tool for this kind, if the tool is of the other one.
    pub fn refuse(self, tool: &ToolDef) -> Option<Violations> {
        let kind = Self::of(tool);
        let (does, wanted) = match kind {
            Self::Read => ("only reads", "changes something"),
            Self::Change => ("changes something", "only reads"),
        };
        (kind != self).then(|| {
            Violations::from_iter([Violation {
                argument: "name".to_owned(),
                problem: format!("is the name of a tool that {does}: call it with {}", kind.caller().name),
                allowed: Some(format!("the name of a tool that {wanted}")),
            }])
        })
    }
}

/// The discovery tool of that name, for a client that reaches `tools`.
pub fn find_tool(name: &str, tools: &[&ToolDef]) -> Option<&'static DiscoveryTool> {
    listed_tools(tools).into_iter().map(|(tool, _)| tool).find(|tool| tool.name == name)
}

/// The name of the tool that a call of the discovery tool `name` is for, if it calls one.
pub(crate) fn called_tool<'a>(name: &str, arguments: &'a Map<String, Value>) -> Option<&'a str> {
    let calls = [&READ, &CHANGE].iter().any(|tool| tool.name == name);
    arguments.get("name").filter(|_| calls)?.as_str()
}

/// Decodes the arguments of a call of `tool`.
///
/// # Errors
///
/// Fails with everything that is wrong with the arguments.
pub(crate) fn decode_arguments(tool: &DiscoveryTool, arguments: Map<String, Value>) -> Result<Wanted, Violations> {
    let mut given = Arguments::new(tool.arguments, arguments);
    let wanted = if tool.name == SEARCH.name {
        decode_search(&mut given)
    } else if tool.name == SCHEMA.name {
        given.required("name", decode::non_empty_string).map(Wanted::Schema)
    } else {
        let kind = if tool.name == READ.name { CallKind::Read } else { CallKind::Change };
        decode_call(kind, &mut given)
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

fn decode_call(kind: CallKind, given: &mut Arguments) -> Option<Wanted> {
    let name = given.required("name", decode::non_empty_string);
    let arguments = given.optional("arguments", decode::object).unwrap_or_default();
    Some(Wanted::Call(kind, name?, arguments))
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
    use tool_runtime::api::{Cannot, SearchWords};
    use tool_runtime::effect::Effects;
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
            hints: Hints { read_only: false, destructive, idempotent: true },
            input_schema: r#"{"type":"object"}"#,
            arguments: &[],
            example: "{}",
            files: None,
            http_method: HttpMethod::Post,
            path: "/books",
            reply: ReplyFormat::Json,
            view: None,
            compact_note: None,
            paging: None,
            resource: None,
            cost: 1,
            gated: None,
            effects: Effects(&[]),
        }
    }

    const WORDS: SearchWords = SearchWords {
        synonyms: &[&["remove", "discard"], &["reader", "visitor"]],
        cannot: &[Cannot { asked: &["sell book", "discard reader"], answer: "Nothing is sold." }],
    };

    fn found(query: &str) -> Found<'static> {
        search(&[&LEND, &LIST, &REMOVE], &WORDS, query, 8)
    }

    fn names(query: &str) -> Vec<&'static str> {
        found(query).tools.into_iter().map(|tool| tool.name).collect()
    }

    #[test]
    fn names_outrank_descriptions_in_a_search() {
        assert_eq!(names("books"), ["lend_book", "remove_book", "list_readers"]);
        assert_eq!(names("Reader?"), ["list_readers", "lend_book"]);
        assert_eq!(names("shelf"), ["remove_book"]);
        assert!(names("ship a").is_empty());
    }

    #[test]
    fn synonyms_are_found_after_the_words_themselves() {
        assert_eq!(names("discarding"), ["remove_book"]);
        assert_eq!(names("visitors"), ["list_readers", "lend_book"]);
        assert_eq!(names("discard a reader"), ["list_readers", "remove_book", "lend_book"]);
    }

    #[test]
    fn a_task_that_no_tool_can_do_is_answered() {
        for query in ["sell this book", "selling books to visitors", "Remove the readers!"] {
            assert_eq!(found(query).cannot, ["Nothing is sold."], "{query}");
        }
        for query in ["remove a book", "sell", "book"] {
            assert!(found(query).cannot.is_empty(), "{query}");
        }
    }

    #[test]
    fn a_search_returns_at_most_the_limit() {
        assert_eq!(search(&[&LEND, &LIST, &REMOVE], &WORDS, "book", 1).tools.len(), 1);
    }

    const COUNT: ToolDef = ToolDef {
        hints: Hints { read_only: true, destructive: false, idempotent: true },
        ..tool("count_books", "Count books", "Count them.", false)
    };

    #[test]
    fn only_callers_of_something_are_listed() {
        let listed = |tools: &[&ToolDef]| -> Vec<_> {
            listed_tools(tools)
                .into_iter()
                .map(|(tool, hints)| (tool.name, hints.read_only, hints.destructive))
                .collect()
        };
        let (search, schema) = (("search_tools", true, false), ("get_tool_schema", true, false));
        let read = ("read_tool", true, false);
        assert_eq!(listed(&[&COUNT]), [search, schema, read]);
        assert_eq!(listed(&[&LEND]), [search, schema, ("change_tool", false, false)]);
        assert_eq!(listed(&[&LEND, &COUNT, &REMOVE]), [search, schema, read, ("change_tool", false, true)]);
        assert!(find_tool("change_tool", &[&COUNT]).is_none());
        assert!(find_tool("count_books", &[&COUNT]).is_none());
    }

    #[test]
    fn a_tool_of_the_other_kind_is_refused_with_its_caller() {
        assert_eq!((CallKind::Read.refuse(&COUNT), CallKind::Change.refuse(&LEND)), (None, None));
        for (kind, tool, caller) in [(CallKind::Read, &LEND, "change_tool"), (CallKind::Change, &COUNT, "read_tool")] {
            let refused = kind.refuse(tool).unwrap();
            let problems: Vec<_> = refused.iter().map(|violation| &violation.problem).collect();
            assert!(matches!(problems.as_slice(), [problem] if problem.ends_with(caller)), "{problems:?}");
        }
    }

    #[test]
    fn arguments_are_decoded_like_those_of_other_tools() {
        let search = decode_arguments(&SEARCH, object(json!({ "query": "book", "limit": "3" })));
        assert_eq!(search, Ok(Wanted::Search("book".to_owned(), 3)));
        for (tool, kind) in [(&READ, CallKind::Read), (&CHANGE, CallKind::Change)] {
            let call = decode_arguments(tool, object(json!({ "name": "lend_book", "arguments": "{\"id\": 1}" })));
            assert_eq!(call, Ok(Wanted::Call(kind, "lend_book".to_owned(), object(json!({ "id": 1 })))));
        }
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
