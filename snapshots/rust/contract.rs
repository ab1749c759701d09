//! Desk365: the tools of `contract`.

use tool_runtime::prelude::*;

use super::types;

/// Fields whose values are codes, with the labels that results show instead.
const CODES: &[results::CodedField] = &[
    results::CodedField {
        field: "bill_cycle",
        labels: &[
            ("1", results::Label::Text("monthly")),
            ("2", results::Label::Text("contract_length")),
        ],
    },
    results::CodedField {
        field: "contract_type",
        labels: &[
            ("2", results::Label::Text("block_hours")),
            ("3", results::Label::Text("block_tickets")),
        ],
    },
    results::CodedField {
        field: "rollover_type",
        labels: &[("1", results::Label::Text("monthly"))],
    },
    results::CodedField {
        field: "block_hours.rollover_type",
        labels: &[("1", results::Label::Text("monthly"))],
    },
    results::CodedField {
        field: "rollover_unused_hours",
        labels: &[("0", results::Label::Flag(false)), ("1", results::Label::Flag(true))],
    },
];

/// List contracts: the tool `list_all_desk_365_contracts`.
///
/// Sends `GET /v3/contracts`. Declared in `spec/desk365.yaml` as `resources.contract.tools.list`.
#[derive(Clone, Debug)]
pub struct ListContracts {
    /// Only of this company; exact name.
    ///
    /// Query parameter `company`. Optional: a name.
    pub company: Option<String>,
    /// Only of this category; exact name.
    ///
    /// Query parameter `contract_category`. Optional: a name.
    pub contract_category: Option<String>,
    /// false leaves out inactive ones.
    ///
    /// Query parameter `include_inactive_contracts`. Optional: sent as 1 or 0. The API assumes `true` if it
    /// is omitted.
    pub include_inactive_contracts: Option<Flag>,
    /// false leaves out expired ones.
    ///
    /// Query parameter `include_expired_contracts`. Optional: sent as 1 or 0. The API assumes `true` if it
    /// is omitted.
    pub include_expired_contracts: Option<Flag>,
    /// false leaves out future ones.
    ///
    /// Query parameter `include_upcoming_contracts`. Optional: sent as 1 or 0. The API assumes `true` if it
    /// is omitted.
    pub include_upcoming_contracts: Option<Flag>,
    /// Rows to skip: `next_offset`.
    ///
    /// Query parameter `offset`. Optional: at least 0.
    pub offset: Option<i64>,
}

impl Endpoint for ListContracts {
    const DEF: ToolDef = ToolDef {
        name: "list_all_desk_365_contracts",
        title: "List contracts",
        description: "Contracts (prepaid hours or tickets of companies), sorted by name, 30 a page; expired, inactive and upcoming ones included. Replies with 403 until help@desk365.io opens contracts.",
        method: ToolMethod::List,
        tags: &["contracts"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/list_all_desk_365_contracts.json"),
        arguments: &[
            "company",
            "contract_category",
            "include_inactive_contracts",
            "include_expired_contracts",
            "include_upcoming_contracts",
            "offset",
        ],
        example: r#"{"company":"Northwind Traders","include_expired_contracts":false}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/contracts",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::List(results::ListForm {
                rows: "contracts",
                total: Some("count"),
                extent: results::Extent::Page,
                oldest_first: false,
            }),
            fields: &[
                "name",
                "reference_number",
                "company",
                "category",
                "contract_type",
                "start_date",
                "end_date",
                "is_active",
                "total_available_mins",
                "contract_tickets",
                "contract_used_tickets",
            ],
            optional: &[],
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
        gated: Some("Replies with 403 until help@desk365.io opens contracts."),
        effects: Effects(&[]),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("company_name", "company"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""Northwind Traders""#,
        r#""text""#,
        "true",
        "false",
        "true",
        "0",
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &[
                    "company",
                    "contract_category",
                    "include_inactive_contracts",
                    "include_expired_contracts",
                    "include_upcoming_contracts",
                    "offset",
                ],
            );
        let company = arguments.optional("company", decode::known_name);
        let contract_category = arguments
            .optional("contract_category", decode::known_name);
        let include_inactive_contracts = arguments
            .optional("include_inactive_contracts", decode::flag);
        let include_expired_contracts = arguments
            .optional("include_expired_contracts", decode::flag);
        let include_upcoming_contracts = arguments
            .optional("include_upcoming_contracts", decode::flag);
        let offset = arguments.optional("offset", decode::integer(0, i64::MAX));
        Some(Self {
            company,
            contract_category,
            include_inactive_contracts,
            include_expired_contracts,
            include_upcoming_contracts,
            offset,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/contracts")
            .query_opt("company", self.company.as_ref())
            .query_opt("contract_category", self.contract_category.as_ref())
            .query_opt(
                "include_inactive_contracts",
                self.include_inactive_contracts.as_ref(),
            )
            .query_opt(
                "include_expired_contracts",
                self.include_expired_contracts.as_ref(),
            )
            .query_opt(
                "include_upcoming_contracts",
                self.include_upcoming_contracts.as_ref(),
            )
            .query_opt("offset", self.offset.as_ref())
    }
    const TEACHES: Teaches = Teaches {
        rows: Some("contracts"),
        fields: &[("company", "company")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new().add("company", "company", &self.company).into_values()
    }
}

/// Summarize contracts: the tool `desk_365_contracts_summarize`, which reads the pages of
/// `ListContracts`.
pub static SUMMARIZE: ToolDef = ToolDef {
    name: "desk_365_contracts_summarize",
    title: "Summarize contracts",
    description: "Contracts per company, type or month of their end. Counts rows in groups. Arguments as in list_all_desk_365_contracts. Replies with 403 until help@desk365.io opens contracts.",
    method: ToolMethod::Custom,
    input_schema: generated!("schemas/desk_365_contracts_summarize.json"),
    arguments: &[
        "company",
        "contract_category",
        "include_inactive_contracts",
        "include_expired_contracts",
        "include_upcoming_contracts",
        "by",
        "measure",
        "max_calls",
    ],
    example: r#"{"company":"Northwind Traders","include_expired_contracts":false,"by":["company"]}"#,
    view: None,
    paging: None,
    resource: None,
    ..ListContracts::DEF
};

/// The fields that `SUMMARIZE` can group by and measure.
pub static SUMMARY: results::summary::SummaryDef = results::summary::SummaryDef {
    id: &["reference_number"],
    unset: &["--"],
    page: results::summary::PageQuery {
        offset: "offset",
        size: None,
    },
    by: &["company", "contract_type", "category", "is_active"],
    times: &["start_date", "end_date"],
    measures: &["contract_used_mins", "total_available_mins"],
};

/// Get contract: the tool `get_single_desk_365_contract_by_id`.
///
/// Sends `GET /v3/contracts/details`. Declared in `spec/desk365.yaml` as
/// `resources.contract.tools.get`.
///
/// Exactly one of `reference_number` and `contract_name` is required.
#[derive(Clone, Debug)]
pub struct GetContract {
    /// Contract's own number, e.g. NW-2026.
    ///
    /// Query parameter `reference_number`. Optional: a name.
    pub reference_number: Option<String>,
    /// Or its exact name, if no other has it.
    ///
    /// Query parameter `contract_name`. Optional: a name.
    pub contract_name: Option<String>,
}

impl Endpoint for GetContract {
    const DEF: ToolDef = ToolDef {
        name: "get_single_desk_365_contract_by_id",
        title: "Get contract",
        description: "One contract by reference number or by name; give one of them. With its terms, the minutes used and available (contract_used_mins, total_available_mins, extra_used_mins), and its use by month. Replies with 403 until help@desk365.io opens contracts.",
        method: ToolMethod::Get,
        tags: &["contracts"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/get_single_desk_365_contract_by_id.json"),
        arguments: &["reference_number", "contract_name"],
        example: r#"{"reference_number":"NW-2026"}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/contracts/details",
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
        gated: Some("Replies with 403 until help@desk365.io opens contracts."),
        effects: Effects(&[]),
    };
    const EXAMPLES: &'static [&'static str] = &[r#""NW-2026""#, r#""text""#];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["reference_number", "contract_name"]);
        arguments.exactly_one(&["reference_number", "contract_name"]);
        let reference_number = arguments
            .optional("reference_number", decode::known_name);
        let contract_name = arguments.optional("contract_name", decode::known_name);
        Some(Self {
            reference_number,
            contract_name,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/contracts/details")
            .query_opt("reference_number", self.reference_number.as_ref())
            .query_opt("contract_name", self.contract_name.as_ref())
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("company", "company")],
    };
}

/// Create contract: the tool `create_a_desk_365_contract`.
///
/// Sends `POST /v3/contracts/create`. Declared in `spec/desk365.yaml` as
/// `resources.contract.tools.create`.
///
/// `contract_type` selects which of `block_hours` and `block_tickets` is required.
#[derive(Clone, Debug)]
pub struct CreateContract {
    /// Name of the contract.
    ///
    /// JSON body field `name`. Required: a name.
    pub name: String,
    /// Company's exact name.
    ///
    /// JSON body field `company`. Required: a name.
    pub company: String,
    /// First day: yyyy-mm-dd.
    ///
    /// JSON body field `start_date`. Required: `yyyy-mm-dd`.
    pub start_date: Date,
    /// Last day: yyyy-mm-dd.
    ///
    /// JSON body field `end_date`. Required: `yyyy-mm-dd`.
    pub end_date: Date,
    /// What is prepaid: hours or tickets.
    ///
    /// JSON body field `contract_type`. Required: one of `block_hours` (2), `block_tickets` (3).
    pub contract_type: types::ContractType,
    /// `{"contract_hours"`: 120}; optional: `min_increment`, `rollover_unused_hours` (boolean),
    /// `rollover_type` (monthly), `rollover_value`.
    ///
    /// JSON body field `block_hours`. Optional.
    pub block_hours: Option<types::BlockHours>,
    /// `{"contract_tickets"`: 50}.
    ///
    /// JSON body field `block_tickets`. Optional.
    pub block_tickets: Option<types::BlockTickets>,
    /// Own number, e.g. NW-2026.
    ///
    /// JSON body field `reference_number`. Optional: a name.
    pub reference_number: Option<String>,
    /// Name of the category.
    ///
    /// JSON body field `contract_category`. Optional: a name.
    pub contract_category: Option<String>,
    /// Name of an SLA policy.
    ///
    /// JSON body field `sla`. Optional: a name.
    pub sla: Option<String>,
    /// Amount, e.g. 500.
    ///
    /// JSON body field `setup_fees`. Optional.
    pub setup_fees: Option<i64>,
    /// When it is billed.
    ///
    /// JSON body field `bill_cycle`. Optional: one of `monthly` (1), `contract_length` (2).
    pub bill_cycle: Option<types::BillCycle>,
    /// Covers after hours too.
    ///
    /// JSON body field `after_hours_included`. Optional.
    pub after_hours_included: Option<bool>,
    /// Whether it is in force.
    ///
    /// JSON body field `is_active`. Optional.
    pub is_active: Option<bool>,
}

impl Endpoint for CreateContract {
    const DEF: ToolDef = ToolDef {
        name: "create_a_desk_365_contract",
        title: "Create contract",
        description: "Add a contract of a company. contract_type says which of block_hours and block_tickets to give. Replies with 403 until help@desk365.io opens contracts.",
        method: ToolMethod::Create,
        tags: &["contracts"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/create_a_desk_365_contract.json"),
        arguments: &[
            "name",
            "company",
            "start_date",
            "end_date",
            "contract_type",
            "block_hours",
            "block_tickets",
            "reference_number",
            "contract_category",
            "sla",
            "setup_fees",
            "bill_cycle",
            "after_hours_included",
            "is_active",
        ],
        example: r#"{"name":"Contoso support 2027","company":"Contoso","start_date":"2027-01-01","end_date":"2027-12-31","reference_number":"CT-2027","contract_type":"block_hours","block_hours":{"contract_hours":120,"min_increment":15,"rollover_unused_hours":true,"rollover_type":"monthly"}}"#,
        files: None,
        http_method: HttpMethod::Post,
        path: "/v3/contracts/create",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["reference_number", "name"],
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
        gated: Some("Replies with 403 until help@desk365.io opens contracts."),
        effects: Effects(&[]),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("company_name", "company"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""Contoso support 2027""#,
        r#""Contoso""#,
        r#""2027-01-01""#,
        r#""2027-12-31""#,
        r#""block_hours""#,
        r#"{"contract_hours":1}"#,
        r#"{"contract_tickets":1}"#,
        r#""CT-2027""#,
        r#""text""#,
        r#""helpdesk default""#,
        "1",
        r#""monthly""#,
        "true",
        "true",
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &[
                    "reference_number",
                    "contract_category",
                    "sla",
                    "setup_fees",
                    "bill_cycle",
                    "after_hours_included",
                    "is_active",
                ],
            );
        arguments.drop_if(empty::record, &["block_hours", "block_tickets"]);
        let contract_type = arguments
            .required("contract_type", decode::choice::<types::ContractType>);
        arguments
            .chosen(
                "contract_type",
                contract_type.map(Choice::label),
                &["block_hours", "block_tickets"],
            );
        let name = arguments.required("name", decode::name);
        let company = arguments.required("company", decode::name);
        let start_date = arguments.required("start_date", decode::date);
        let end_date = arguments.required("end_date", decode::date);
        let block_hours = arguments
            .optional("block_hours", decode::record::<types::BlockHours>);
        let block_tickets = arguments
            .optional("block_tickets", decode::record::<types::BlockTickets>);
        let reference_number = arguments.optional("reference_number", decode::name);
        let contract_category = arguments.optional("contract_category", decode::name);
        let sla = arguments.optional("sla", decode::name);
        let setup_fees = arguments
            .optional("setup_fees", decode::integer(i64::MIN, i64::MAX));
        let bill_cycle = arguments
            .optional("bill_cycle", decode::choice::<types::BillCycle>);
        let after_hours_included = arguments
            .optional("after_hours_included", decode::boolean);
        let is_active = arguments.optional("is_active", decode::boolean);
        Some(Self {
            name: name?,
            company: company?,
            start_date: start_date?,
            end_date: end_date?,
            contract_type: contract_type?,
            block_hours,
            block_tickets,
            reference_number,
            contract_category,
            sla,
            setup_fees,
            bill_cycle,
            after_hours_included,
            is_active,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field("name", &self.name)
            .field("company", &self.company)
            .field("start_date", &self.start_date)
            .field("end_date", &self.end_date)
            .field("contract_type", &self.contract_type)
            .field_opt("block_hours", self.block_hours.as_ref())
            .field_opt("block_tickets", self.block_tickets.as_ref())
            .field_opt("reference_number", self.reference_number.as_ref())
            .field_opt("contract_category", self.contract_category.as_ref())
            .field_opt("sla", self.sla.as_ref())
            .field_opt("setup_fees", self.setup_fees.as_ref())
            .field_opt("bill_cycle", self.bill_cycle.as_ref())
            .field_opt("after_hours_included", self.after_hours_included.as_ref())
            .field_opt("is_active", self.is_active.as_ref());
        Request::new(HttpMethod::Post, "/v3/contracts/create").json(body)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("company", "company")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new().add("company", "company", &self.company).into_values()
    }
}

/// Update contract: the tool `update_a_desk_365_contract_by_id`.
///
/// Sends `PUT /v3/contracts/update`. Declared in `spec/desk365.yaml` as
/// `resources.contract.tools.update`.
///
/// Exactly one of `reference_number` and `contract_name` is required. At least one of `name`,
/// `new_reference_number`, `setup_fees`, `end_date`, `after_hours_included`, `contract_category` and
/// `block_hours` is required.
#[derive(Clone, Debug)]
pub struct UpdateContract {
    /// Present number, e.g. NW-2026.
    ///
    /// Query parameter `reference_number`. Optional: a name.
    pub reference_number: Option<String>,
    /// Or its exact name, if no other has it.
    ///
    /// Query parameter `contract_name`. Optional: a name.
    pub contract_name: Option<String>,
    /// New name of the contract.
    ///
    /// JSON body field `name`. Optional: a name.
    pub name: Option<String>,
    /// New own number.
    ///
    /// JSON body field `reference_number`. Optional: a name.
    pub new_reference_number: Option<String>,
    /// Amount, e.g. 500.
    ///
    /// JSON body field `setup_fees`. Optional.
    pub setup_fees: Option<i64>,
    /// New last day: yyyy-mm-dd.
    ///
    /// JSON body field `end_date`. Optional: `yyyy-mm-dd`.
    pub end_date: Option<Date>,
    /// Covers after hours too.
    ///
    /// JSON body field `after_hours_included`. Optional.
    pub after_hours_included: Option<bool>,
    /// Name of the category.
    ///
    /// JSON body field `contract_category`. Optional: a name. `"--"` clears it.
    pub contract_category: Option<String>,
    /// Rollover: `rollover_unused_hours` (boolean), `rollover_type` (monthly), `rollover_value`.
    ///
    /// JSON body field `block_hours`. Optional.
    pub block_hours: Option<types::BlockHoursChange>,
}

impl Endpoint for UpdateContract {
    const DEF: ToolDef = ToolDef {
        name: "update_a_desk_365_contract_by_id",
        title: "Update contract",
        description: "Change a contract; omitted fields keep their value. Give reference_number or contract_name, as it is now. Company, start, SLA, billing, type, size and is_active cannot be changed. Replies with 403 until help@desk365.io opens contracts.",
        method: ToolMethod::Update,
        tags: &["contracts"],
        hints: Hints {
            read_only: false,
            destructive: true,
            idempotent: true,
        },
        input_schema: generated!("schemas/update_a_desk_365_contract_by_id.json"),
        arguments: &[
            "reference_number",
            "contract_name",
            "name",
            "new_reference_number",
            "setup_fees",
            "end_date",
            "after_hours_included",
            "contract_category",
            "block_hours",
        ],
        example: r#"{"reference_number":"CT-OPS","end_date":"2027-03-31","block_hours":{"rollover_unused_hours":true}}"#,
        files: None,
        http_method: HttpMethod::Put,
        path: "/v3/contracts/update",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["reference_number", "name"],
                answered_as: &[("new_reference_number", "reference_number")],
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
        gated: Some("Replies with 403 until help@desk365.io opens contracts."),
        effects: Effects(&[]),
    };
    const EXAMPLES: &'static [&'static str] = &[
        r#""CT-OPS""#,
        r#""text""#,
        r#""Contoso support 2027""#,
        r#""text""#,
        "1",
        r#""2027-03-31""#,
        "true",
        r#""text""#,
        r#"{"rollover_unused_hours":true}"#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &[
                    "reference_number",
                    "contract_name",
                    "setup_fees",
                    "end_date",
                    "after_hours_included",
                    "contract_category",
                ],
            );
        arguments.drop_if(empty::record, &["block_hours"]);
        arguments.exactly_one(&["reference_number", "contract_name"]);
        arguments
            .at_least_one(
                &[
                    "name",
                    "new_reference_number",
                    "setup_fees",
                    "end_date",
                    "after_hours_included",
                    "contract_category",
                    "block_hours",
                ],
            );
        let reference_number = arguments
            .optional("reference_number", decode::known_name);
        let contract_name = arguments.optional("contract_name", decode::known_name);
        let name = arguments.optional("name", decode::name);
        let new_reference_number = arguments
            .optional("new_reference_number", decode::name);
        let setup_fees = arguments
            .optional("setup_fees", decode::integer(i64::MIN, i64::MAX));
        let end_date = arguments.optional("end_date", decode::date);
        let after_hours_included = arguments
            .optional("after_hours_included", decode::boolean);
        let contract_category = arguments
            .optional("contract_category", decode::or_cleared("--", decode::name));
        let block_hours = arguments
            .optional("block_hours", decode::record::<types::BlockHoursChange>);
        Some(Self {
            reference_number,
            contract_name,
            name,
            new_reference_number,
            setup_fees,
            end_date,
            after_hours_included,
            contract_category,
            block_hours,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field_opt("name", self.name.as_ref())
            .field_opt("reference_number", self.new_reference_number.as_ref())
            .field_opt("setup_fees", self.setup_fees.as_ref())
            .field_opt("end_date", self.end_date.as_ref())
            .field_opt("after_hours_included", self.after_hours_included.as_ref())
            .field_opt("contract_category", self.contract_category.as_ref())
            .field_opt("block_hours", self.block_hours.as_ref());
        Request::new(HttpMethod::Put, "/v3/contracts/update")
            .query_opt("reference_number", self.reference_number.as_ref())
            .query_opt("contract_name", self.contract_name.as_ref())
            .json(body)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("company", "company")],
    };
}
