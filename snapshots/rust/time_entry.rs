//! Desk365: the tools of `time_entry`.

use tool_runtime::prelude::*;

use super::types;

/// Fields whose values are codes, with the labels that results show instead.
const CODES: &[results::CodedField] = &[
    results::CodedField {
        field: "billable",
        labels: &[("0", results::Label::Flag(false)), ("1", results::Label::Flag(true))],
    },
    results::CodedField {
        field: "timer_running",
        labels: &[("0", results::Label::Flag(false)), ("1", results::Label::Flag(true))],
    },
];

/// List time entries: the tool `list_all_desk_365_time_entries`.
///
/// Sends `GET /v3/time_entries`. Declared in `spec/desk365.yaml` as `resources.time_entry.tools.list`.
#[derive(Clone, Debug)]
pub struct ListTimeEntries {
    /// Only on this ticket.
    ///
    /// Query parameter `ticket_number`. Optional: at least 1.
    pub ticket_number: Option<i64>,
    /// Only of the agent with this e-mail.
    ///
    /// Query parameter `agent_email`. Optional: an e-mail address.
    pub agent_email: Option<String>,
    /// Only for this company; exact name.
    ///
    /// Query parameter `company_name`. Optional: a name.
    pub company_name: Option<String>,
    /// Started after yyyy-mm-dd hh:mm:ss.
    ///
    /// Query parameter `started_after`. Optional: `yyyy-mm-dd hh:mm:ss`.
    pub started_after: Option<Timestamp>,
    /// Started before yyyy-mm-dd hh:mm:ss.
    ///
    /// Query parameter `started_before`. Optional: `yyyy-mm-dd hh:mm:ss`.
    pub started_before: Option<Timestamp>,
    /// Created after yyyy-mm-dd hh:mm:ss.
    ///
    /// Query parameter `created_after`. Optional: `yyyy-mm-dd hh:mm:ss`.
    pub created_after: Option<Timestamp>,
    /// Updated after yyyy-mm-dd hh:mm:ss.
    ///
    /// Query parameter `updated_after`. Optional: `yyyy-mm-dd hh:mm:ss`.
    pub updated_after: Option<Timestamp>,
    /// true: only billable; false: only others.
    ///
    /// Query parameter `billable`. Optional: sent as 1 or 0.
    pub billable: Option<Flag>,
    /// true: only running timers; false: others.
    ///
    /// Query parameter `timer_running`. Optional: sent as 1 or 0.
    pub timer_running: Option<Flag>,
    /// Rows per page.
    ///
    /// Query parameter `time_entries_count`. Optional: one of `30`, `50`, `100`. The API assumes `"30"` if
    /// it is omitted.
    pub time_entries_count: Option<types::PageCount>,
    /// Rows to skip: `next_offset`.
    ///
    /// Query parameter `offset`. Optional: at least 0.
    pub offset: Option<i64>,
}

impl Endpoint for ListTimeEntries {
    const DEF: ToolDef = ToolDef {
        name: "list_all_desk_365_time_entries",
        title: "List time entries",
        description: "Time that agents logged on tickets, in minutes (time_spent_in_minutes), with agent, ticket, note and whether it is billable.",
        method: ToolMethod::List,
        tags: &["time_entries"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/list_all_desk_365_time_entries.json"),
        arguments: &[
            "ticket_number",
            "agent_email",
            "company_name",
            "started_after",
            "started_before",
            "created_after",
            "updated_after",
            "billable",
            "timer_running",
            "time_entries_count",
            "offset",
        ],
        example: r#"{"company_name":"Northwind Traders","started_after":"2026-11-01 00:00:00","billable":true}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/time_entries",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::List(results::ListForm {
                rows: "content",
                total: Some("count"),
                extent: results::Extent::Page,
                oldest_first: false,
            }),
            fields: &[
                "id",
                "ticket_number",
                "agent_email",
                "start_time",
                "time_spent_in_minutes",
                "billable",
                "note",
            ],
            optional: &[],
            twins: &[],
            codes: CODES,
            long_texts: &[],
        }),
        compact_note: None,
        paging: Some(Paging {
            offset: "offset",
            size: Some("time_entries_count"),
            rows: 30,
        }),
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("ticket_id", "ticket_number"),
        ("ticket", "ticket_number"),
        ("company", "company_name"),
        ("limit", "time_entries_count"),
        ("page_size", "time_entries_count"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        "8092",
        r#""ana@helpdesk.example""#,
        r#""Northwind Traders""#,
        r#""2026-11-01 00:00:00""#,
        r#""2026-12-31 09:00:00""#,
        r#""2026-12-31 09:00:00""#,
        r#""2026-12-31 09:00:00""#,
        "true",
        "true",
        r#""30""#,
        "0",
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &[
                    "ticket_number",
                    "agent_email",
                    "company_name",
                    "started_after",
                    "started_before",
                    "created_after",
                    "updated_after",
                    "billable",
                    "timer_running",
                    "time_entries_count",
                    "offset",
                ],
            );
        let ticket_number = arguments
            .optional(
                "ticket_number",
                decode::or_prefixed("#", decode::integer(1, i64::MAX)),
            );
        let agent_email = arguments.optional("agent_email", decode::email);
        let company_name = arguments.optional("company_name", decode::known_name);
        let started_after = arguments.optional("started_after", decode::timestamp);
        let started_before = arguments.optional("started_before", decode::timestamp);
        let created_after = arguments.optional("created_after", decode::timestamp);
        let updated_after = arguments.optional("updated_after", decode::timestamp);
        let billable = arguments.optional("billable", decode::flag);
        let timer_running = arguments.optional("timer_running", decode::flag);
        let time_entries_count = arguments
            .optional("time_entries_count", decode::choice::<types::PageCount>);
        let offset = arguments.optional("offset", decode::integer(0, i64::MAX));
        Some(Self {
            ticket_number,
            agent_email,
            company_name,
            started_after,
            started_before,
            created_after,
            updated_after,
            billable,
            timer_running,
            time_entries_count,
            offset,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/time_entries")
            .query_opt("ticket_number", self.ticket_number.as_ref())
            .query_opt("agent_email", self.agent_email.as_ref())
            .query_opt("company_name", self.company_name.as_ref())
            .query_opt("started_after", self.started_after.as_ref())
            .query_opt("started_before", self.started_before.as_ref())
            .query_opt("created_after", self.created_after.as_ref())
            .query_opt("updated_after", self.updated_after.as_ref())
            .query_opt("billable", self.billable.as_ref())
            .query_opt("timer_running", self.timer_running.as_ref())
            .query_opt("time_entries_count", self.time_entries_count.as_ref())
            .query_opt("offset", self.offset.as_ref())
    }
    const TEACHES: Teaches = Teaches {
        rows: Some("content"),
        fields: &[("agent_email", "agent")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add_unless("--", "agent_email", "agent", &self.agent_email)
            .add("company_name", "company", &self.company_name)
            .into_values()
    }
}

/// Summarize time entries: the tool `desk_365_time_entries_summarize`, which reads the pages of
/// `ListTimeEntries`.
pub static SUMMARIZE: ToolDef = ToolDef {
    name: "desk_365_time_entries_summarize",
    title: "Summarize time entries",
    description: "Logged time per agent, ticket or week. Counts rows in groups. Arguments as in list_all_desk_365_time_entries.",
    method: ToolMethod::Custom,
    input_schema: generated!("schemas/desk_365_time_entries_summarize.json"),
    arguments: &[
        "ticket_number",
        "agent_email",
        "company_name",
        "started_after",
        "started_before",
        "created_after",
        "updated_after",
        "billable",
        "timer_running",
        "by",
        "measure",
        "max_calls",
    ],
    example: r#"{"company_name":"Northwind Traders","started_after":"2026-11-01 00:00:00","billable":true,"by":["agent_email"]}"#,
    view: None,
    paging: None,
    resource: None,
    ..ListTimeEntries::DEF
};

/// The fields that `SUMMARIZE` can group by and measure.
pub static SUMMARY: results::summary::SummaryDef = results::summary::SummaryDef {
    id: &["id"],
    unset: &["--"],
    page: results::summary::PageQuery {
        offset: "offset",
        size: Some(("time_entries_count", "100")),
    },
    by: &["agent_email", "ticket_number", "billable"],
    times: &["start_time", "created_time"],
    measures: &["time_spent_in_minutes"],
};

/// Get time entry: the tool `get_single_desk_365_time_entry_by_id`.
///
/// Sends `GET /v3/time_entries/details`. Declared in `spec/desk365.yaml` as
/// `resources.time_entry.tools.get`.
#[derive(Clone, Debug)]
pub struct GetTimeEntry {
    /// Id of the entry, e.g. 423.
    ///
    /// Query parameter `id`. Required: at least 1.
    pub id: i64,
}

impl Endpoint for GetTimeEntry {
    const DEF: ToolDef = ToolDef {
        name: "get_single_desk_365_time_entry_by_id",
        title: "Get time entry",
        description: "One time entry by id; the list shows the same fields.",
        method: ToolMethod::Get,
        tags: &["time_entries"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/get_single_desk_365_time_entry_by_id.json"),
        arguments: &["id"],
        example: r#"{"id":423}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/time_entries/details",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Record,
            fields: &[],
            optional: &[],
            twins: &[],
            codes: CODES,
            long_texts: &[],
        }),
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const EXAMPLES: &'static [&'static str] = &["423"];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let id = arguments.required("id", decode::integer(1, i64::MAX));
        Some(Self { id: id? })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/time_entries/details").query("id", &self.id)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("agent_email", "agent")],
    };
}

/// Create time entry: the tool `create_a_desk_365_time_entry`.
///
/// Sends `POST /v3/time_entries/create`. Declared in `spec/desk365.yaml` as
/// `resources.time_entry.tools.create`.
///
/// Inferred: Takes the fields of a time entry that a caller can set, on the path its siblings suggest.
#[derive(Clone, Debug)]
pub struct CreateTimeEntry {
    /// Ticket worked on, e.g. 8092.
    ///
    /// JSON body field `ticket_number`. Required: at least 1.
    pub ticket_number: i64,
    /// E-mail of the agent who worked.
    ///
    /// JSON body field `agent_email`. Optional: an e-mail address.
    pub agent_email: Option<String>,
    /// What was done, in a sentence.
    ///
    /// JSON body field `note`. Optional. An empty text is sent.
    pub note: Option<String>,
    /// true if the customer pays for it.
    ///
    /// JSON body field `billable`. Optional: sent as 1 or 0.
    pub billable: Option<Flag>,
    /// When work began: yyyy-mm-dd hh:mm:ss.
    ///
    /// JSON body field `start_time`. Optional: `yyyy-mm-dd hh:mm:ss`.
    pub start_time: Option<Timestamp>,
    /// Minutes, e.g. 90.
    ///
    /// JSON body field `time_spent_in_minutes`. Optional: at least 0.
    pub time_spent_in_minutes: Option<i64>,
    /// Further remarks beside the note.
    ///
    /// JSON body field `additional_info`. Optional. An empty text is sent.
    pub additional_info: Option<String>,
}

impl Endpoint for CreateTimeEntry {
    const DEF: ToolDef = ToolDef {
        name: "create_a_desk_365_time_entry",
        title: "Create time entry",
        description: "Log time that an agent spent on a ticket. If it fails with 404 or 405 though the ticket exists, the API has no such operation: enter the time in Desk365. Entries cannot be changed or deleted here. Inferred: not in the published API document.",
        method: ToolMethod::Create,
        tags: &["time_entries"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/create_a_desk_365_time_entry.json"),
        arguments: &[
            "ticket_number",
            "agent_email",
            "note",
            "billable",
            "start_time",
            "time_spent_in_minutes",
            "additional_info",
        ],
        example: r#"{"ticket_number":8092,"agent_email":"ana@helpdesk.example","note":"Reset the pool and watched it.","billable":true,"start_time":"2026-11-20 09:30:00","time_spent_in_minutes":45}"#,
        files: None,
        http_method: HttpMethod::Post,
        path: "/v3/time_entries/create",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["id"],
                answered_as: &[],
            }),
            fields: &[],
            optional: &[],
            twins: &[],
            codes: CODES,
            long_texts: &[],
        }),
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("ticket_id", "ticket_number"),
        ("ticket", "ticket_number"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        "8092",
        r#""ana@helpdesk.example""#,
        r#""Reset the pool and watched it.""#,
        "true",
        r#""2026-11-20 09:30:00""#,
        "45",
        r#""text""#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &["agent_email", "billable", "start_time", "time_spent_in_minutes"],
            );
        let ticket_number = arguments
            .required(
                "ticket_number",
                decode::or_prefixed("#", decode::integer(1, i64::MAX)),
            );
        let agent_email = arguments.optional("agent_email", decode::email);
        let note = arguments.optional("note", decode::string);
        let billable = arguments.optional("billable", decode::flag);
        let start_time = arguments.optional("start_time", decode::timestamp);
        let time_spent_in_minutes = arguments
            .optional("time_spent_in_minutes", decode::integer(0, i64::MAX));
        let additional_info = arguments.optional("additional_info", decode::string);
        Some(Self {
            ticket_number: ticket_number?,
            agent_email,
            note,
            billable,
            start_time,
            time_spent_in_minutes,
            additional_info,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field("ticket_number", &self.ticket_number)
            .field_opt("agent_email", self.agent_email.as_ref())
            .field_opt("note", self.note.as_ref())
            .field_opt("billable", self.billable.as_ref())
            .field_opt("start_time", self.start_time.as_ref())
            .field_opt("time_spent_in_minutes", self.time_spent_in_minutes.as_ref())
            .field_opt("additional_info", self.additional_info.as_ref());
        Request::new(HttpMethod::Post, "/v3/time_entries/create").json(body)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("agent_email", "agent")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add_unless("--", "agent_email", "agent", &self.agent_email)
            .into_values()
    }
}
