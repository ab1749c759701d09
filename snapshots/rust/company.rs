//! Desk365: the tools of `company`.

use tool_runtime::prelude::*;

/// List companies: the tool `list_all_desk_365_companies`.
///
/// Sends `GET /v3/companies`. Declared in `spec/desk365.yaml` as `resources.company.tools.list`.
#[derive(Clone, Debug)]
pub struct ListCompanies {
    /// Rows to skip: `next_offset`.
    ///
    /// Query parameter `offset`. Optional: at least 0.
    pub offset: Option<i64>,
}

impl Endpoint for ListCompanies {
    const DEF: ToolDef = ToolDef {
        name: "list_all_desk_365_companies",
        title: "List companies",
        description: "Companies, sorted by name, 30 a page, with place, SLA and e-mail domains. There is no filter: by exact name use get_single_desk_365_company_by_id.",
        method: ToolMethod::List,
        tags: &["companies"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/list_all_desk_365_companies.json"),
        arguments: &["offset"],
        example: r#"{"offset":0}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/companies",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::List(results::ListForm {
                rows: "content",
                total: Some("count"),
                extent: results::Extent::Page,
                oldest_first: false,
            }),
            fields: &["name", "description", "city", "country", "sla", "domains"],
            optional: &[],
            twins: &[],
            codes: &[],
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
    const EXAMPLES: &'static [&'static str] = &["0"];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["offset"]);
        let offset = arguments.optional("offset", decode::integer(0, i64::MAX));
        Some(Self { offset })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/companies")
            .query_opt("offset", self.offset.as_ref())
    }
    const TEACHES: Teaches = Teaches {
        rows: Some("content"),
        fields: &[("name", "company")],
    };
}

/// Get company: the tool `get_single_desk_365_company_by_id`.
///
/// Sends `GET /v3/companies/details`. Declared in `spec/desk365.yaml` as `resources.company.tools.get`.
#[derive(Clone, Debug)]
pub struct GetCompany {
    /// Company's exact name, e.g. a ticket's `company_name`.
    ///
    /// Query parameter `name`. Required: a name.
    pub name: String,
}

impl Endpoint for GetCompany {
    const DEF: ToolDef = ToolDef {
        name: "get_single_desk_365_company_by_id",
        title: "Get company",
        description: "One company by its exact name: address, phone, SLA, e-mail domains. Its contacts and contracts: their lists with company; its tickets: filters {\"company_name\": [\"name\"]}.",
        method: ToolMethod::Get,
        tags: &["companies"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/get_single_desk_365_company_by_id.json"),
        arguments: &["name"],
        example: r#"{"name":"Northwind Traders"}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/companies/details",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Record,
            fields: &[],
            optional: &[],
            twins: &[],
            codes: &[],
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
        ("company", "name"),
        ("company_name", "name"),
    ];
    const EXAMPLES: &'static [&'static str] = &[r#""Northwind Traders""#];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let name = arguments.required("name", decode::known_name);
        Some(Self { name: name? })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/companies/details").query("name", &self.name)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("name", "company")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new().add("name", "company", &self.name).into_values()
    }
}

/// Create company: the tool `create_a_desk_365_company`.
///
/// Sends `POST /v3/companies/create`. Declared in `spec/desk365.yaml` as
/// `resources.company.tools.create`.
#[derive(Clone, Debug)]
pub struct CreateCompany {
    /// Name that no other company has.
    ///
    /// JSON body field `name`. Required: a name.
    pub name: String,
    /// Remarks about the company.
    ///
    /// JSON body field `description`. Optional. An empty text is sent.
    pub description: Option<String>,
    /// Phone number.
    ///
    /// JSON body field `phone`. Optional. An empty text is sent.
    pub phone: Option<String>,
    /// Street and number.
    ///
    /// JSON body field `address`. Optional. An empty text is sent.
    pub address: Option<String>,
    /// Name of the city.
    ///
    /// JSON body field `city`. Optional. An empty text is sent.
    pub city: Option<String>,
    /// State or province.
    ///
    /// JSON body field `state`. Optional. An empty text is sent.
    pub state: Option<String>,
    /// Name of the country.
    ///
    /// JSON body field `country`. Optional. An empty text is sent.
    pub country: Option<String>,
    /// Postal code.
    ///
    /// JSON body field `zipcode`. Optional. An empty text is sent.
    pub zipcode: Option<String>,
    /// Name of an SLA policy, or "helpdesk default".
    ///
    /// JSON body field `sla`. Optional: a name.
    pub sla: Option<String>,
    /// E-mail domains, e.g. "a.com,b.com".
    ///
    /// JSON body field `domains`. Optional.
    pub domains: Option<String>,
}

impl Endpoint for CreateCompany {
    const DEF: ToolDef = ToolDef {
        name: "create_a_desk_365_company",
        title: "Create company",
        description: "Add a company. Contacts whose e-mail is in one of its domains belong to it, so leave out shared domains such as gmail.com.",
        method: ToolMethod::Create,
        tags: &["companies"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/create_a_desk_365_company.json"),
        arguments: &[
            "name",
            "description",
            "phone",
            "address",
            "city",
            "state",
            "country",
            "zipcode",
            "sla",
            "domains",
        ],
        example: r#"{"name":"Wide World Importers","city":"Portland","country":"USA","domains":"wideworld.example,importers.example"}"#,
        files: None,
        http_method: HttpMethod::Post,
        path: "/v3/companies/create",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["name"],
                answered_as: &[],
            }),
            fields: &[],
            optional: &[],
            twins: &[],
            codes: &[],
            long_texts: &[],
        }),
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const EXAMPLES: &'static [&'static str] = &[
        r#""Wide World Importers""#,
        r#""<p>Since this morning every page is blank.</p>""#,
        r#""text""#,
        r#""text""#,
        r#""Portland""#,
        r#""text""#,
        r#""USA""#,
        r#""text""#,
        r#""helpdesk default""#,
        r#""wideworld.example,importers.example""#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["sla", "domains"]);
        let name = arguments.required("name", decode::name);
        let description = arguments.optional("description", decode::string);
        let phone = arguments.optional("phone", decode::string);
        let address = arguments.optional("address", decode::string);
        let city = arguments.optional("city", decode::string);
        let state = arguments.optional("state", decode::string);
        let country = arguments.optional("country", decode::string);
        let zipcode = arguments.optional("zipcode", decode::string);
        let sla = arguments.optional("sla", decode::name);
        let domains = arguments.optional("domains", decode::non_empty_string);
        Some(Self {
            name: name?,
            description,
            phone,
            address,
            city,
            state,
            country,
            zipcode,
            sla,
            domains,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field("name", &self.name)
            .field_opt("description", self.description.as_ref())
            .field_opt("phone", self.phone.as_ref())
            .field_opt("address", self.address.as_ref())
            .field_opt("city", self.city.as_ref())
            .field_opt("state", self.state.as_ref())
            .field_opt("country", self.country.as_ref())
            .field_opt("zipcode", self.zipcode.as_ref())
            .field_opt("sla", self.sla.as_ref())
            .field_opt("domains", self.domains.as_ref());
        Request::new(HttpMethod::Post, "/v3/companies/create").json(body)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("name", "company")],
    };
}

/// Create company with files: the tool `desk_365_companies_create_with_attachment`.
///
/// Sends `POST /v3/companies/create_with_attachment`. Declared in `spec/desk365.yaml` as
/// `resources.company.tools.create_with_attachment`.
///
/// Inferred: Follows the pattern of `tickets/create_with_attachment`, with `company_object` as its
/// metadata.
#[derive(Clone, Debug)]
pub struct CompaniesCreateWithAttachment {
    /// Name that no other company has.
    ///
    /// Field `name` of `company_object`. Required: a name.
    pub name: String,
    /// Remarks about the company.
    ///
    /// Field `description` of `company_object`. Optional. An empty text is sent.
    pub description: Option<String>,
    /// Phone number.
    ///
    /// Field `phone` of `company_object`. Optional. An empty text is sent.
    pub phone: Option<String>,
    /// Street and number.
    ///
    /// Field `address` of `company_object`. Optional. An empty text is sent.
    pub address: Option<String>,
    /// Name of the city.
    ///
    /// Field `city` of `company_object`. Optional. An empty text is sent.
    pub city: Option<String>,
    /// State or province.
    ///
    /// Field `state` of `company_object`. Optional. An empty text is sent.
    pub state: Option<String>,
    /// Name of the country.
    ///
    /// Field `country` of `company_object`. Optional. An empty text is sent.
    pub country: Option<String>,
    /// Postal code.
    ///
    /// Field `zipcode` of `company_object`. Optional. An empty text is sent.
    pub zipcode: Option<String>,
    /// Name of an SLA policy, or "helpdesk default".
    ///
    /// Field `sla` of `company_object`. Optional: a name.
    pub sla: Option<String>,
    /// E-mail domains, e.g. "a.com,b.com".
    ///
    /// Field `domains` of `company_object`. Optional.
    pub domains: Option<String>,
    /// Each: filename; `content_base64` or `content_text`; `content_type`, size, sha256 if known.
    ///
    /// Form part `file`, or a part `files` for each of several files. Required: at least one file.
    pub files: Vec<File>,
}

impl Endpoint for CompaniesCreateWithAttachment {
    const DEF: ToolDef = ToolDef {
        name: "desk_365_companies_create_with_attachment",
        title: "Create company with files",
        description: "Add a company with files attached. Without files, or when this fails with 404, use create_a_desk_365_company. Inferred: not in the published API document.",
        method: ToolMethod::Custom,
        tags: &["companies"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!(
            "schemas/desk_365_companies_create_with_attachment.json"
        ),
        arguments: &[
            "name",
            "description",
            "phone",
            "address",
            "city",
            "state",
            "country",
            "zipcode",
            "sla",
            "domains",
            "files",
        ],
        example: r#"{"name":"Proseware","domains":"proseware.example","files":[{"filename":"terms.txt","content_base64":"U3VwcG9ydCB0ZXJtcw==","content_type":"text/plain"}]}"#,
        files: Some("files"),
        http_method: HttpMethod::Post,
        path: "/v3/companies/create_with_attachment",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["name"],
                answered_as: &[],
            }),
            fields: &[],
            optional: &[],
            twins: &[],
            codes: &[],
            long_texts: &[],
        }),
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const EXAMPLES: &'static [&'static str] = &[
        r#""Proseware""#,
        r#""<p>Since this morning every page is blank.</p>""#,
        r#""text""#,
        r#""text""#,
        r#""Portland""#,
        r#""text""#,
        r#""USA""#,
        r#""text""#,
        r#""helpdesk default""#,
        r#""proseware.example""#,
        r#"[{"filename":"a.txt","content_text":"hi"}]"#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["sla", "domains"]);
        let name = arguments.required("name", decode::name);
        let description = arguments.optional("description", decode::string);
        let phone = arguments.optional("phone", decode::string);
        let address = arguments.optional("address", decode::string);
        let city = arguments.optional("city", decode::string);
        let state = arguments.optional("state", decode::string);
        let country = arguments.optional("country", decode::string);
        let zipcode = arguments.optional("zipcode", decode::string);
        let sla = arguments.optional("sla", decode::name);
        let domains = arguments.optional("domains", decode::non_empty_string);
        let files = arguments.required("files", decode::files);
        Some(Self {
            name: name?,
            description,
            phone,
            address,
            city,
            state,
            country,
            zipcode,
            sla,
            domains,
            files: files?,
        })
    }
    fn request(&self) -> Request {
        let layout = MultipartLayout {
            metadata: "company_object",
            one: "file",
            many: "files",
            url_limit: 4_096,
        };
        let metadata = JsonObject::new()
            .field("name", &self.name)
            .field_opt("description", self.description.as_ref())
            .field_opt("phone", self.phone.as_ref())
            .field_opt("address", self.address.as_ref())
            .field_opt("city", self.city.as_ref())
            .field_opt("state", self.state.as_ref())
            .field_opt("country", self.country.as_ref())
            .field_opt("zipcode", self.zipcode.as_ref())
            .field_opt("sla", self.sla.as_ref())
            .field_opt("domains", self.domains.as_ref());
        Request::new(HttpMethod::Post, "/v3/companies/create_with_attachment")
            .attach(layout, metadata, &self.files)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("name", "company")],
    };
}

/// Update company: the tool `update_a_desk_365_company_by_id`.
///
/// Sends `PUT /v3/companies/update`. Declared in `spec/desk365.yaml` as
/// `resources.company.tools.update`.
///
/// At least one of `name`, `description`, `phone`, `address`, `city`, `state`, `country`, `zipcode`,
/// `sla` and `domains` is required.
#[derive(Clone, Debug)]
pub struct UpdateCompany {
    /// Company's exact present name.
    ///
    /// Query parameter `company_name`. Required: a name.
    pub company_name: String,
    /// New name of the company.
    ///
    /// JSON body field `name`. Optional: a name.
    pub name: Option<String>,
    /// Remarks about the company.
    ///
    /// JSON body field `description`. Optional. An empty text is sent.
    pub description: Option<String>,
    /// Phone number.
    ///
    /// JSON body field `phone`. Optional. An empty text is sent.
    pub phone: Option<String>,
    /// Street and number.
    ///
    /// JSON body field `address`. Optional. An empty text is sent.
    pub address: Option<String>,
    /// Name of the city.
    ///
    /// JSON body field `city`. Optional. An empty text is sent.
    pub city: Option<String>,
    /// State or province.
    ///
    /// JSON body field `state`. Optional. An empty text is sent.
    pub state: Option<String>,
    /// Name of the country.
    ///
    /// JSON body field `country`. Optional. An empty text is sent.
    pub country: Option<String>,
    /// Postal code.
    ///
    /// JSON body field `zipcode`. Optional. An empty text is sent.
    pub zipcode: Option<String>,
    /// Name of an SLA policy, or "helpdesk default".
    ///
    /// JSON body field `sla`. Optional: a name.
    pub sla: Option<String>,
    /// E-mail domains, old ones too: "a.com,b.com".
    ///
    /// JSON body field `domains`. Optional: not empty.
    pub domains: Option<String>,
}

impl Endpoint for UpdateCompany {
    const DEF: ToolDef = ToolDef {
        name: "update_a_desk_365_company_by_id",
        title: "Update company",
        description: "Change a company; omitted fields keep their value. company_name is its present name, name the new one.",
        method: ToolMethod::Update,
        tags: &["companies"],
        hints: Hints {
            read_only: false,
            destructive: true,
            idempotent: true,
        },
        input_schema: generated!("schemas/update_a_desk_365_company_by_id.json"),
        arguments: &[
            "company_name",
            "name",
            "description",
            "phone",
            "address",
            "city",
            "state",
            "country",
            "zipcode",
            "sla",
            "domains",
        ],
        example: r#"{"company_name":"Adventure Works","city":"Bothell","sla":"helpdesk default"}"#,
        files: None,
        http_method: HttpMethod::Put,
        path: "/v3/companies/update",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["name"],
                answered_as: &[],
            }),
            fields: &[],
            optional: &[],
            twins: &[],
            codes: &[],
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
        ("company", "company_name"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""Adventure Works""#,
        r#""Northwind Traders""#,
        r#""<p>Since this morning every page is blank.</p>""#,
        r#""text""#,
        r#""text""#,
        r#""Bothell""#,
        r#""text""#,
        r#""USA""#,
        r#""text""#,
        r#""helpdesk default""#,
        r#""wideworld.example,importers.example""#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["sla"]);
        arguments
            .at_least_one(
                &[
                    "name",
                    "description",
                    "phone",
                    "address",
                    "city",
                    "state",
                    "country",
                    "zipcode",
                    "sla",
                    "domains",
                ],
            );
        let company_name = arguments.required("company_name", decode::known_name);
        let name = arguments.optional("name", decode::name);
        let description = arguments.optional("description", decode::string);
        let phone = arguments.optional("phone", decode::string);
        let address = arguments.optional("address", decode::string);
        let city = arguments.optional("city", decode::string);
        let state = arguments.optional("state", decode::string);
        let country = arguments.optional("country", decode::string);
        let zipcode = arguments.optional("zipcode", decode::string);
        let sla = arguments.optional("sla", decode::name);
        let domains = arguments.optional("domains", decode::non_empty_string);
        Some(Self {
            company_name: company_name?,
            name,
            description,
            phone,
            address,
            city,
            state,
            country,
            zipcode,
            sla,
            domains,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field_opt("name", self.name.as_ref())
            .field_opt("description", self.description.as_ref())
            .field_opt("phone", self.phone.as_ref())
            .field_opt("address", self.address.as_ref())
            .field_opt("city", self.city.as_ref())
            .field_opt("state", self.state.as_ref())
            .field_opt("country", self.country.as_ref())
            .field_opt("zipcode", self.zipcode.as_ref())
            .field_opt("sla", self.sla.as_ref())
            .field_opt("domains", self.domains.as_ref());
        Request::new(HttpMethod::Put, "/v3/companies/update")
            .query("company_name", &self.company_name)
            .json(body)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("name", "company")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add("company_name", "company", &self.company_name)
            .into_values()
    }
}
