//! Desk365: the tools of `ticket_reply`.

use tool_runtime::prelude::*;

/// Fields whose values are codes, with the labels that results show instead.
const CODES: &[results::CodedField] = &[
    results::CodedField {
        field: "include_prev_ccs",
        labels: &[("0", results::Label::Flag(false)), ("1", results::Label::Flag(true))],
    },
    results::CodedField {
        field: "include_prev_messages",
        labels: &[("0", results::Label::Flag(false)), ("1", results::Label::Flag(true))],
    },
];

/// Create ticket reply: the tool `create_a_desk_365_ticket_reply`.
///
/// Sends `POST /v3/tickets/add_reply`. Declared in `spec/desk365.yaml` as
/// `resources.ticket_reply.tools.create`.
#[derive(Clone, Debug)]
pub struct CreateTicketReply {
    /// Ticket's number, e.g. 8092.
    ///
    /// Query parameter `ticket_number`. Required: at least 1.
    pub ticket_number: i64,
    /// HTML or plain text; no Markdown.
    ///
    /// JSON body field `body`. Required: not empty.
    pub body: String,
    /// E-mails to send a copy to.
    ///
    /// JSON body field `cc_emails`. Optional: each item an e-mail address, joined by `,`.
    pub cc_emails: Option<Joined<','>>,
    /// E-mails to send a hidden copy to.
    ///
    /// JSON body field `bcc_emails`. Optional: each item an e-mail address, joined by `,`.
    pub bcc_emails: Option<Joined<','>>,
    /// E-mail of the agent who answers.
    ///
    /// JSON body field `agent_email`. Optional: an e-mail address.
    pub agent_email: Option<String>,
    /// Sender; default: the support address.
    ///
    /// JSON body field `from_email`. Optional: an e-mail address.
    pub from_email: Option<String>,
    /// Also to those copied earlier.
    ///
    /// JSON body field `include_prev_ccs`. Optional: sent as 1 or 0.
    pub include_prev_ccs: Option<Flag>,
    /// Quotes the earlier messages.
    ///
    /// JSON body field `include_prev_messages`. Optional: sent as 1 or 0.
    pub include_prev_messages: Option<Flag>,
}

impl Endpoint for CreateTicketReply {
    const DEF: ToolDef = ToolDef {
        name: "create_a_desk_365_ticket_reply",
        title: "Create ticket reply",
        description: "Answer the customer on a ticket. It goes out at once and cannot be edited or taken back: have its text confirmed first. For remarks among agents use create_a_desk_365_ticket_note, with files desk_365_ticket_replies_create_with_attachment. The status does not change: for that use update_a_desk_365_ticket_by_id. Sends e-mail to the customer, cc and bcc.",
        method: ToolMethod::Create,
        tags: &["support"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/create_a_desk_365_ticket_reply.json"),
        arguments: &[
            "ticket_number",
            "body",
            "cc_emails",
            "bcc_emails",
            "agent_email",
            "from_email",
            "include_prev_ccs",
            "include_prev_messages",
        ],
        example: r#"{"ticket_number":8092,"body":"<p>The pool is reset; please try again.</p>","agent_email":"ana@helpdesk.example","cc_emails":["li.wei@contoso.example"]}"#,
        files: None,
        http_method: HttpMethod::Post,
        path: "/v3/tickets/add_reply",
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
                    kind: EffectKind::SendsEmail,
                    what: "the customer, cc and bcc",
                    condition: None,
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
        "8092",
        r#""<p>The pool is reset; please try again.</p>""#,
        r#"["li.wei@contoso.example"]"#,
        r#"["ann@example.com"]"#,
        r#""ana@helpdesk.example""#,
        r#""ann@example.com""#,
        "true",
        "true",
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
                &[
                    "agent_email",
                    "from_email",
                    "include_prev_ccs",
                    "include_prev_messages",
                ],
            );
        arguments.drop_if(empty::list, &["cc_emails", "bcc_emails"]);
        let ticket_number = arguments
            .required(
                "ticket_number",
                decode::or_prefixed("#", decode::integer(1, i64::MAX)),
            );
        let body = arguments.required("body", decode::non_empty_string);
        let cc_emails = arguments.optional("cc_emails", decode::joined(decode::email));
        let bcc_emails = arguments.optional("bcc_emails", decode::joined(decode::email));
        let agent_email = arguments.optional("agent_email", decode::email);
        let from_email = arguments.optional("from_email", decode::email);
        let include_prev_ccs = arguments.optional("include_prev_ccs", decode::flag);
        let include_prev_messages = arguments
            .optional("include_prev_messages", decode::flag);
        Some(Self {
            ticket_number: ticket_number?,
            body: body?,
            cc_emails,
            bcc_emails,
            agent_email,
            from_email,
            include_prev_ccs,
            include_prev_messages,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field("body", &self.body)
            .field_opt("cc_emails", self.cc_emails.as_ref())
            .field_opt("bcc_emails", self.bcc_emails.as_ref())
            .field_opt("agent_email", self.agent_email.as_ref())
            .field_opt("from_email", self.from_email.as_ref())
            .field_opt("include_prev_ccs", self.include_prev_ccs.as_ref())
            .field_opt("include_prev_messages", self.include_prev_messages.as_ref());
        Request::new(HttpMethod::Post, "/v3/tickets/add_reply")
            .query("ticket_number", &self.ticket_number)
            .json(body)
    }
    const TEACHES: Teaches = Teaches { rows: None, fields: &[] };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add_unless("--", "agent_email", "agent", &self.agent_email)
            .into_values()
    }
}

/// Reply with files: the tool `desk_365_ticket_replies_create_with_attachment`.
///
/// Sends `POST /v3/tickets/add_reply_with_attachment`. Declared in `spec/desk365.yaml` as
/// `resources.ticket_reply.tools.create_with_attachment`.
#[derive(Clone, Debug)]
pub struct TicketRepliesCreateWithAttachment {
    /// Ticket's number, e.g. 8092.
    ///
    /// Query parameter `ticket_number`. Required: at least 1.
    pub ticket_number: i64,
    /// HTML or plain text; no Markdown.
    ///
    /// Field `body` of `reply_object`. Required: not empty.
    pub body: String,
    /// E-mails to send a copy to.
    ///
    /// Field `cc_emails` of `reply_object`. Optional: each item an e-mail address, joined by `,`.
    pub cc_emails: Option<Joined<','>>,
    /// E-mails to send a hidden copy to.
    ///
    /// Field `bcc_emails` of `reply_object`. Optional: each item an e-mail address, joined by `,`.
    pub bcc_emails: Option<Joined<','>>,
    /// E-mail of the agent who answers.
    ///
    /// Field `agent_email` of `reply_object`. Optional: an e-mail address.
    pub agent_email: Option<String>,
    /// Sender; default: the support address.
    ///
    /// Field `from_email` of `reply_object`. Optional: an e-mail address.
    pub from_email: Option<String>,
    /// Also to those copied earlier.
    ///
    /// Field `include_prev_ccs` of `reply_object`. Optional: sent as 1 or 0.
    pub include_prev_ccs: Option<Flag>,
    /// Quotes the earlier messages.
    ///
    /// Field `include_prev_messages` of `reply_object`. Optional: sent as 1 or 0.
    pub include_prev_messages: Option<Flag>,
    /// Each: filename; `content_base64` or `content_text`; `content_type`, size, sha256 if known.
    ///
    /// Form part `file`, or a part `files` for each of several files. Required: at least one file.
    pub files: Vec<File>,
}

impl Endpoint for TicketRepliesCreateWithAttachment {
    const DEF: ToolDef = ToolDef {
        name: "desk_365_ticket_replies_create_with_attachment",
        title: "Reply with files",
        description: "Answer the customer on a ticket, with files; without files use create_a_desk_365_ticket_reply. It goes out at once and cannot be taken back: have its text confirmed first. Sends e-mail to the customer, cc and bcc.",
        method: ToolMethod::Custom,
        tags: &["support"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!(
            "schemas/desk_365_ticket_replies_create_with_attachment.json"
        ),
        arguments: &[
            "ticket_number",
            "body",
            "cc_emails",
            "bcc_emails",
            "agent_email",
            "from_email",
            "include_prev_ccs",
            "include_prev_messages",
            "files",
        ],
        example: r#"{"ticket_number":4112,"body":"<p>The invoice is attached.</p>","files":[{"filename":"invoice.txt","content_base64":"SW52b2ljZSAxMDQy","content_type":"text/plain"}]}"#,
        files: Some("files"),
        http_method: HttpMethod::Post,
        path: "/v3/tickets/add_reply_with_attachment",
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
                    kind: EffectKind::SendsEmail,
                    what: "the customer, cc and bcc",
                    condition: None,
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
        "4112",
        r#""<p>The invoice is attached.</p>""#,
        r#"["li.wei@contoso.example"]"#,
        r#"["ann@example.com"]"#,
        r#""ana@helpdesk.example""#,
        r#""ann@example.com""#,
        "true",
        "true",
        r#"[{"filename":"a.txt","content_text":"hi"}]"#,
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
                &[
                    "agent_email",
                    "from_email",
                    "include_prev_ccs",
                    "include_prev_messages",
                ],
            );
        arguments.drop_if(empty::list, &["cc_emails", "bcc_emails"]);
        let ticket_number = arguments
            .required(
                "ticket_number",
                decode::or_prefixed("#", decode::integer(1, i64::MAX)),
            );
        let body = arguments.required("body", decode::non_empty_string);
        let cc_emails = arguments.optional("cc_emails", decode::joined(decode::email));
        let bcc_emails = arguments.optional("bcc_emails", decode::joined(decode::email));
        let agent_email = arguments.optional("agent_email", decode::email);
        let from_email = arguments.optional("from_email", decode::email);
        let include_prev_ccs = arguments.optional("include_prev_ccs", decode::flag);
        let include_prev_messages = arguments
            .optional("include_prev_messages", decode::flag);
        let files = arguments.required("files", decode::files);
        Some(Self {
            ticket_number: ticket_number?,
            body: body?,
            cc_emails,
            bcc_emails,
            agent_email,
            from_email,
            include_prev_ccs,
            include_prev_messages,
            files: files?,
        })
    }
    fn request(&self) -> Request {
        let layout = MultipartLayout {
            metadata: "reply_object",
            one: "file",
            many: "files",
            url_limit: 4_096,
        };
        let metadata = JsonObject::new()
            .field("body", &self.body)
            .field_opt("cc_emails", self.cc_emails.as_ref())
            .field_opt("bcc_emails", self.bcc_emails.as_ref())
            .field_opt("agent_email", self.agent_email.as_ref())
            .field_opt("from_email", self.from_email.as_ref())
            .field_opt("include_prev_ccs", self.include_prev_ccs.as_ref())
            .field_opt("include_prev_messages", self.include_prev_messages.as_ref());
        Request::new(HttpMethod::Post, "/v3/tickets/add_reply_with_attachment")
            .query("ticket_number", &self.ticket_number)
            .attach(layout, metadata, &self.files)
    }
    const TEACHES: Teaches = Teaches { rows: None, fields: &[] };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add_unless("--", "agent_email", "agent", &self.agent_email)
            .into_values()
    }
}
