//! Desk365: the tools of `ticket`.

use tool_runtime::prelude::*;

use super::types;

/// Fields whose values are codes, with the labels that results show instead.
const CODES: &[results::CodedField] = &[
    results::CodedField {
        field: "priority",
        labels: &[
            ("1", results::Label::Text("low")),
            ("5", results::Label::Text("medium")),
            ("10", results::Label::Text("high")),
            ("20", results::Label::Text("urgent")),
        ],
    },
    results::CodedField {
        field: "source",
        labels: &[
            ("1", results::Label::Text("email")),
            ("5", results::Label::Text("microsoft_teams")),
            ("6", results::Label::Text("support_portal")),
            ("7", results::Label::Text("phone_or_other")),
            ("12", results::Label::Text("web_form")),
            ("13", results::Label::Text("web_widget")),
            ("15", results::Label::Text("api")),
            ("16", results::Label::Text("chat_widget_ai_agent")),
            ("17", results::Label::Text("teams_ai_agent")),
            ("18", results::Label::Text("support_portal_ai_agent")),
        ],
    },
    results::CodedField {
        field: "form_is_deleted",
        labels: &[("0", results::Label::Flag(false)), ("1", results::Label::Flag(true))],
    },
    results::CodedField {
        field: "updated_by_type",
        labels: &[
            ("1", results::Label::Text("system")),
            ("2", results::Label::Text("agent")),
            ("3", results::Label::Text("contact")),
        ],
    },
    results::CodedField {
        field: "closed_by_type",
        labels: &[
            ("1", results::Label::Text("system")),
            ("2", results::Label::Text("agent")),
            ("3", results::Label::Text("contact")),
        ],
    },
    results::CodedField {
        field: "survey_rating.sv_type",
        labels: &[
            ("1", results::Label::Text("csat")),
            ("2", results::Label::Text("five_star")),
            ("3", results::Label::Text("nps")),
        ],
    },
    results::CodedField {
        field: "survey_rating.sv_cs_neutral_type",
        labels: &[
            ("1", results::Label::Text("positive")),
            ("2", results::Label::Text("neutral")),
            ("3", results::Label::Text("negative")),
        ],
    },
    results::CodedField {
        field: "sv_type",
        labels: &[
            ("1", results::Label::Text("csat")),
            ("2", results::Label::Text("five_star")),
            ("3", results::Label::Text("nps")),
        ],
    },
    results::CodedField {
        field: "sv_cs_neutral_type",
        labels: &[
            ("1", results::Label::Text("positive")),
            ("2", results::Label::Text("neutral")),
            ("3", results::Label::Text("negative")),
        ],
    },
];

/// List tickets: the tool `list_all_desk_365_tickets`.
///
/// Sends `GET /v3/tickets`. Declared in `spec/desk365.yaml` as `resources.ticket.tools.list`.
#[derive(Clone, Debug)]
pub struct ListTickets {
    /// Each key takes a list: status, priority, type, group, category, subcategory, `assigned_to` (agents'
    /// e-mails), contact (primary e-mails), `company_name`, source (email, `web_form`, `phone_or_other`,
    /// ...). "--" means not set. Others: `custom_fields` `{"cf_x"`: \["y"\]}, `include_merged` (false
    /// leaves out merged tickets). E.g. {"status": \["Open"\], "priority": \["high", "urgent"\]}.
    ///
    /// Query parameter `filters`. Optional.
    pub filters: Option<types::TicketFilters>,
    /// Only with activity since yyyy-mm-dd hh:mm:ss.
    ///
    /// Query parameter `updated_since`. Optional: `yyyy-mm-dd hh:mm:ss`.
    pub updated_since: Option<Timestamp>,
    /// Time to sort by; default `created_time`.
    ///
    /// Query parameter `order_by`. Optional: one of `created_time`, `updated_time`.
    pub order_by: Option<types::TicketOrder>,
    /// Direction; default desc.
    ///
    /// Query parameter `order_type`. Optional: one of `asc`, `desc`.
    pub order_type: Option<types::OrderType>,
    /// Rows per page.
    ///
    /// Query parameter `ticket_count`. Optional: one of `30`, `50`, `100`. The API assumes `"30"` if it is
    /// omitted.
    pub ticket_count: Option<types::PageCount>,
    /// Rows to skip: `next_offset`.
    ///
    /// Query parameter `offset`. Optional: at least 0.
    pub offset: Option<i64>,
    /// Adds `description_text` to the rows.
    ///
    /// Query parameter `include_description`. Optional: sent as 1 or 0.
    pub include_description: Option<Flag>,
    /// Adds `custom_fields` to the rows.
    ///
    /// Query parameter `include_custom_fields`. Optional: sent as 1 or 0.
    pub include_custom_fields: Option<Flag>,
    /// Adds `survey_rating` to the rows.
    ///
    /// Query parameter `include_survey_details`. Optional: sent as 1 or 0.
    pub include_survey_details: Option<Flag>,
    /// flat: custom fields and rating beside the others.
    ///
    /// Query parameter `nested_fields`. Optional: one of `nested` (0), `flat` (1).
    pub nested_fields: Option<types::NestedFields>,
}

impl Endpoint for ListTickets {
    const DEF: ToolDef = ToolDef {
        name: "list_all_desk_365_tickets",
        title: "List tickets",
        description: "Tickets by status, priority, assignee, company and other filters, newest first, without their texts. By words use desk_365_tickets_search. There is no filter for the day of creation.",
        method: ToolMethod::List,
        tags: &["support"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/list_all_desk_365_tickets.json"),
        arguments: &[
            "filters",
            "updated_since",
            "order_by",
            "order_type",
            "ticket_count",
            "offset",
            "include_description",
            "include_custom_fields",
            "include_survey_details",
            "nested_fields",
        ],
        example: r#"{"filters":{"status":["Open"],"priority":["high","urgent"],"assigned_to":["--"]},"order_by":"updated_time","ticket_count":"50"}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/tickets",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::List(results::ListForm {
                rows: "tickets",
                total: Some("count"),
                extent: results::Extent::Page,
                oldest_first: false,
            }),
            fields: &[
                "ticket_number",
                "subject",
                "status",
                "priority",
                "assigned_to",
                "contact_email",
                "company_name",
                "created_on",
                "updated_on",
                "due_date",
            ],
            optional: &["description_text", "custom_fields", "survey_rating"],
            twins: &[
                results::Twin {
                    html: "description",
                    text: "description_text",
                },
            ],
            codes: CODES,
            long_texts: &["description", "description_text"],
        }),
        compact_note: None,
        paging: Some(Paging {
            offset: "offset",
            size: Some("ticket_count"),
            rows: 30,
        }),
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("limit", "ticket_count"),
        ("page_size", "ticket_count"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#"{"status":["Open"],"priority":["high","urgent"],"assigned_to":["--"]}"#,
        r#""2026-12-31 09:00:00""#,
        r#""updated_time""#,
        r#""asc""#,
        r#""50""#,
        "0",
        "true",
        "true",
        "true",
        r#""nested""#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &[
                    "updated_since",
                    "order_by",
                    "order_type",
                    "ticket_count",
                    "offset",
                    "include_description",
                    "include_custom_fields",
                    "include_survey_details",
                    "nested_fields",
                ],
            );
        arguments.drop_if(empty::record, &["filters"]);
        let filters = arguments
            .optional("filters", decode::record::<types::TicketFilters>);
        let updated_since = arguments.optional("updated_since", decode::timestamp);
        let order_by = arguments
            .optional("order_by", decode::choice::<types::TicketOrder>);
        let order_type = arguments
            .optional("order_type", decode::choice::<types::OrderType>);
        let ticket_count = arguments
            .optional("ticket_count", decode::choice::<types::PageCount>);
        let offset = arguments.optional("offset", decode::integer(0, i64::MAX));
        let include_description = arguments
            .optional("include_description", decode::flag);
        let include_custom_fields = arguments
            .optional("include_custom_fields", decode::flag);
        let include_survey_details = arguments
            .optional("include_survey_details", decode::flag);
        let nested_fields = arguments
            .optional("nested_fields", decode::choice::<types::NestedFields>);
        Some(Self {
            filters,
            updated_since,
            order_by,
            order_type,
            ticket_count,
            offset,
            include_description,
            include_custom_fields,
            include_survey_details,
            nested_fields,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/tickets")
            .query_opt("filters", self.filters.as_ref())
            .query_opt("updated_since", self.updated_since.as_ref())
            .query_opt("order_by", self.order_by.as_ref())
            .query_opt("order_type", self.order_type.as_ref())
            .query_opt("ticket_count", self.ticket_count.as_ref())
            .query_opt("offset", self.offset.as_ref())
            .query_opt("include_description", self.include_description.as_ref())
            .query_opt("include_custom_fields", self.include_custom_fields.as_ref())
            .query_opt("include_survey_details", self.include_survey_details.as_ref())
            .query_opt("nested_fields", self.nested_fields.as_ref())
    }
    const TEACHES: Teaches = Teaches {
        rows: Some("tickets"),
        fields: &[
            ("status", "status"),
            ("type", "ticket_type"),
            ("group", "group"),
            ("category", "category"),
            ("assigned_to", "agent"),
            ("company_name", "company"),
        ],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .within(
                self.filters.as_ref(),
                |values, object| {
                    values
                        .add("filters.status", "status", &object.status)
                        .add("filters.type", "ticket_type", &object.r#type)
                        .add_unless("--", "filters.group", "group", &object.group)
                        .add_unless(
                            "--",
                            "filters.assigned_to",
                            "agent",
                            &object.assigned_to,
                        )
                        .add_unless(
                            "--",
                            "filters.category",
                            "category",
                            &object.category,
                        )
                        .add("filters.company_name", "company", &object.company_name)
                },
            )
            .into_values()
    }
}

/// Summarize tickets: the tool `desk_365_tickets_summarize`, which reads the pages of `ListTickets`.
pub static SUMMARIZE: ToolDef = ToolDef {
    name: "desk_365_tickets_summarize",
    title: "Summarize tickets",
    description: "Tickets per company, agent, status or week. Counts rows in groups. Arguments as in list_all_desk_365_tickets.",
    method: ToolMethod::Custom,
    input_schema: generated!("schemas/desk_365_tickets_summarize.json"),
    arguments: &[
        "filters",
        "updated_since",
        "order_by",
        "order_type",
        "include_description",
        "include_custom_fields",
        "include_survey_details",
        "nested_fields",
        "by",
        "measure",
        "max_calls",
    ],
    example: r#"{"filters":{"status":["Open"],"priority":["high","urgent"],"assigned_to":["--"]},"order_by":"updated_time","by":["company_name"]}"#,
    view: None,
    paging: None,
    resource: None,
    ..ListTickets::DEF
};

/// The fields that `SUMMARIZE` can group by and measure.
pub static SUMMARY: results::summary::SummaryDef = results::summary::SummaryDef {
    id: &["ticket_number"],
    unset: &["--"],
    page: results::summary::PageQuery {
        offset: "offset",
        size: Some(("ticket_count", "100")),
    },
    by: &[
        "company_name",
        "status",
        "priority",
        "assigned_to",
        "group",
        "category",
        "subcategory",
        "type",
        "source",
        "contact_email",
    ],
    times: &["created_on", "resolved_on", "due_date"],
    measures: &["resolved_duration", "first_replied_duration", "conversation_count"],
};

/// Get ticket: the tool `get_single_desk_365_ticket_by_id`.
///
/// Sends `GET /v3/tickets/details`. Declared in `spec/desk365.yaml` as `resources.ticket.tools.get`.
#[derive(Clone, Debug)]
pub struct GetTicket {
    /// Ticket's number, e.g. 8092.
    ///
    /// Query parameter `ticket_number`. Required: at least 1.
    pub ticket_number: i64,
}

impl Endpoint for GetTicket {
    const DEF: ToolDef = ToolDef {
        name: "get_single_desk_365_ticket_by_id",
        title: "Get ticket",
        description: "One ticket: description, status, assigned_to, contact, company, SLA, times, custom fields, watchers, attachments (names and URLs; no tool reads their content). Durations are in minutes. Its replies and notes are in list_all_desk_365_ticket_conversations.",
        method: ToolMethod::Get,
        tags: &["support"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/get_single_desk_365_ticket_by_id.json"),
        arguments: &["ticket_number"],
        example: r#"{"ticket_number":8092}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/tickets/details",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Record,
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "description",
                    text: "description_text",
                },
            ],
            codes: CODES,
            long_texts: &["description", "description_text"],
        }),
        compact_note: None,
        paging: None,
        resource: Some(ResourceDef {
            uri: "desk365://tickets/{ticket_number}",
            name: "ticket",
            title: "Ticket",
        }),
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("ticket_id", "ticket_number"),
        ("ticket", "ticket_number"),
    ];
    const EXAMPLES: &'static [&'static str] = &["8092"];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let ticket_number = arguments
            .required(
                "ticket_number",
                decode::or_prefixed("#", decode::integer(1, i64::MAX)),
            );
        Some(Self {
            ticket_number: ticket_number?,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/tickets/details")
            .query("ticket_number", &self.ticket_number)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[
            ("status", "status"),
            ("type", "ticket_type"),
            ("group", "group"),
            ("category", "category"),
            ("assigned_to", "agent"),
            ("company_name", "company"),
        ],
    };
}

/// Create ticket: the tool `create_a_desk_365_ticket`.
///
/// Sends `POST /v3/tickets/create`. Declared in `spec/desk365.yaml` as `resources.ticket.tools.create`.
#[derive(Clone, Debug)]
pub struct CreateTicket {
    /// Contact's primary e-mail.
    ///
    /// JSON body field `email`. Required: an e-mail address.
    pub email: String,
    /// Subject, in one line.
    ///
    /// JSON body field `subject`. Required: not empty.
    pub subject: String,
    /// The problem, as HTML.
    ///
    /// JSON body field `description`. Optional. An empty text is sent.
    pub description: Option<String>,
    /// Status name, e.g. Open.
    ///
    /// JSON body field `status`. Optional: a name.
    pub status: Option<String>,
    /// How urgent it is.
    ///
    /// JSON body field `priority`. Optional: one of `low` (1), `medium` (5), `high` (10), `urgent` (20).
    pub priority: Option<types::Priority>,
    /// Type name, e.g. Task.
    ///
    /// JSON body field `type`. Optional: a name.
    pub r#type: Option<String>,
    /// E-mail of an agent.
    ///
    /// JSON body field `assign_to`. Optional: an e-mail address.
    pub assign_to: Option<String>,
    /// Group's name.
    ///
    /// JSON body field `group`. Optional: a name.
    pub group: Option<String>,
    /// Category's name.
    ///
    /// JSON body field `category`. Optional: a name.
    pub category: Option<String>,
    /// Name within the category.
    ///
    /// JSON body field `sub_category`. Optional: a name.
    pub sub_category: Option<String>,
    /// Form's name.
    ///
    /// JSON body field `form_name`. Optional: a name.
    pub form_name: Option<String>,
    /// By `cf_<name>`, exact case: `{"cf_Asset` tag": "P-2"}.
    ///
    /// JSON body field `custom_fields`. Optional.
    pub custom_fields: Option<Map<String, Value>>,
    /// Agents' e-mails.
    ///
    /// JSON body field `watchers`. Optional: each item an e-mail address.
    pub watchers: Option<Vec<String>>,
    /// Contacts' e-mails.
    ///
    /// JSON body field `share_to`. Optional: each item an e-mail address.
    pub share_to: Option<Vec<String>>,
}

impl Endpoint for CreateTicket {
    const DEF: ToolDef = ToolDef {
        name: "create_a_desk_365_ticket",
        title: "Create ticket",
        description: "Open a ticket in a contact's name. To answer an existing one use create_a_desk_365_ticket_reply. Copy the names of status, type, group and category from other tickets. Shows customers the ticket if share_to is given.",
        method: ToolMethod::Create,
        tags: &["support"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/create_a_desk_365_ticket.json"),
        arguments: &[
            "email",
            "subject",
            "description",
            "status",
            "priority",
            "type",
            "assign_to",
            "group",
            "category",
            "sub_category",
            "form_name",
            "custom_fields",
            "watchers",
            "share_to",
        ],
        example: r#"{"email":"maria.lopez@northwind.example","subject":"Printer on floor 2 prints blank pages","description":"<p>Since this morning every page is blank.</p>","priority":"high","group":"Hardware","custom_fields":{"cf_Asset tag":"PR-0217"}}"#,
        files: None,
        http_method: HttpMethod::Post,
        path: "/v3/tickets/create",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["ticket_number"],
                answered_as: &[
                    ("email", "contact_email"),
                    ("assign_to", "assigned_to"),
                    ("sub_category", "subcategory"),
                ],
            }),
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "description",
                    text: "description_text",
                },
            ],
            codes: CODES,
            long_texts: &["description", "description_text"],
        }),
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(
            &[
                Effect {
                    kind: EffectKind::ShowsCustomers,
                    what: "the ticket",
                    condition: Some("if share_to is given"),
                },
            ],
        ),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("assigned_to", "assign_to"),
        ("subcategory", "sub_category"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""maria.lopez@northwind.example""#,
        r#""Printer on floor 2 prints blank pages""#,
        r#""<p>Since this morning every page is blank.</p>""#,
        r#""Pending""#,
        r#""high""#,
        r#""text""#,
        r#""ana@helpdesk.example""#,
        r#""Hardware""#,
        r#""text""#,
        r#""text""#,
        r#""text""#,
        r#"{"cf_Asset tag":"PR-0217"}"#,
        r#"["ann@example.com"]"#,
        r#"["ann@example.com"]"#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &[
                    "priority",
                    "assign_to",
                    "group",
                    "category",
                    "sub_category",
                    "form_name",
                ],
            );
        arguments.drop_if(empty::list, &["watchers", "share_to"]);
        arguments.drop_if(empty::object, &["custom_fields"]);
        let email = arguments.required("email", decode::email);
        let subject = arguments.required("subject", decode::non_empty_string);
        let description = arguments.optional("description", decode::string);
        let status = arguments.optional("status", decode::name);
        let priority = arguments.optional("priority", decode::choice::<types::Priority>);
        let r#type = arguments.optional("type", decode::name);
        let assign_to = arguments.optional("assign_to", decode::email);
        let group = arguments.optional("group", decode::name);
        let category = arguments.optional("category", decode::name);
        let sub_category = arguments.optional("sub_category", decode::name);
        let form_name = arguments.optional("form_name", decode::name);
        let custom_fields = arguments.optional("custom_fields", decode::object);
        let watchers = arguments.optional("watchers", decode::list(decode::email));
        let share_to = arguments.optional("share_to", decode::list(decode::email));
        Some(Self {
            email: email?,
            subject: subject?,
            description,
            status,
            priority,
            r#type,
            assign_to,
            group,
            category,
            sub_category,
            form_name,
            custom_fields,
            watchers,
            share_to,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field("email", &self.email)
            .field("subject", &self.subject)
            .field_opt("description", self.description.as_ref())
            .field_opt("status", self.status.as_ref())
            .field_opt("priority", self.priority.as_ref())
            .field_opt("type", self.r#type.as_ref())
            .field_opt("assign_to", self.assign_to.as_ref())
            .field_opt("group", self.group.as_ref())
            .field_opt("category", self.category.as_ref())
            .field_opt("sub_category", self.sub_category.as_ref())
            .field_opt("form_name", self.form_name.as_ref())
            .field_opt("custom_fields", self.custom_fields.as_ref())
            .field_opt("watchers", self.watchers.as_ref())
            .field_opt("share_to", self.share_to.as_ref());
        Request::new(HttpMethod::Post, "/v3/tickets/create").json(body)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[
            ("status", "status"),
            ("type", "ticket_type"),
            ("group", "group"),
            ("category", "category"),
            ("assigned_to", "agent"),
            ("company_name", "company"),
        ],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add("status", "status", &self.status)
            .add("type", "ticket_type", &self.r#type)
            .add_unless("--", "assign_to", "agent", &self.assign_to)
            .add_unless("--", "group", "group", &self.group)
            .add_unless("--", "category", "category", &self.category)
            .into_values()
    }
    fn has_effect(&self, index: usize) -> bool {
        match index {
            0 => self.share_to.is_some(),
            _ => true,
        }
    }
}

/// Update ticket: the tool `update_a_desk_365_ticket_by_id`.
///
/// Sends `PUT /v3/tickets/update`. Declared in `spec/desk365.yaml` as `resources.ticket.tools.update`.
///
/// At least one of `subject`, `description`, `status`, `priority`, `type`, `assign_to`, `group`,
/// `category`, `sub_category`, `sla`, `custom_fields`, `watchers` and `share_to` is required.
#[derive(Clone, Debug)]
pub struct UpdateTicket {
    /// Ticket's number, e.g. 8092.
    ///
    /// Query parameter `ticket_number`. Required: at least 1.
    pub ticket_number: i64,
    /// New subject, in one line.
    ///
    /// JSON body field `subject`. Optional: not empty.
    pub subject: Option<String>,
    /// HTML; replaces all of it: read fields \["description"\] first.
    ///
    /// JSON body field `description`. Optional. An empty text is sent.
    pub description: Option<String>,
    /// Status name, e.g. Resolved.
    ///
    /// JSON body field `status`. Optional: a name.
    pub status: Option<String>,
    /// How urgent it is.
    ///
    /// JSON body field `priority`. Optional: one of `low` (1), `medium` (5), `high` (10), `urgent` (20).
    pub priority: Option<types::Priority>,
    /// Type name, e.g. Question.
    ///
    /// JSON body field `type`. Optional: a name.
    pub r#type: Option<String>,
    /// E-mail of an agent.
    ///
    /// JSON body field `assign_to`. Optional: an e-mail address. `"--"` clears it.
    pub assign_to: Option<String>,
    /// Group's name.
    ///
    /// JSON body field `group`. Optional: a name. `"--"` clears it.
    pub group: Option<String>,
    /// Category's name.
    ///
    /// JSON body field `category`. Optional: a name. `"--"` clears it.
    pub category: Option<String>,
    /// Name within the category.
    ///
    /// JSON body field `sub_category`. Optional: a name. `"--"` clears it.
    pub sub_category: Option<String>,
    /// Name of an SLA policy.
    ///
    /// JSON body field `sla`. Optional: a name.
    pub sla: Option<String>,
    /// By `cf_<name>`, exact case: `{"cf_Asset` tag": "P-2"}.
    ///
    /// JSON body field `custom_fields`. Optional.
    pub custom_fields: Option<Map<String, Value>>,
    /// E-mails of agents: {"add": \[...\], "remove": \[...\]}.
    ///
    /// JSON body field `watchers`. Optional.
    pub watchers: Option<types::EmailsChange>,
    /// E-mails of contacts: {"add": \[...\], "remove": \[...\]}.
    ///
    /// JSON body field `share_to`. Optional.
    pub share_to: Option<types::EmailsChange>,
}

impl Endpoint for UpdateTicket {
    const DEF: ToolDef = ToolDef {
        name: "update_a_desk_365_ticket_by_id",
        title: "Update ticket",
        description: "Change, assign, close or reopen a ticket; omitted fields keep their value. To write to the customer use create_a_desk_365_ticket_reply. Tickets cannot be merged or deleted. Shows customers the ticket if share_to is given.",
        method: ToolMethod::Update,
        tags: &["support"],
        hints: Hints {
            read_only: false,
            destructive: true,
            idempotent: true,
        },
        input_schema: generated!("schemas/update_a_desk_365_ticket_by_id.json"),
        arguments: &[
            "ticket_number",
            "subject",
            "description",
            "status",
            "priority",
            "type",
            "assign_to",
            "group",
            "category",
            "sub_category",
            "sla",
            "custom_fields",
            "watchers",
            "share_to",
        ],
        example: r#"{"ticket_number":8092,"status":"Pending","assign_to":"ana@helpdesk.example","priority":"high"}"#,
        files: None,
        http_method: HttpMethod::Put,
        path: "/v3/tickets/update",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["ticket_number"],
                answered_as: &[
                    ("assign_to", "assigned_to"),
                    ("sub_category", "subcategory"),
                ],
            }),
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "description",
                    text: "description_text",
                },
            ],
            codes: CODES,
            long_texts: &["description", "description_text"],
        }),
        compact_note: Some(
            "To edit the present HTML, get it with fields [\"description\"] and max_chars 0 first: other results leave it out.",
        ),
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(
            &[
                Effect {
                    kind: EffectKind::ShowsCustomers,
                    what: "the ticket",
                    condition: Some("if share_to is given"),
                },
            ],
        ),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("ticket_id", "ticket_number"),
        ("ticket", "ticket_number"),
        ("assigned_to", "assign_to"),
        ("subcategory", "sub_category"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        "8092",
        r#""Printer on floor 2 prints blank pages""#,
        r#""<p>Since this morning every page is blank.</p>""#,
        r#""Pending""#,
        r#""high""#,
        r#""text""#,
        r#""ana@helpdesk.example""#,
        r#""Hardware""#,
        r#""text""#,
        r#""text""#,
        r#""helpdesk default""#,
        r#"{"cf_Asset tag":"PR-0217"}"#,
        r#"{"add":["ann@example.com"]}"#,
        r#"{"add":["ann@example.com"]}"#,
    ];
    const LOOKUP: Option<RecordLookupDef> = Some(RecordLookupDef {
        tool: "get_single_desk_365_ticket_by_id",
        arguments: &["ticket_number"],
        fields: &["subject", "status", "contact_name", "contact_email", "company_name"],
    });
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &["priority", "assign_to", "group", "category", "sub_category", "sla"],
            );
        arguments.drop_if(empty::object, &["custom_fields"]);
        arguments.drop_if(empty::record, &["watchers", "share_to"]);
        arguments
            .at_least_one(
                &[
                    "subject",
                    "description",
                    "status",
                    "priority",
                    "type",
                    "assign_to",
                    "group",
                    "category",
                    "sub_category",
                    "sla",
                    "custom_fields",
                    "watchers",
                    "share_to",
                ],
            );
        let ticket_number = arguments
            .required(
                "ticket_number",
                decode::or_prefixed("#", decode::integer(1, i64::MAX)),
            );
        let subject = arguments.optional("subject", decode::non_empty_string);
        let description = arguments.optional("description", decode::string);
        let status = arguments.optional("status", decode::name);
        let priority = arguments.optional("priority", decode::choice::<types::Priority>);
        let r#type = arguments.optional("type", decode::name);
        let assign_to = arguments
            .optional("assign_to", decode::or_cleared("--", decode::email));
        let group = arguments.optional("group", decode::or_cleared("--", decode::name));
        let category = arguments
            .optional("category", decode::or_cleared("--", decode::name));
        let sub_category = arguments
            .optional("sub_category", decode::or_cleared("--", decode::name));
        let sla = arguments.optional("sla", decode::name);
        let custom_fields = arguments.optional("custom_fields", decode::object);
        let watchers = arguments
            .optional("watchers", decode::record::<types::EmailsChange>);
        let share_to = arguments
            .optional("share_to", decode::record::<types::EmailsChange>);
        Some(Self {
            ticket_number: ticket_number?,
            subject,
            description,
            status,
            priority,
            r#type,
            assign_to,
            group,
            category,
            sub_category,
            sla,
            custom_fields,
            watchers,
            share_to,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field_opt("subject", self.subject.as_ref())
            .field_opt("description", self.description.as_ref())
            .field_opt("status", self.status.as_ref())
            .field_opt("priority", self.priority.as_ref())
            .field_opt("type", self.r#type.as_ref())
            .field_opt("assign_to", self.assign_to.as_ref())
            .field_opt("group", self.group.as_ref())
            .field_opt("category", self.category.as_ref())
            .field_opt("sub_category", self.sub_category.as_ref())
            .field_opt("sla", self.sla.as_ref())
            .field_opt("custom_fields", self.custom_fields.as_ref())
            .field_opt("watchers", self.watchers.as_ref())
            .field_opt("share_to", self.share_to.as_ref());
        Request::new(HttpMethod::Put, "/v3/tickets/update")
            .query("ticket_number", &self.ticket_number)
            .json(body)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[
            ("status", "status"),
            ("type", "ticket_type"),
            ("group", "group"),
            ("category", "category"),
            ("assigned_to", "agent"),
            ("company_name", "company"),
        ],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add("status", "status", &self.status)
            .add("type", "ticket_type", &self.r#type)
            .add_unless("--", "assign_to", "agent", &self.assign_to)
            .add_unless("--", "group", "group", &self.group)
            .add_unless("--", "category", "category", &self.category)
            .into_values()
    }
    fn has_effect(&self, index: usize) -> bool {
        match index {
            0 => self.share_to.is_some(),
            _ => true,
        }
    }
}

/// Create ticket with files: the tool `desk_365_tickets_create_with_attachment`.
///
/// Sends `POST /v3/tickets/create_with_attachment`. Declared in `spec/desk365.yaml` as
/// `resources.ticket.tools.create_with_attachment`.
#[derive(Clone, Debug)]
pub struct TicketsCreateWithAttachment {
    /// Contact's primary e-mail.
    ///
    /// Field `email` of `ticket_object`. Required: an e-mail address.
    pub email: String,
    /// Subject, in one line.
    ///
    /// Field `subject` of `ticket_object`. Required: not empty.
    pub subject: String,
    /// The problem, as HTML.
    ///
    /// Field `description` of `ticket_object`. Optional. An empty text is sent.
    pub description: Option<String>,
    /// Status name, e.g. Open.
    ///
    /// Field `status` of `ticket_object`. Optional: a name.
    pub status: Option<String>,
    /// How urgent it is.
    ///
    /// Field `priority` of `ticket_object`. Optional: one of `low` (1), `medium` (5), `high` (10), `urgent`
    /// (20).
    pub priority: Option<types::Priority>,
    /// Type name, e.g. Task.
    ///
    /// Field `type` of `ticket_object`. Optional: a name.
    pub r#type: Option<String>,
    /// E-mail of an agent.
    ///
    /// Field `assign_to` of `ticket_object`. Optional: an e-mail address.
    pub assign_to: Option<String>,
    /// Group's name.
    ///
    /// Field `group` of `ticket_object`. Optional: a name.
    pub group: Option<String>,
    /// Category's name.
    ///
    /// Field `category` of `ticket_object`. Optional: a name.
    pub category: Option<String>,
    /// Name within the category.
    ///
    /// Field `sub_category` of `ticket_object`. Optional: a name.
    pub sub_category: Option<String>,
    /// Form's name.
    ///
    /// Field `form_name` of `ticket_object`. Optional: a name.
    pub form_name: Option<String>,
    /// By `cf_<name>`, exact case: `{"cf_Asset` tag": "P-2"}.
    ///
    /// Field `custom_fields` of `ticket_object`. Optional.
    pub custom_fields: Option<Map<String, Value>>,
    /// Agents' e-mails.
    ///
    /// Field `watchers` of `ticket_object`. Optional: each item an e-mail address.
    pub watchers: Option<Vec<String>>,
    /// Contacts' e-mails.
    ///
    /// Field `share_to` of `ticket_object`. Optional: each item an e-mail address.
    pub share_to: Option<Vec<String>>,
    /// Each: filename; `content_base64` or `content_text`; `content_type`, size, sha256 if known.
    ///
    /// Form part `file`, or a part `files` for each of several files. Required: at least one file.
    pub files: Vec<File>,
}

impl Endpoint for TicketsCreateWithAttachment {
    const DEF: ToolDef = ToolDef {
        name: "desk_365_tickets_create_with_attachment",
        title: "Create ticket with files",
        description: "Open a ticket with files attached. Shows customers the ticket if share_to is given.",
        method: ToolMethod::Custom,
        tags: &["support"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/desk_365_tickets_create_with_attachment.json"),
        arguments: &[
            "email",
            "subject",
            "description",
            "status",
            "priority",
            "type",
            "assign_to",
            "group",
            "category",
            "sub_category",
            "form_name",
            "custom_fields",
            "watchers",
            "share_to",
            "files",
        ],
        example: r#"{"email":"li.wei@contoso.example","subject":"Import stops at row 312","files":[{"filename":"import.log","content_base64":"cm93IDMxMjogYmFkIGRhdGU=","content_type":"text/plain"}]}"#,
        files: Some("files"),
        http_method: HttpMethod::Post,
        path: "/v3/tickets/create_with_attachment",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["ticket_number"],
                answered_as: &[
                    ("email", "contact_email"),
                    ("assign_to", "assigned_to"),
                    ("sub_category", "subcategory"),
                ],
            }),
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "description",
                    text: "description_text",
                },
            ],
            codes: CODES,
            long_texts: &["description", "description_text"],
        }),
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(
            &[
                Effect {
                    kind: EffectKind::ShowsCustomers,
                    what: "the ticket",
                    condition: Some("if share_to is given"),
                },
            ],
        ),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("assigned_to", "assign_to"),
        ("subcategory", "sub_category"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""li.wei@contoso.example""#,
        r#""Import stops at row 312""#,
        r#""<p>Since this morning every page is blank.</p>""#,
        r#""Pending""#,
        r#""high""#,
        r#""text""#,
        r#""ana@helpdesk.example""#,
        r#""Hardware""#,
        r#""text""#,
        r#""text""#,
        r#""text""#,
        r#"{"cf_Asset tag":"PR-0217"}"#,
        r#"["ann@example.com"]"#,
        r#"["ann@example.com"]"#,
        r#"[{"filename":"a.txt","content_text":"hi"}]"#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &[
                    "priority",
                    "assign_to",
                    "group",
                    "category",
                    "sub_category",
                    "form_name",
                ],
            );
        arguments.drop_if(empty::list, &["watchers", "share_to"]);
        arguments.drop_if(empty::object, &["custom_fields"]);
        let email = arguments.required("email", decode::email);
        let subject = arguments.required("subject", decode::non_empty_string);
        let description = arguments.optional("description", decode::string);
        let status = arguments.optional("status", decode::name);
        let priority = arguments.optional("priority", decode::choice::<types::Priority>);
        let r#type = arguments.optional("type", decode::name);
        let assign_to = arguments.optional("assign_to", decode::email);
        let group = arguments.optional("group", decode::name);
        let category = arguments.optional("category", decode::name);
        let sub_category = arguments.optional("sub_category", decode::name);
        let form_name = arguments.optional("form_name", decode::name);
        let custom_fields = arguments.optional("custom_fields", decode::object);
        let watchers = arguments.optional("watchers", decode::list(decode::email));
        let share_to = arguments.optional("share_to", decode::list(decode::email));
        let files = arguments.required("files", decode::files);
        Some(Self {
            email: email?,
            subject: subject?,
            description,
            status,
            priority,
            r#type,
            assign_to,
            group,
            category,
            sub_category,
            form_name,
            custom_fields,
            watchers,
            share_to,
            files: files?,
        })
    }
    fn request(&self) -> Request {
        let layout = MultipartLayout {
            metadata: "ticket_object",
            one: "file",
            many: "files",
            url_limit: 4_096,
        };
        let metadata = JsonObject::new()
            .field("email", &self.email)
            .field("subject", &self.subject)
            .field_opt("description", self.description.as_ref())
            .field_opt("status", self.status.as_ref())
            .field_opt("priority", self.priority.as_ref())
            .field_opt("type", self.r#type.as_ref())
            .field_opt("assign_to", self.assign_to.as_ref())
            .field_opt("group", self.group.as_ref())
            .field_opt("category", self.category.as_ref())
            .field_opt("sub_category", self.sub_category.as_ref())
            .field_opt("form_name", self.form_name.as_ref())
            .field_opt("custom_fields", self.custom_fields.as_ref())
            .field_opt("watchers", self.watchers.as_ref())
            .field_opt("share_to", self.share_to.as_ref());
        Request::new(HttpMethod::Post, "/v3/tickets/create_with_attachment")
            .attach(layout, metadata, &self.files)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[
            ("status", "status"),
            ("type", "ticket_type"),
            ("group", "group"),
            ("category", "category"),
            ("assigned_to", "agent"),
            ("company_name", "company"),
        ],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add("status", "status", &self.status)
            .add("type", "ticket_type", &self.r#type)
            .add_unless("--", "assign_to", "agent", &self.assign_to)
            .add_unless("--", "group", "group", &self.group)
            .add_unless("--", "category", "category", &self.category)
            .into_values()
    }
    fn has_effect(&self, index: usize) -> bool {
        match index {
            0 => self.share_to.is_some(),
            _ => true,
        }
    }
}

/// Search tickets: the tool `desk_365_tickets_search`.
///
/// Sends `GET /v3/tickets/search`. Declared in `spec/desk365.yaml` as `resources.ticket.tools.search`.
#[derive(Clone, Debug)]
pub struct TicketsSearch {
    /// simple: {"query": "words"}, also `search_in`, a list of subject, description, conversations,
    /// `attachment_names`, `custom_fields`, `contacts_and_companies`, archived. advanced: `{"search_term"`:
    /// \[{"query": "words", `"search_in"`: \["subject"\]}\]}, where `search_in` takes subject,
    /// `ticket_number`, `cf_<field` name\>.
    ///
    /// Query parameter `search_query`. Required.
    pub search_query: types::SearchQuery,
    /// Form of `search_query`.
    ///
    /// Query parameter `search_type`. Optional: one of `simple` (1), `advanced` (2). The API assumes
    /// `"simple"` if it is omitted.
    pub search_type: Option<types::SearchType>,
    /// Best match or newest first.
    ///
    /// Query parameter `order_by`. Optional: one of `relevance`, `created_time`, `updated_time`.
    pub order_by: Option<types::SearchOrder>,
    /// Rows per page.
    ///
    /// Query parameter `ticket_count`. Optional: one of `30`, `50`, `100`. The API assumes `"30"` if it is
    /// omitted.
    pub ticket_count: Option<types::PageCount>,
    /// Rows to skip: `next_offset`.
    ///
    /// Query parameter `offset`. Optional: at least 0.
    pub offset: Option<i64>,
    /// Adds `description_text` to the rows.
    ///
    /// Query parameter `include_description`. Optional: sent as 1 or 0.
    pub include_description: Option<Flag>,
    /// Adds `custom_fields` to the rows.
    ///
    /// Query parameter `include_custom_fields`. Optional: sent as 1 or 0.
    pub include_custom_fields: Option<Flag>,
    /// Adds `survey_rating` to the rows.
    ///
    /// Query parameter `include_survey_details`. Optional: sent as 1 or 0.
    pub include_survey_details: Option<Flag>,
    /// false leaves out merged tickets.
    ///
    /// Query parameter `include_merged`. Optional: sent as 1 or 0.
    pub include_merged: Option<Flag>,
}

impl Endpoint for TicketsSearch {
    const DEF: ToolDef = ToolDef {
        name: "desk_365_tickets_search",
        title: "Search tickets",
        description: "Find tickets by words in subject, description, conversations or custom fields. By status, assignee or company list_all_desk_365_tickets is cheaper. Only the first 1,000 matches can be read. Costs 5 calls of the rate limit.",
        method: ToolMethod::Custom,
        tags: &["support"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/desk_365_tickets_search.json"),
        arguments: &[
            "search_query",
            "search_type",
            "order_by",
            "ticket_count",
            "offset",
            "include_description",
            "include_custom_fields",
            "include_survey_details",
            "include_merged",
        ],
        example: r#"{"search_query":{"query":"connection pool","search_in":["subject","description","conversations"]},"order_by":"relevance"}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/tickets/search",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::List(results::ListForm {
                rows: "tickets",
                total: Some("count"),
                extent: results::Extent::Page,
                oldest_first: false,
            }),
            fields: &[
                "ticket_number",
                "subject",
                "status",
                "priority",
                "assigned_to",
                "contact_email",
                "company_name",
                "created_on",
                "updated_on",
                "due_date",
            ],
            optional: &["description_text", "custom_fields", "survey_rating"],
            twins: &[
                results::Twin {
                    html: "description",
                    text: "description_text",
                },
            ],
            codes: CODES,
            long_texts: &["description", "description_text"],
        }),
        compact_note: None,
        paging: Some(Paging {
            offset: "offset",
            size: Some("ticket_count"),
            rows: 30,
        }),
        resource: None,
        cost: 5,
        gated: None,
        effects: Effects(&[]),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("query", "search_query"),
        ("limit", "ticket_count"),
        ("page_size", "ticket_count"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#"{"query":"text"}"#,
        r#""simple""#,
        r#""relevance""#,
        r#""50""#,
        "0",
        "true",
        "true",
        "true",
        "true",
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &[
                    "search_type",
                    "order_by",
                    "ticket_count",
                    "offset",
                    "include_description",
                    "include_custom_fields",
                    "include_survey_details",
                    "include_merged",
                ],
            );
        let search_query = arguments
            .required("search_query", decode::record::<types::SearchQuery>);
        let search_type = arguments
            .optional("search_type", decode::choice::<types::SearchType>);
        let order_by = arguments
            .optional("order_by", decode::choice::<types::SearchOrder>);
        let ticket_count = arguments
            .optional("ticket_count", decode::choice::<types::PageCount>);
        let offset = arguments.optional("offset", decode::integer(0, i64::MAX));
        let include_description = arguments
            .optional("include_description", decode::flag);
        let include_custom_fields = arguments
            .optional("include_custom_fields", decode::flag);
        let include_survey_details = arguments
            .optional("include_survey_details", decode::flag);
        let include_merged = arguments.optional("include_merged", decode::flag);
        Some(Self {
            search_query: search_query?,
            search_type,
            order_by,
            ticket_count,
            offset,
            include_description,
            include_custom_fields,
            include_survey_details,
            include_merged,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/tickets/search")
            .query("search_query", &self.search_query)
            .query_opt("search_type", self.search_type.as_ref())
            .query_opt("order_by", self.order_by.as_ref())
            .query_opt("ticket_count", self.ticket_count.as_ref())
            .query_opt("offset", self.offset.as_ref())
            .query_opt("include_description", self.include_description.as_ref())
            .query_opt("include_custom_fields", self.include_custom_fields.as_ref())
            .query_opt("include_survey_details", self.include_survey_details.as_ref())
            .query_opt("include_merged", self.include_merged.as_ref())
    }
    const TEACHES: Teaches = Teaches {
        rows: Some("tickets"),
        fields: &[
            ("status", "status"),
            ("type", "ticket_type"),
            ("group", "group"),
            ("category", "category"),
            ("assigned_to", "agent"),
            ("company_name", "company"),
        ],
    };
}
