//! Desk365: the tools of `ticket_note`.

use tool_runtime::prelude::*;

/// Fields whose values are codes, with the labels that results show instead.
const CODES: &[results::CodedField] = &[
    results::CodedField {
        field: "private_note",
        labels: &[("0", results::Label::Flag(false)), ("1", results::Label::Flag(true))],
    },
];

/// Create ticket note: the tool `create_a_desk_365_ticket_note`.
///
/// Sends `POST /v3/tickets/add_note`. Declared in `spec/desk365.yaml` as
/// `resources.ticket_note.tools.create`.
#[derive(Clone, Debug)]
pub struct CreateTicketNote {
    /// Ticket's number, e.g. 8092.
    ///
    /// Query parameter `ticket_number`. Required: at least 1.
    pub ticket_number: i64,
    /// HTML or plain text; no Markdown.
    ///
    /// JSON body field `body`. Required: not empty.
    pub body: String,
    /// E-mail of the agent who writes it.
    ///
    /// JSON body field `agent_email`. Optional: an e-mail address.
    pub agent_email: Option<String>,
    /// E-mails of agents to notify.
    ///
    /// JSON body field `notify_emails`. Optional: each item an e-mail address, joined by `,`.
    pub notify_emails: Option<Joined<','>>,
    /// false shows it to the customer.
    ///
    /// JSON body field `private_note`. Optional: sent as 1 or 0. The API assumes `true` if it is omitted.
    pub private_note: Option<Flag>,
}

impl Endpoint for CreateTicketNote {
    const DEF: ToolDef = ToolDef {
        name: "create_a_desk_365_ticket_note",
        title: "Create ticket note",
        description: "Add a note to a ticket, such as findings or what is awaited. It is for agents only, unless private_note is false. To write to the customer use create_a_desk_365_ticket_reply, to add files desk_365_ticket_notes_create_with_attachment. Sends e-mail to the agents in notify_emails. Shows customers the note if private_note is false.",
        method: ToolMethod::Create,
        tags: &["support"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/create_a_desk_365_ticket_note.json"),
        arguments: &[
            "ticket_number",
            "body",
            "agent_email",
            "notify_emails",
            "private_note",
        ],
        example: r#"{"ticket_number":1042,"body":"Waiting for the vendor's fix, expected Thursday.","notify_emails":["ben@helpdesk.example"]}"#,
        files: None,
        http_method: HttpMethod::Post,
        path: "/v3/tickets/add_note",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["ticket_number"],
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
        effects: Effects(
            &[
                Effect {
                    kind: EffectKind::Notifies,
                    what: "the agents in notify_emails",
                    condition: None,
                },
                Effect {
                    kind: EffectKind::ShowsCustomers,
                    what: "the note",
                    condition: Some("if private_note is false"),
                },
            ],
        ),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("ticket_id", "ticket_number"),
        ("ticket", "ticket_number"),
        ("note", "body"),
        ("text", "body"),
        ("message", "body"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        "1042",
        r#""Waiting for the vendor's fix, expected Thursday.""#,
        r#""ana@helpdesk.example""#,
        r#"["ben@helpdesk.example"]"#,
        "true",
    ];
    const LOOKUP: Option<RecordLookupDef> = Some(RecordLookupDef {
        tool: "get_single_desk_365_ticket_by_id",
        arguments: &["ticket_number"],
        fields: &["subject", "status", "contact_name", "contact_email", "company_name"],
    });
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["agent_email", "private_note"]);
        arguments.drop_if(empty::list, &["notify_emails"]);
        let ticket_number = arguments
            .required(
                "ticket_number",
                decode::or_prefixed("#", decode::integer(1, i64::MAX)),
            );
        let body = arguments.required("body", decode::non_empty_string);
        let agent_email = arguments.optional("agent_email", decode::email);
        let notify_emails = arguments
            .optional("notify_emails", decode::joined(decode::email));
        let private_note = arguments.optional("private_note", decode::flag);
        Some(Self {
            ticket_number: ticket_number?,
            body: body?,
            agent_email,
            notify_emails,
            private_note,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field("body", &self.body)
            .field_opt("agent_email", self.agent_email.as_ref())
            .field_opt("notify_emails", self.notify_emails.as_ref())
            .field_opt("private_note", self.private_note.as_ref());
        Request::new(HttpMethod::Post, "/v3/tickets/add_note")
            .query("ticket_number", &self.ticket_number)
            .json(body)
    }
    const TEACHES: Teaches = Teaches { rows: None, fields: &[] };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add_unless("--", "agent_email", "agent", &self.agent_email)
            .into_values()
    }
    fn has_effect(&self, index: usize) -> bool {
        match index {
            1 => matches!(self.private_note, Some(Flag(false))),
            _ => true,
        }
    }
}

/// Create ticket note with files: the tool `desk_365_ticket_notes_create_with_attachment`.
///
/// Sends `POST /v3/tickets/add_note_with_attachment`. Declared in `spec/desk365.yaml` as
/// `resources.ticket_note.tools.create_with_attachment`.
#[derive(Clone, Debug)]
pub struct TicketNotesCreateWithAttachment {
    /// Ticket's number, e.g. 8092.
    ///
    /// Query parameter `ticket_number`. Required: at least 1.
    pub ticket_number: i64,
    /// HTML or plain text; no Markdown.
    ///
    /// Field `body` of `note_object`. Required: not empty.
    pub body: String,
    /// E-mail of the agent who writes it.
    ///
    /// Field `agent_email` of `note_object`. Optional: an e-mail address.
    pub agent_email: Option<String>,
    /// E-mails of agents to notify.
    ///
    /// Field `notify_emails` of `note_object`. Optional: each item an e-mail address, joined by `,`.
    pub notify_emails: Option<Joined<','>>,
    /// false shows it to the customer.
    ///
    /// Field `private_note` of `note_object`. Optional: sent as 1 or 0. The API assumes `true` if it is
    /// omitted.
    pub private_note: Option<Flag>,
    /// Each: filename; `content_base64` or `content_text`; `content_type`, size, sha256 if known.
    ///
    /// Form part `file`, or a part `files` for each of several files. Required: at least one file.
    pub files: Vec<File>,
}

impl Endpoint for TicketNotesCreateWithAttachment {
    const DEF: ToolDef = ToolDef {
        name: "desk_365_ticket_notes_create_with_attachment",
        title: "Create ticket note with files",
        description: "Add a note with files to a ticket, such as a log; without files use create_a_desk_365_ticket_note. It is for agents only, unless private_note is false. Sends e-mail to the agents in notify_emails. Shows customers the note if private_note is false.",
        method: ToolMethod::Custom,
        tags: &["support"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!(
            "schemas/desk_365_ticket_notes_create_with_attachment.json"
        ),
        arguments: &[
            "ticket_number",
            "body",
            "agent_email",
            "notify_emails",
            "private_note",
            "files",
        ],
        example: r#"{"ticket_number":904,"body":"Log of the failed run.","files":[{"filename":"run.log","content_base64":"dGltZW91dCBhZnRlciAzMHM=","content_type":"text/plain"},{"filename":"config.txt","content_base64":"cG9vbD0xMA=="}]}"#,
        files: Some("files"),
        http_method: HttpMethod::Post,
        path: "/v3/tickets/add_note_with_attachment",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["ticket_number"],
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
        effects: Effects(
            &[
                Effect {
                    kind: EffectKind::Notifies,
                    what: "the agents in notify_emails",
                    condition: None,
                },
                Effect {
                    kind: EffectKind::ShowsCustomers,
                    what: "the note",
                    condition: Some("if private_note is false"),
                },
            ],
        ),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("ticket_id", "ticket_number"),
        ("ticket", "ticket_number"),
        ("note", "body"),
        ("text", "body"),
        ("message", "body"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        "904",
        r#""Log of the failed run.""#,
        r#""ana@helpdesk.example""#,
        r#"["ben@helpdesk.example"]"#,
        "true",
        r#"[{"filename":"a.txt","content_text":"hi"}]"#,
    ];
    const LOOKUP: Option<RecordLookupDef> = Some(RecordLookupDef {
        tool: "get_single_desk_365_ticket_by_id",
        arguments: &["ticket_number"],
        fields: &["subject", "status", "contact_name", "contact_email", "company_name"],
    });
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["agent_email", "private_note"]);
        arguments.drop_if(empty::list, &["notify_emails"]);
        let ticket_number = arguments
            .required(
                "ticket_number",
                decode::or_prefixed("#", decode::integer(1, i64::MAX)),
            );
        let body = arguments.required("body", decode::non_empty_string);
        let agent_email = arguments.optional("agent_email", decode::email);
        let notify_emails = arguments
            .optional("notify_emails", decode::joined(decode::email));
        let private_note = arguments.optional("private_note", decode::flag);
        let files = arguments.required("files", decode::files);
        Some(Self {
            ticket_number: ticket_number?,
            body: body?,
            agent_email,
            notify_emails,
            private_note,
            files: files?,
        })
    }
    fn request(&self) -> Request {
        let layout = MultipartLayout {
            metadata: "note_object",
            one: "file",
            many: "files",
            url_limit: 4_096,
        };
        let metadata = JsonObject::new()
            .field("body", &self.body)
            .field_opt("agent_email", self.agent_email.as_ref())
            .field_opt("notify_emails", self.notify_emails.as_ref())
            .field_opt("private_note", self.private_note.as_ref());
        Request::new(HttpMethod::Post, "/v3/tickets/add_note_with_attachment")
            .query("ticket_number", &self.ticket_number)
            .attach(layout, metadata, &self.files)
    }
    const TEACHES: Teaches = Teaches { rows: None, fields: &[] };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add_unless("--", "agent_email", "agent", &self.agent_email)
            .into_values()
    }
    fn has_effect(&self, index: usize) -> bool {
        match index {
            1 => matches!(self.private_note, Some(Flag(false))),
            _ => true,
        }
    }
}
