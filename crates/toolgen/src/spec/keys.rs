//! Every key of the spec language, by section.

/// A section: a kind of map, with the keys it accepts.
#[derive(Debug)]
pub struct Section {
    /// Name for messages.
    pub name: &'static str,
    /// Accepted keys.
    pub keys: &'static [&'static str],
}

/// The top level of the file.
pub const FILE: Section = Section { name: "the file", keys: &["api", "types", "resources", "prompts"] };

/// `api`.
pub const API: Section = Section {
    name: "`api`",
    keys: &[
        "slug",
        "title",
        "tool_prefix",
        "instructions",
        "base_url",
        "variables",
        "auth",
        "errors",
        "rate_limit",
        "unset",
        "multipart",
        "tags",
        "presets",
        "search",
        "sandbox",
    ],
};

/// A variable of the base URL.
pub const VARIABLE: Section = Section { name: "a base-URL variable", keys: &["about", "example"] };

/// A ready-made scope.
pub const PRESET: Section = Section { name: "a preset", keys: &["about", "methods", "tags", "tools"] };

/// `api.search`.
pub const SEARCH: Section = Section { name: "`search`", keys: &["synonyms", "cannot"] };

/// A task that no tool can do.
pub const CANNOT: Section = Section { name: "an entry of `cannot`", keys: &["asked", "answer"] };

/// The values of `methods` in a preset: whether a tool reads or writes, or its exact method.
pub const METHODS: &[&str] = &["read", "write", "list", "get", "create", "update", "delete", "custom"];

/// `api.auth`.
pub const AUTH: Section = Section { name: "`auth`", keys: &["header", "prefix"] };

/// `api.errors`.
pub const ERRORS: Section = Section { name: "`errors`", keys: &["message"] };

/// `api.rate_limit`.
pub const RATE_LIMIT: Section = Section { name: "`rate_limit`", keys: &["limit", "remaining", "reset"] };

/// `api.multipart`.
pub const API_MULTIPART: Section = Section { name: "`multipart`", keys: &["one", "many", "url_limit"] };

/// A named type.
pub const TYPE: Section = Section {
    name: "a type",
    keys: &[
        "type",
        "one_of",
        "codes",
        "list",
        "object",
        "about",
        "also",
        "default",
        "min",
        "max",
        "prefix",
        "clear",
        "empty",
        "as",
        "join",
        "at_least_one",
        "text",
        "brief",
    ],
};

/// The keys that define a type. A type has exactly one of them.
pub const KINDS: &[&str] = &["type", "one_of", "codes", "list", "object"];

/// An argument, or a field of an object.
pub const FIELD: Section = Section {
    name: "an argument",
    keys: &["type", "about", "also", "required", "wire", "default", "min", "max", "prefix", "clear", "empty"],
};

/// A resource.
pub const RESOURCE: Section =
    Section { name: "a resource", keys: &["plural", "tags", "gated", "values", "id", "shows", "question", "tools"] };

/// `shows` of a resource.
pub const SHOWS: Section =
    Section { name: "`shows`", keys: &["id", "list", "record", "texts", "codes", "long", "answers"] };

/// `question` of a resource.
pub const QUESTION: Section = Section { name: "`question`", keys: &["tool", "fields"] };

/// A tool.
pub const TOOL: Section = Section {
    name: "a tool",
    keys: &[
        "http",
        "title",
        "about",
        "example",
        "id",
        "query",
        "json",
        "multipart",
        "at_least_one",
        "exactly_one",
        "requires",
        "chosen_by",
        "reply",
        "summarize",
        "uri",
        "read_only",
        "destructive",
        "idempotent",
        "sends_email",
        "notifies",
        "shows_customers",
        "deletes",
        "publishes",
        "cost",
        "gated",
        "inferred",
    ],
};

/// The keys of a tool that say what a call does to people, in the order in which people read them.
pub const EFFECTS: &[&str] = &["sends_email", "notifies", "shows_customers", "deletes", "publishes"];

/// An effect of a tool that only some calls have.
pub const EFFECT: Section = Section { name: "an effect", keys: &["what", "if", "unless"] };

/// `multipart` of a tool.
pub const TOOL_MULTIPART: Section = Section { name: "`multipart`", keys: &["metadata", "fields", "fields_of"] };

/// `reply` of a tool.
pub const REPLY: Section = Section { name: "`reply`", keys: &["rows", "total", "page", "at_once", "order"] };

/// `page` of a reply.
pub const PAGE: Section = Section { name: "`page`", keys: &["rows", "size", "offset"] };

/// The values of `at_once`: any rows, or those of a conversation.
pub(crate) const AT_ONCE: &[&str] = &["rows", "thread"];

/// The values of `order`.
pub const ORDERS: &[&str] = &["oldest_first"];

/// `summarize` of a tool.
pub const SUMMARIZE: Section = Section { name: "`summarize`", keys: &["about", "id", "by", "times", "measure"] };

/// An argument of a prompt.
pub const PROMPT_ARGUMENT: Section =
    Section { name: "an argument of a prompt", keys: &["type", "about", "required", "min", "max"] };

/// A prompt.
pub const PROMPT: Section =
    Section { name: "a prompt", keys: &["title", "about", "arguments", "uses", "text", "example"] };

/// Returns a sample value for a required key, for the help text when the key is missing.
pub(crate) fn sample(section: &Section, key: &str) -> Option<&'static str> {
    let of_key =
        |(within, name, _): &&(&str, &str, &str)| *name == key && (within.is_empty() || *within == section.name);
    SAMPLES.iter().find(of_key).map(|(_, _, sample)| *sample)
}

/// Section name (empty if the sample fits every section), key, sample value.
const SAMPLES: &[(&str, &str, &str)] = &[
    ("", "api", "{ slug: library, title: Library, ... }"),
    ("", "resources", "{ book: { tags: [books], tools: { ... } } }"),
    ("", "tools", "{ get: { http: GET /v1/books, about: \"...\", example: {} } }"),
    ("", "about", "\"A short description.\""),
    ("", "answer", "\"No tool lends books: readers take them from the shelf.\""),
    ("", "asked", "[lend book]"),
    ("", "auth", "{ header: Authorization, prefix: \"Bearer \" }"),
    ("", "base_url", "https://library.example/api"),
    ("", "errors", "{ message: error }"),
    ("a prompt", "example", "{ isbn: \"978-0\" }"),
    ("", "example", "main-branch"),
    ("", "fields", "[title]"),
    ("", "header", "Authorization"),
    ("", "http", "GET /v1/books"),
    ("", "instructions", "\"What the API is for, and what a model must know about it as a whole.\""),
    ("", "many", "files"),
    ("", "message", "error.text"),
    ("", "metadata", "book"),
    ("", "offset", "offset"),
    ("", "one", "file"),
    ("`page`", "rows", "30"),
    ("", "slug", "library"),
    ("`api`", "tags", "{ books: \"Books on the shelves\" }"),
    ("a resource", "tags", "[books]"),
    ("", "text", "Read the book {isbn} and sum it up."),
    ("", "title", "Library"),
    ("", "tool", "get_single_library_book_by_id"),
    ("", "tool_prefix", "library"),
    ("", "type", "string"),
    ("", "url_limit", "4096"),
    ("", "what", "the customer"),
    ("", "uses", "[get_single_library_book_by_id]"),
];

/// All sections.
pub const SECTIONS: &[&Section] = &[
    &FILE,
    &API,
    &VARIABLE,
    &PRESET,
    &SEARCH,
    &CANNOT,
    &AUTH,
    &ERRORS,
    &RATE_LIMIT,
    &API_MULTIPART,
    &TYPE,
    &FIELD,
    &RESOURCE,
    &SHOWS,
    &QUESTION,
    &TOOL,
    &EFFECT,
    &TOOL_MULTIPART,
    &REPLY,
    &PAGE,
    &SUMMARIZE,
    &PROMPT,
    &PROMPT_ARGUMENT,
];
