//! Library: the tools of `type`.

use tool_runtime::prelude::*;

use super::types;

/// Fields whose values are codes, with the labels that results show instead.
const CODES: &[results::CodedField] = &[
    results::CodedField {
        field: "rank",
        labels: &[
            ("1", results::Label::Text("low")),
            ("10", results::Label::Text("high")),
        ],
    },
    results::CodedField {
        field: "a.b",
        labels: &[
            ("-100000", results::Label::Text("near")),
            ("1234567", results::Label::Text("far")),
        ],
    },
    results::CodedField {
        field: "crate",
        labels: &[("0", results::Label::Flag(false)), ("1", results::Label::Flag(true))],
    },
    results::CodedField {
        field: "state",
        labels: &[
            ("1", results::Label::Text("open")),
            ("2", results::Label::Text("a b")),
        ],
    },
];

/// Get type: the tool `get_single_library_type_by_id`.
///
/// Sends `GET /v1/type/{self}/of.{rank}`. Declared in `tests/shelves.yaml` as
/// `resources.type.tools.get`.
#[derive(Clone, Debug)]
pub struct GetType {
    /// Its name.
    ///
    /// Path segment `{self}`. Required: a name.
    pub self_: String,
    /// Rank.
    ///
    /// Path segment `{rank}`. Required: one of `low` (1), `high` (10).
    pub rank: types::Rank,
    /// A keyword.
    ///
    /// Query parameter `move`. Optional.
    pub r#move: Option<bool>,
    /// Another.
    ///
    /// Query parameter `async`. Optional: sent as 1 or 0.
    pub r#async: Option<Flag>,
}

impl Endpoint for GetType {
    const DEF: ToolDef = ToolDef {
        name: "get_single_library_type_by_id",
        title: "Get type",
        description: "One type, with arguments that are Rust keywords.",
        method: ToolMethod::Get,
        tags: &["books", "system"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/get_single_library_type_by_id.json"),
        arguments: &["self", "rank", "move", "async"],
        example: r#"{"self":"a/b","rank":"high","async":true}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v1/type/{self}/of.{rank}",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Record,
            fields: &["self", "crate"],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "html",
                    text: "self",
                },
            ],
            codes: CODES,
            long_texts: &["html", "self", "crate"],
        }),
        compact_note: None,
        paging: None,
        resource: Some(ResourceDef {
            uri: "library://types/{self}/{rank}",
            name: "type",
            title: "Type",
        }),
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const EXAMPLES: &'static [&'static str] = &[r#""a/b""#, r#""high""#, "true", "true"];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["move", "async"]);
        let self_ = arguments.required("self", decode::path_segment);
        let rank = arguments.required("rank", decode::choice::<types::Rank>);
        let r#move = arguments.optional("move", decode::boolean);
        let r#async = arguments.optional("async", decode::flag);
        Some(Self {
            self_: self_?,
            rank: rank?,
            r#move,
            r#async,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v1/type/")
            .segment(&self.self_)
            .literal("/of.")
            .segment(&self.rank)
            .query_opt("move", self.r#move.as_ref())
            .query_opt("async", self.r#async.as_ref())
    }
}

/// All the types: the tool `list_all_library_types`.
///
/// Sends `GET /v1/type`. Declared in `tests/shelves.yaml` as `resources.type.tools.list`.
///
/// Inferred: Seen in the catalogue's own pages.
#[derive(Clone, Debug)]
pub struct ListTypes {
    /// Rows.
    ///
    /// Query parameter `rows`. Optional: one of `30`, `50`, `a-b`, `a_b`, `+1`, `-1`, `self`, `größe`,
    /// `*`. The API assumes `"50"` if it is omitted.
    pub rows: Option<types::Rows>,
    /// A name that the runtime uses.
    ///
    /// Query parameter `file[kind]`. Optional: one of `paper`, `film`.
    pub file: Option<types::FileType>,
    /// date, time.
    ///
    /// Query parameter `since`. Optional.
    pub since: Option<types::DateTime>,
    /// Day.
    ///
    /// Query parameter `day`. Optional: `yyyy-mm-dd`.
    pub day: Option<Date>,
    /// Time.
    ///
    /// Query parameter `at`. Optional: `yyyy-mm-dd hh:mm:ss`.
    pub at: Option<Timestamp>,
    /// A number above zero.
    ///
    /// Query parameter `digit`. Optional: 1 to 9.
    pub digit: Option<i64>,
    /// Codes.
    ///
    /// Query parameter `codes`. Optional: each item not empty, joined by `|`.
    pub codes: Option<Joined<'|'>>,
    /// Ranks.
    ///
    /// Query parameter `ranks`. Optional: each item one of `low` (1), `high` (10).
    pub ranks: Option<Vec<types::RankText>>,
    /// Price.
    ///
    /// Query parameter `price`. Optional.
    pub price: Option<Number>,
    /// Any keys.
    ///
    /// Query parameter `any`. Optional.
    pub any: Option<Map<String, Value>>,
}

impl Endpoint for ListTypes {
    const DEF: ToolDef = ToolDef {
        name: "list_all_library_types",
        title: "All the types",
        description: "Types, at most `limit` at a time. See https://library.example/types_of_types.\n\nSecond paragraph. Costs 5 calls of the rate limit. Inferred: not in the published API document. Ask the librarian.",
        method: ToolMethod::List,
        tags: &["books", "system"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/list_all_library_types.json"),
        arguments: &[
            "rows",
            "file",
            "since",
            "day",
            "at",
            "digit",
            "codes",
            "ranks",
            "price",
            "any",
        ],
        example: r#"{"rows":"a-b","file":"film","digit":9,"codes":["a","b"],"ranks":["high"],"price":1.5,"any":{"x":[1,null]}}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v1/type",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::List(results::ListForm {
                rows: "types",
                total: Some("total"),
                extent: results::Extent::Page,
                oldest_first: true,
            }),
            fields: &["self", "größe", "a.b"],
            optional: &["extra"],
            twins: &[
                results::Twin {
                    html: "html",
                    text: "self",
                },
            ],
            codes: CODES,
            long_texts: &["html", "self", "crate"],
        }),
        compact_note: None,
        paging: Some(Paging {
            offset: "digit",
            size: Some("rows"),
            rows: 50,
        }),
        resource: None,
        cost: 5,
        gated: Some("Ask the librarian."),
        effects: Effects(&[]),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("no", "digit"),
        ("number", "digit"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""a-b""#,
        r#""film""#,
        r#"{"date":"2026-12-31"}"#,
        r#""2026-12-01""#,
        r#""2026-12-01 10:00:00""#,
        "9",
        r#"["a","b"]"#,
        r#"["high"]"#,
        "1.5",
        r#"{"x":[1,null]}"#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["rows", "file", "day", "at", "digit", "price"]);
        arguments.drop_if(empty::list, &["codes", "ranks"]);
        arguments.drop_if(empty::object, &["any"]);
        arguments.drop_if(empty::record, &["since"]);
        let rows = arguments.optional("rows", decode::choice::<types::Rows>);
        let file = arguments.optional("file", decode::choice::<types::FileType>);
        let since = arguments.optional("since", decode::record::<types::DateTime>);
        let day = arguments.optional("day", decode::date);
        let at = arguments.optional("at", decode::timestamp);
        let digit = arguments
            .optional("digit", decode::or_prefixed("#", decode::integer(1, 9)));
        let codes = arguments
            .optional("codes", decode::joined(decode::non_empty_string));
        let ranks = arguments
            .optional("ranks", decode::list(decode::choice::<types::RankText>));
        let price = arguments.optional("price", decode::number);
        let any = arguments.optional("any", decode::object);
        Some(Self {
            rows,
            file,
            since,
            day,
            at,
            digit,
            codes,
            ranks,
            price,
            any,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v1/type")
            .query_opt("rows", self.rows.as_ref())
            .query_opt("file[kind]", self.file.as_ref())
            .query_opt("since", self.since.as_ref())
            .query_opt("day", self.day.as_ref())
            .query_opt("at", self.at.as_ref())
            .query_opt("digit", self.digit.as_ref())
            .query_opt("codes", self.codes.as_ref())
            .query_opt("ranks", self.ranks.as_ref())
            .query_opt("price", self.price.as_ref())
            .query_opt("any", self.any.as_ref())
    }
}

/// Summarize types: the tool `library_types_summarize`, which reads the pages of `ListTypes`.
pub static SUMMARIZE: ToolDef = ToolDef {
    name: "library_types_summarize",
    title: "Summarize types",
    description: "Types by rank. Counts rows in groups. Arguments as in list_all_library_types. Costs 5 calls of the rate limit. Inferred: not in the published API document. Ask the librarian.",
    method: ToolMethod::Custom,
    input_schema: generated!("schemas/library_types_summarize.json"),
    arguments: &[
        "file",
        "since",
        "day",
        "at",
        "codes",
        "ranks",
        "price",
        "any",
        "by",
        "measure",
        "max_calls",
    ],
    example: r#"{"file":"film","codes":["a","b"],"ranks":["high"],"price":1.5,"any":{"x":[1,null]},"by":["rank"]}"#,
    view: None,
    paging: None,
    resource: None,
    ..ListTypes::DEF
};

/// The fields that `SUMMARIZE` can group by and measure.
pub static SUMMARY: results::summary::SummaryDef = results::summary::SummaryDef {
    id: &["self", "rank"],
    unset: &["- none \"yet\" -"],
    page: results::summary::PageQuery {
        offset: "digit",
        size: Some(("rows", "50")),
    },
    by: &["rank", "of.kind"],
    times: &["day"],
    measures: &["price"],
};

/// Reindex type all: the tool `library_types_reindex_all`.
///
/// Sends `POST /v1/type/reindex`. Declared in `tests/shelves.yaml` as
/// `resources.type.tools.reindex_all`.
#[derive(Clone, Debug)]
pub struct TypesReindexAll;

impl Endpoint for TypesReindexAll {
    const DEF: ToolDef = ToolDef {
        name: "library_types_reindex_all",
        title: "Reindex type all",
        description: "Rebuild the index.",
        method: ToolMethod::Custom,
        tags: &["books", "system"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/library_types_reindex_all.json"),
        arguments: &[],
        example: "{}",
        files: None,
        http_method: HttpMethod::Post,
        path: "/v1/type/reindex",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &[],
                answered_as: &[],
            }),
            fields: &["self", "crate"],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "html",
                    text: "self",
                },
            ],
            codes: CODES,
            long_texts: &["html", "self", "crate"],
        }),
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    fn decode(_: &mut Arguments) -> Option<Self> {
        Some(Self)
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Post, "/v1/type/reindex")
    }
}

/// Ping types: the tool `library_types_ping`.
///
/// Sends `GET /`. Declared in `tests/shelves.yaml` as `resources.type.tools.ping`.
#[derive(Clone, Debug)]
pub struct TypesPing;

impl Endpoint for TypesPing {
    const DEF: ToolDef = ToolDef {
        name: "library_types_ping",
        title: "Ping types",
        description: "Check that the API replies.",
        method: ToolMethod::Custom,
        tags: &["books", "system"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/library_types_ping.json"),
        arguments: &[],
        example: "{}",
        files: None,
        http_method: HttpMethod::Get,
        path: "/",
        reply: ReplyFormat::Text,
        view: None,
        compact_note: None,
        paging: None,
        resource: Some(ResourceDef {
            uri: "library://ping",
            name: "type_ping",
            title: "Ping types",
        }),
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    fn decode(_: &mut Arguments) -> Option<Self> {
        Some(Self)
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/")
    }
}
