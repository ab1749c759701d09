//! Desk365: the tools of `contact`.

use tool_runtime::prelude::*;

use super::types;

/// Fields whose values are codes, with the labels that results show instead.
const CODES: &[results::CodedField] = &[
    results::CodedField {
        field: "is_deleted",
        labels: &[("0", results::Label::Flag(false)), ("1", results::Label::Flag(true))],
    },
];

/// List contacts: the tool `list_all_desk_365_contacts`.
///
/// Sends `GET /v3/contacts`. Declared in `spec/desk365.yaml` as `resources.contact.tools.list`.
#[derive(Clone, Debug)]
pub struct ListContacts {
    /// Only of this company; exact name.
    ///
    /// Query parameter `company`. Optional: a name.
    pub company: Option<String>,
    /// Sort key; default name.
    ///
    /// Query parameter `order_by`. Optional: one of `name` (1), `title` (2), `company` (3), `email` (4).
    pub order_by: Option<types::ContactOrder>,
    /// Direction; default asc.
    ///
    /// Query parameter `order_type`. Optional: one of `asc`, `desc`.
    pub order_type: Option<types::OrderType>,
    /// Rows to skip: `next_offset`.
    ///
    /// Query parameter `offset`. Optional: at least 0.
    pub offset: Option<i64>,
    /// Adds `custom_fields` to the rows.
    ///
    /// Query parameter `include_custom_fields`. Optional: sent as 1 or 0.
    pub include_custom_fields: Option<Flag>,
}

impl Endpoint for ListContacts {
    const DEF: ToolDef = ToolDef {
        name: "list_all_desk_365_contacts",
        title: "List contacts",
        description: "Contacts (the people who write tickets), sorted by name, 30 a page; also those of one company. A row's email is the contact's primary e-mail. Names cannot be searched for; by e-mail use get_single_desk_365_contact_by_id.",
        method: ToolMethod::List,
        tags: &["contacts"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/list_all_desk_365_contacts.json"),
        arguments: &[
            "company",
            "order_by",
            "order_type",
            "offset",
            "include_custom_fields",
        ],
        example: r#"{"company":"Northwind Traders","order_by":"email"}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/contacts",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::List(results::ListForm {
                rows: "content",
                total: Some("count"),
                extent: results::Extent::Page,
                oldest_first: false,
            }),
            fields: &["name", "email", "company_name", "title", "phone", "mobile"],
            optional: &["custom_fields"],
            twins: &[],
            codes: CODES,
            long_texts: &[],
        }),
        compact_note: None,
        paging: Some(Paging {
            offset: "offset",
            size: None,
            rows: 30,
        }),
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("company_name", "company"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""Northwind Traders""#,
        r#""email""#,
        r#""asc""#,
        "0",
        "true",
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &["company", "order_by", "order_type", "offset", "include_custom_fields"],
            );
        let company = arguments.optional("company", decode::known_name);
        let order_by = arguments
            .optional("order_by", decode::choice::<types::ContactOrder>);
        let order_type = arguments
            .optional("order_type", decode::choice::<types::OrderType>);
        let offset = arguments.optional("offset", decode::integer(0, i64::MAX));
        let include_custom_fields = arguments
            .optional("include_custom_fields", decode::flag);
        Some(Self {
            company,
            order_by,
            order_type,
            offset,
            include_custom_fields,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/contacts")
            .query_opt("company", self.company.as_ref())
            .query_opt("order_by", self.order_by.as_ref())
            .query_opt("order_type", self.order_type.as_ref())
            .query_opt("offset", self.offset.as_ref())
            .query_opt("include_custom_fields", self.include_custom_fields.as_ref())
    }
    const TEACHES: Teaches = Teaches {
        rows: Some("content"),
        fields: &[("company_name", "company")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new().add("company", "company", &self.company).into_values()
    }
}

/// Summarize contacts: the tool `desk_365_contacts_summarize`, which reads the pages of `ListContacts`.
pub static SUMMARIZE: ToolDef = ToolDef {
    name: "desk_365_contacts_summarize",
    title: "Summarize contacts",
    description: "Contacts per company. Counts rows in groups. Arguments as in list_all_desk_365_contacts.",
    method: ToolMethod::Custom,
    input_schema: generated!("schemas/desk_365_contacts_summarize.json"),
    arguments: &[
        "company",
        "order_by",
        "order_type",
        "include_custom_fields",
        "by",
        "max_calls",
    ],
    example: r#"{"company":"Northwind Traders","order_by":"email","by":["company_name"]}"#,
    view: None,
    paging: None,
    resource: None,
    ..ListContacts::DEF
};

/// The fields that `SUMMARIZE` can group by and measure.
pub static SUMMARY: results::summary::SummaryDef = results::summary::SummaryDef {
    id: &["email"],
    unset: &["--"],
    page: results::summary::PageQuery {
        offset: "offset",
        size: None,
    },
    by: &["company_name", "title", "is_deleted"],
    times: &["created_on"],
    measures: &[],
};

/// Get contact: the tool `get_single_desk_365_contact_by_id`.
///
/// Sends `GET /v3/contacts/details`. Declared in `spec/desk365.yaml` as `resources.contact.tools.get`.
///
/// Exactly one of `primary_email` and `secondary_email` is required.
#[derive(Clone, Debug)]
pub struct GetContact {
    /// Contact's primary e-mail.
    ///
    /// Query parameter `primary_email`. Optional: an e-mail address.
    pub primary_email: Option<String>,
    /// Or a secondary e-mail of the contact.
    ///
    /// Query parameter `secondary_email`. Optional: an e-mail address.
    pub secondary_email: Option<String>,
}

impl Endpoint for GetContact {
    const DEF: ToolDef = ToolDef {
        name: "get_single_desk_365_contact_by_id",
        title: "Get contact",
        description: "One contact by primary or secondary e-mail; give exactly one of them. After a 404 the address may still be of the other kind. Their tickets: list_all_desk_365_tickets with filters {\"contact\": [\"primary e-mail\"]}.",
        method: ToolMethod::Get,
        tags: &["contacts"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/get_single_desk_365_contact_by_id.json"),
        arguments: &["primary_email", "secondary_email"],
        example: r#"{"primary_email":"maria.lopez@northwind.example"}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/contacts/details",
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
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("email", "primary_email"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""maria.lopez@northwind.example""#,
        r#""ann@example.com""#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["primary_email", "secondary_email"]);
        arguments.exactly_one(&["primary_email", "secondary_email"]);
        let primary_email = arguments.optional("primary_email", decode::email);
        let secondary_email = arguments.optional("secondary_email", decode::email);
        Some(Self {
            primary_email,
            secondary_email,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/contacts/details")
            .query_opt("primary_email", self.primary_email.as_ref())
            .query_opt("secondary_email", self.secondary_email.as_ref())
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("company_name", "company")],
    };
}

/// Create contact: the tool `create_a_desk_365_contact`.
///
/// Sends `POST /v3/contacts/create`. Declared in `spec/desk365.yaml` as
/// `resources.contact.tools.create`.
#[derive(Clone, Debug)]
pub struct CreateContact {
    /// Contact's primary e-mail; no other contact has it.
    ///
    /// JSON body field `primary_email`. Required: an e-mail address.
    pub primary_email: String,
    /// Full name, e.g. Joe Park.
    ///
    /// JSON body field `name`. Optional: a name.
    pub name: Option<String>,
    /// Further e-mails of the contact.
    ///
    /// JSON body field `secondary_emails`. Optional: each item an e-mail address, joined by `,`.
    pub secondary_emails: Option<Joined<','>>,
    /// Job title, e.g. Manager.
    ///
    /// JSON body field `title`. Optional: not empty.
    pub title: Option<String>,
    /// Mobile number, e.g. +1 503 555 0100.
    ///
    /// JSON body field `mobile`. Optional. An empty text is sent.
    pub mobile: Option<String>,
    /// Landline number.
    ///
    /// JSON body field `phone`. Optional. An empty text is sent.
    pub phone: Option<String>,
    /// Company's exact name.
    ///
    /// JSON body field `company_name`. Optional: a name.
    pub company_name: Option<String>,
}

impl Endpoint for CreateContact {
    const DEF: ToolDef = ToolDef {
        name: "create_a_desk_365_contact",
        title: "Create contact",
        description: "Add a contact, a person who may write tickets. The e-mails cannot be changed afterwards. A contact whose e-mail is in a company's domains belongs to it without company_name. To open a ticket for someone, use create_a_desk_365_ticket.",
        method: ToolMethod::Create,
        tags: &["contacts"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/create_a_desk_365_contact.json"),
        arguments: &[
            "primary_email",
            "name",
            "secondary_emails",
            "title",
            "mobile",
            "phone",
            "company_name",
        ],
        example: r#"{"primary_email":"joe.park@fabrikam.example","name":"Joe Park","title":"Manager","company_name":"Fabrikam"}"#,
        files: None,
        http_method: HttpMethod::Post,
        path: "/v3/contacts/create",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["primary_email"],
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
        ("email", "primary_email"),
        ("company", "company_name"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""joe.park@fabrikam.example""#,
        r#""Joe Park""#,
        r#"["ann@example.com"]"#,
        r#""Manager""#,
        r#""text""#,
        r#""text""#,
        r#""Fabrikam""#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["company_name"]);
        arguments.drop_if(empty::list, &["secondary_emails"]);
        let primary_email = arguments.required("primary_email", decode::email);
        let name = arguments.optional("name", decode::name);
        let secondary_emails = arguments
            .optional("secondary_emails", decode::joined(decode::email));
        let title = arguments.optional("title", decode::non_empty_string);
        let mobile = arguments.optional("mobile", decode::string);
        let phone = arguments.optional("phone", decode::string);
        let company_name = arguments.optional("company_name", decode::name);
        Some(Self {
            primary_email: primary_email?,
            name,
            secondary_emails,
            title,
            mobile,
            phone,
            company_name,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field("primary_email", &self.primary_email)
            .field_opt("name", self.name.as_ref())
            .field_opt("secondary_emails", self.secondary_emails.as_ref())
            .field_opt("title", self.title.as_ref())
            .field_opt("mobile", self.mobile.as_ref())
            .field_opt("phone", self.phone.as_ref())
            .field_opt("company_name", self.company_name.as_ref());
        Request::new(HttpMethod::Post, "/v3/contacts/create").json(body)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("company_name", "company")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add("company_name", "company", &self.company_name)
            .into_values()
    }
}

/// Create contact with files: the tool `desk_365_contacts_create_with_attachment`.
///
/// Sends `POST /v3/contacts/create_with_attachment`. Declared in `spec/desk365.yaml` as
/// `resources.contact.tools.create_with_attachment`.
///
/// Inferred: Follows the pattern of `tickets/create_with_attachment`, with `contact_object` as its
/// metadata.
#[derive(Clone, Debug)]
pub struct ContactsCreateWithAttachment {
    /// Contact's primary e-mail; no other contact has it.
    ///
    /// Field `primary_email` of `contact_object`. Required: an e-mail address.
    pub primary_email: String,
    /// Full name, e.g. Joe Park.
    ///
    /// Field `name` of `contact_object`. Optional: a name.
    pub name: Option<String>,
    /// Further e-mails of the contact.
    ///
    /// Field `secondary_emails` of `contact_object`. Optional: each item an e-mail address, joined by `,`.
    pub secondary_emails: Option<Joined<','>>,
    /// Job title, e.g. Manager.
    ///
    /// Field `title` of `contact_object`. Optional: not empty.
    pub title: Option<String>,
    /// Mobile number, e.g. +1 503 555 0100.
    ///
    /// Field `mobile` of `contact_object`. Optional. An empty text is sent.
    pub mobile: Option<String>,
    /// Landline number.
    ///
    /// Field `phone` of `contact_object`. Optional. An empty text is sent.
    pub phone: Option<String>,
    /// Company's exact name.
    ///
    /// Field `company_name` of `contact_object`. Optional: a name.
    pub company_name: Option<String>,
    /// Each: filename; `content_base64` or `content_text`; `content_type`, size, sha256 if known.
    ///
    /// Form part `file`, or a part `files` for each of several files. Required: at least one file.
    pub files: Vec<File>,
}

impl Endpoint for ContactsCreateWithAttachment {
    const DEF: ToolDef = ToolDef {
        name: "desk_365_contacts_create_with_attachment",
        title: "Create contact with files",
        description: "Add a contact with files attached. Without files, or when this fails with 404, use create_a_desk_365_contact. Inferred: not in the published API document.",
        method: ToolMethod::Custom,
        tags: &["contacts"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!(
            "schemas/desk_365_contacts_create_with_attachment.json"
        ),
        arguments: &[
            "primary_email",
            "name",
            "secondary_emails",
            "title",
            "mobile",
            "phone",
            "company_name",
            "files",
        ],
        example: r#"{"primary_email":"nina.roth@litware.example","name":"Nina Roth","files":[{"filename":"card.txt","content_base64":"TmluYSBSb3RoLCBMaXR3YXJl","content_type":"text/plain"}]}"#,
        files: Some("files"),
        http_method: HttpMethod::Post,
        path: "/v3/contacts/create_with_attachment",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["primary_email"],
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
        ("email", "primary_email"),
        ("company", "company_name"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""nina.roth@litware.example""#,
        r#""Nina Roth""#,
        r#"["ann@example.com"]"#,
        r#""Manager""#,
        r#""text""#,
        r#""text""#,
        r#""Fabrikam""#,
        r#"[{"filename":"a.txt","content_text":"hi"}]"#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["company_name"]);
        arguments.drop_if(empty::list, &["secondary_emails"]);
        let primary_email = arguments.required("primary_email", decode::email);
        let name = arguments.optional("name", decode::name);
        let secondary_emails = arguments
            .optional("secondary_emails", decode::joined(decode::email));
        let title = arguments.optional("title", decode::non_empty_string);
        let mobile = arguments.optional("mobile", decode::string);
        let phone = arguments.optional("phone", decode::string);
        let company_name = arguments.optional("company_name", decode::name);
        let files = arguments.required("files", decode::files);
        Some(Self {
            primary_email: primary_email?,
            name,
            secondary_emails,
            title,
            mobile,
            phone,
            company_name,
            files: files?,
        })
    }
    fn request(&self) -> Request {
        let layout = MultipartLayout {
            metadata: "contact_object",
            one: "file",
            many: "files",
            url_limit: 4_096,
        };
        let metadata = JsonObject::new()
            .field("primary_email", &self.primary_email)
            .field_opt("name", self.name.as_ref())
            .field_opt("secondary_emails", self.secondary_emails.as_ref())
            .field_opt("title", self.title.as_ref())
            .field_opt("mobile", self.mobile.as_ref())
            .field_opt("phone", self.phone.as_ref())
            .field_opt("company_name", self.company_name.as_ref());
        Request::new(HttpMethod::Post, "/v3/contacts/create_with_attachment")
            .attach(layout, metadata, &self.files)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("company_name", "company")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add("company_name", "company", &self.company_name)
            .into_values()
    }
}

/// Update contact: the tool `update_a_desk_365_contact_by_id`.
///
/// Sends `PUT /v3/contacts/update`. Declared in `spec/desk365.yaml` as
/// `resources.contact.tools.update`.
///
/// At least one of `name`, `title`, `mobile`, `phone` and `company_name` is required.
#[derive(Clone, Debug)]
pub struct UpdateContact {
    /// Contact's primary e-mail.
    ///
    /// Query parameter `primary_email`. Required: an e-mail address.
    pub primary_email: String,
    /// Full name, e.g. Joe Park.
    ///
    /// JSON body field `name`. Optional: a name.
    pub name: Option<String>,
    /// Job title, e.g. Manager.
    ///
    /// JSON body field `title`. Optional: not empty.
    pub title: Option<String>,
    /// Mobile number, e.g. +1 503 555 0100.
    ///
    /// JSON body field `mobile`. Optional. An empty text is sent.
    pub mobile: Option<String>,
    /// Landline number.
    ///
    /// JSON body field `phone`. Optional. An empty text is sent.
    pub phone: Option<String>,
    /// Exact name of the company to move to.
    ///
    /// JSON body field `company_name`. Optional: a name.
    pub company_name: Option<String>,
}

impl Endpoint for UpdateContact {
    const DEF: ToolDef = ToolDef {
        name: "update_a_desk_365_contact_by_id",
        title: "Update contact",
        description: "Change a contact's name, title, numbers or company; omitted fields keep their value. The e-mails cannot be changed.",
        method: ToolMethod::Update,
        tags: &["contacts"],
        hints: Hints {
            read_only: false,
            destructive: true,
            idempotent: true,
        },
        input_schema: generated!("schemas/update_a_desk_365_contact_by_id.json"),
        arguments: &[
            "primary_email",
            "name",
            "title",
            "mobile",
            "phone",
            "company_name",
        ],
        example: r#"{"primary_email":"li.wei@contoso.example","title":"Head of operations"}"#,
        files: None,
        http_method: HttpMethod::Put,
        path: "/v3/contacts/update",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["primary_email"],
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
        ("email", "primary_email"),
        ("company", "company_name"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""li.wei@contoso.example""#,
        r#""Joe Park""#,
        r#""Head of operations""#,
        r#""text""#,
        r#""text""#,
        r#""Fabrikam""#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["company_name"]);
        arguments.at_least_one(&["name", "title", "mobile", "phone", "company_name"]);
        let primary_email = arguments.required("primary_email", decode::email);
        let name = arguments.optional("name", decode::name);
        let title = arguments.optional("title", decode::non_empty_string);
        let mobile = arguments.optional("mobile", decode::string);
        let phone = arguments.optional("phone", decode::string);
        let company_name = arguments.optional("company_name", decode::name);
        Some(Self {
            primary_email: primary_email?,
            name,
            title,
            mobile,
            phone,
            company_name,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field_opt("name", self.name.as_ref())
            .field_opt("title", self.title.as_ref())
            .field_opt("mobile", self.mobile.as_ref())
            .field_opt("phone", self.phone.as_ref())
            .field_opt("company_name", self.company_name.as_ref());
        Request::new(HttpMethod::Put, "/v3/contacts/update")
            .query("primary_email", &self.primary_email)
            .json(body)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("company_name", "company")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add("company_name", "company", &self.company_name)
            .into_values()
    }
}
