//! Desk365: the tools of `kb_category`.

use tool_runtime::prelude::*;

use super::types;

/// Fields whose values are codes, with the labels that results show instead.
const CODES: &[results::CodedField] = &[
    results::CodedField {
        field: "support_portal_visibility",
        labels: &[
            ("1", results::Label::Text("hidden")),
            ("2", results::Label::Text("all_visitors")),
            ("3", results::Label::Text("signed_in_users")),
            ("4", results::Label::Text("signed_in_users_of_companies")),
        ],
    },
    results::CodedField {
        field: "agent_portal_visibility",
        labels: &[
            ("1", results::Label::Text("all_agents")),
            ("2", results::Label::Text("my_groups")),
        ],
    },
];

/// Get KB category: the tool `get_single_desk_365_kb_category_by_id`.
///
/// Sends `GET /v3/kb/category/details`. Declared in `spec/desk365.yaml` as
/// `resources.kb_category.tools.get`.
#[derive(Clone, Debug)]
pub struct GetKbCategory {
    /// Its exact name.
    ///
    /// Query parameter `category_name`. Required: a name.
    pub category_name: String,
}

impl Endpoint for GetKbCategory {
    const DEF: ToolDef = ToolDef {
        name: "get_single_desk_365_kb_category_by_id",
        title: "Get KB category",
        description: "One knowledge base category by name: description, author, who sees it; not its folders or articles. Categories cannot be listed; articles name theirs.",
        method: ToolMethod::Get,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/get_single_desk_365_kb_category_by_id.json"),
        arguments: &["category_name"],
        example: r#"{"category_name":"Databases"}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/kb/category/details",
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
    const EXAMPLES: &'static [&'static str] = &[r#""Databases""#];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let category_name = arguments.required("category_name", decode::known_name);
        Some(Self {
            category_name: category_name?,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/kb/category/details")
            .query("category_name", &self.category_name)
    }
}

/// Create KB category: the tool `create_a_desk_365_kb_category`.
///
/// Sends `POST /v3/kb/category/create`. Declared in `spec/desk365.yaml` as
/// `resources.kb_category.tools.create`.
#[derive(Clone, Debug)]
pub struct CreateKbCategory {
    /// A name that no other category has.
    ///
    /// JSON body field `category_name`. Required: a name.
    pub category_name: String,
    /// What the category holds.
    ///
    /// JSON body field `category_description`. Optional. An empty text is sent.
    pub category_description: Option<String>,
    /// E-mail of the agent shown as author.
    ///
    /// JSON body field `created_by_email`. Optional: an e-mail address.
    pub created_by_email: Option<String>,
    /// Which customers see it.
    ///
    /// JSON body field `support_portal_visibility`. Optional: one of `hidden` (1), `all_visitors` (2),
    /// `signed_in_users` (3), `signed_in_users_of_companies` (4).
    pub support_portal_visibility: Option<types::SupportPortalVisibility>,
    /// Companies' exact names, for `signed_in_users_of_companies`.
    ///
    /// JSON body field `company_list`. Optional: each item a name.
    pub company_list: Option<Vec<String>>,
    /// Which agents see it.
    ///
    /// JSON body field `agent_portal_visibility`. Optional: one of `all_agents` (1), `my_groups` (2).
    pub agent_portal_visibility: Option<types::AgentPortalVisibility>,
    /// Names of agent groups, for `my_groups`.
    ///
    /// JSON body field `agent_group_list`. Optional: each item a name.
    pub agent_group_list: Option<Vec<String>>,
}

impl Endpoint for CreateKbCategory {
    const DEF: ToolDef = ToolDef {
        name: "create_a_desk_365_kb_category",
        title: "Create KB category",
        description: "Add a knowledge base category, the level above folders. Set who sees it, or customers may at once. Publishes the category unless support_portal_visibility is hidden.",
        method: ToolMethod::Create,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/create_a_desk_365_kb_category.json"),
        arguments: &[
            "category_name",
            "category_description",
            "created_by_email",
            "support_portal_visibility",
            "company_list",
            "agent_portal_visibility",
            "agent_group_list",
        ],
        example: r#"{"category_name":"Printers","category_description":"Setting up and mending printers.","support_portal_visibility":"signed_in_users_of_companies","company_list":["Northwind Traders","Contoso"]}"#,
        files: None,
        http_method: HttpMethod::Post,
        path: "/v3/kb/category/create",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["category_name"],
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
                    kind: EffectKind::Publishes,
                    what: "the category",
                    condition: Some("unless support_portal_visibility is hidden"),
                },
            ],
        ),
    };
    const EXAMPLES: &'static [&'static str] = &[
        r#""Printers""#,
        r#""Setting up and mending printers.""#,
        r#""chloe@helpdesk.example""#,
        r#""signed_in_users_of_companies""#,
        r#"["Northwind Traders","Contoso"]"#,
        r#""all_agents""#,
        r#"["text"]"#,
    ];
    const LOOKUP: Option<RecordLookupDef> = Some(RecordLookupDef {
        tool: "get_single_desk_365_kb_category_by_id",
        arguments: &["category_name"],
        fields: &["category_description", "support_portal_visibility"],
    });
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &[
                    "created_by_email",
                    "support_portal_visibility",
                    "agent_portal_visibility",
                ],
            );
        arguments.drop_if(empty::list, &["company_list", "agent_group_list"]);
        let category_name = arguments.required("category_name", decode::name);
        let category_description = arguments
            .optional("category_description", decode::string);
        let created_by_email = arguments.optional("created_by_email", decode::email);
        let support_portal_visibility = arguments
            .optional(
                "support_portal_visibility",
                decode::choice::<types::SupportPortalVisibility>,
            );
        let company_list = arguments
            .optional("company_list", decode::list(decode::known_name));
        let agent_portal_visibility = arguments
            .optional(
                "agent_portal_visibility",
                decode::choice::<types::AgentPortalVisibility>,
            );
        let agent_group_list = arguments
            .optional("agent_group_list", decode::list(decode::known_name));
        Some(Self {
            category_name: category_name?,
            category_description,
            created_by_email,
            support_portal_visibility,
            company_list,
            agent_portal_visibility,
            agent_group_list,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field("category_name", &self.category_name)
            .field_opt("category_description", self.category_description.as_ref())
            .field_opt("created_by_email", self.created_by_email.as_ref())
            .field_opt(
                "support_portal_visibility",
                self.support_portal_visibility.as_ref(),
            )
            .field_opt("company_list", self.company_list.as_ref())
            .field_opt("agent_portal_visibility", self.agent_portal_visibility.as_ref())
            .field_opt("agent_group_list", self.agent_group_list.as_ref());
        Request::new(HttpMethod::Post, "/v3/kb/category/create").json(body)
    }
    const TEACHES: Teaches = Teaches { rows: None, fields: &[] };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add_unless("--", "created_by_email", "agent", &self.created_by_email)
            .into_values()
    }
    fn has_effect(&self, index: usize) -> bool {
        match index {
            0 => {
                !(matches!(
                    self.support_portal_visibility,
                    Some(types::SupportPortalVisibility::Hidden)
                ))
            }
            _ => true,
        }
    }
}

/// Update KB category: the tool `update_a_desk_365_kb_category_by_id`.
///
/// Sends `PUT /v3/kb/category/update`. Declared in `spec/desk365.yaml` as
/// `resources.kb_category.tools.update`.
///
/// At least one of `new_category_name`, `category_description`, `support_portal_visibility`,
/// `company_list`, `agent_portal_visibility` and `agent_group_list` is required.
#[derive(Clone, Debug)]
pub struct UpdateKbCategory {
    /// Its exact name.
    ///
    /// Query parameter `category_name`. Required: a name.
    pub category_name: String,
    /// New name of the category.
    ///
    /// JSON body field `category_name`. Optional: a name.
    pub new_category_name: Option<String>,
    /// What the category holds.
    ///
    /// JSON body field `category_description`. Optional. An empty text is sent.
    pub category_description: Option<String>,
    /// Which customers see it.
    ///
    /// JSON body field `support_portal_visibility`. Optional: one of `hidden` (1), `all_visitors` (2),
    /// `signed_in_users` (3), `signed_in_users_of_companies` (4).
    pub support_portal_visibility: Option<types::SupportPortalVisibility>,
    /// Companies' exact names, for `signed_in_users_of_companies`.
    ///
    /// JSON body field `company_list`. Optional: each item a name.
    pub company_list: Option<Vec<String>>,
    /// Which agents see it.
    ///
    /// JSON body field `agent_portal_visibility`. Optional: one of `all_agents` (1), `my_groups` (2).
    pub agent_portal_visibility: Option<types::AgentPortalVisibility>,
    /// Names of agent groups, for `my_groups`.
    ///
    /// JSON body field `agent_group_list`. Optional: each item a name.
    pub agent_group_list: Option<Vec<String>>,
}

impl Endpoint for UpdateKbCategory {
    const DEF: ToolDef = ToolDef {
        name: "update_a_desk_365_kb_category_by_id",
        title: "Update KB category",
        description: "Rename a knowledge base category or change who sees it, at once; omitted fields keep their value. Publishes the category with its articles if support_portal_visibility or company_list is given unless support_portal_visibility is hidden.",
        method: ToolMethod::Update,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: false,
            destructive: true,
            idempotent: true,
        },
        input_schema: generated!("schemas/update_a_desk_365_kb_category_by_id.json"),
        arguments: &[
            "category_name",
            "new_category_name",
            "category_description",
            "support_portal_visibility",
            "company_list",
            "agent_portal_visibility",
            "agent_group_list",
        ],
        example: r#"{"category_name":"Databases","new_category_name":"Data stores","agent_portal_visibility":"all_agents"}"#,
        files: None,
        http_method: HttpMethod::Put,
        path: "/v3/kb/category/update",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["category_name"],
                answered_as: &[("new_category_name", "category_name")],
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
                    kind: EffectKind::Publishes,
                    what: "the category with its articles",
                    condition: Some(
                        "if support_portal_visibility or company_list is given unless support_portal_visibility is hidden",
                    ),
                },
            ],
        ),
    };
    const EXAMPLES: &'static [&'static str] = &[
        r#""Databases""#,
        r#""Data stores""#,
        r#""Setting up and mending printers.""#,
        r#""signed_in_users_of_companies""#,
        r#"["Northwind Traders","Contoso"]"#,
        r#""all_agents""#,
        r#"["text"]"#,
    ];
    const LOOKUP: Option<RecordLookupDef> = Some(RecordLookupDef {
        tool: "get_single_desk_365_kb_category_by_id",
        arguments: &["category_name"],
        fields: &["category_description", "support_portal_visibility"],
    });
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(
                empty::text,
                &["support_portal_visibility", "agent_portal_visibility"],
            );
        arguments.drop_if(empty::list, &["company_list", "agent_group_list"]);
        arguments
            .at_least_one(
                &[
                    "new_category_name",
                    "category_description",
                    "support_portal_visibility",
                    "company_list",
                    "agent_portal_visibility",
                    "agent_group_list",
                ],
            );
        let category_name = arguments.required("category_name", decode::known_name);
        let new_category_name = arguments.optional("new_category_name", decode::name);
        let category_description = arguments
            .optional("category_description", decode::string);
        let support_portal_visibility = arguments
            .optional(
                "support_portal_visibility",
                decode::choice::<types::SupportPortalVisibility>,
            );
        let company_list = arguments
            .optional("company_list", decode::list(decode::known_name));
        let agent_portal_visibility = arguments
            .optional(
                "agent_portal_visibility",
                decode::choice::<types::AgentPortalVisibility>,
            );
        let agent_group_list = arguments
            .optional("agent_group_list", decode::list(decode::known_name));
        Some(Self {
            category_name: category_name?,
            new_category_name,
            category_description,
            support_portal_visibility,
            company_list,
            agent_portal_visibility,
            agent_group_list,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field_opt("category_name", self.new_category_name.as_ref())
            .field_opt("category_description", self.category_description.as_ref())
            .field_opt(
                "support_portal_visibility",
                self.support_portal_visibility.as_ref(),
            )
            .field_opt("company_list", self.company_list.as_ref())
            .field_opt("agent_portal_visibility", self.agent_portal_visibility.as_ref())
            .field_opt("agent_group_list", self.agent_group_list.as_ref());
        Request::new(HttpMethod::Put, "/v3/kb/category/update")
            .query("category_name", &self.category_name)
            .json(body)
    }
    fn has_effect(&self, index: usize) -> bool {
        match index {
            0 => {
                (self.support_portal_visibility.is_some() || self.company_list.is_some())
                    && !(matches!(
                        self.support_portal_visibility,
                        Some(types::SupportPortalVisibility::Hidden)
                    ))
            }
            _ => true,
        }
    }
}

/// Delete KB category: the tool `delete_a_desk_365_kb_category_by_id`.
///
/// Sends `DELETE /v3/kb/category/delete`. Declared in `spec/desk365.yaml` as
/// `resources.kb_category.tools.delete`.
#[derive(Clone, Debug)]
pub struct DeleteKbCategory {
    /// Its exact name.
    ///
    /// Query parameter `category_name`. Required: a name.
    pub category_name: String,
}

impl Endpoint for DeleteKbCategory {
    const DEF: ToolDef = ToolDef {
        name: "delete_a_desk_365_kb_category_by_id",
        title: "Delete KB category",
        description: "Delete a knowledge base category. It cannot be undone: get the user's consent first. To take it out of sight only, use update_a_desk_365_kb_category_by_id with support_portal_visibility hidden. Deletes the category, perhaps with its folders and articles.",
        method: ToolMethod::Delete,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: false,
            destructive: true,
            idempotent: true,
        },
        input_schema: generated!("schemas/delete_a_desk_365_kb_category_by_id.json"),
        arguments: &["category_name"],
        example: r#"{"category_name":"Databases"}"#,
        files: None,
        http_method: HttpMethod::Delete,
        path: "/v3/kb/category/delete",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["category_name"],
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
                    kind: EffectKind::Deletes,
                    what: "the category, perhaps with its folders and articles",
                    condition: None,
                },
            ],
        ),
    };
    const EXAMPLES: &'static [&'static str] = &[r#""Databases""#];
    const LOOKUP: Option<RecordLookupDef> = Some(RecordLookupDef {
        tool: "get_single_desk_365_kb_category_by_id",
        arguments: &["category_name"],
        fields: &["category_description", "support_portal_visibility"],
    });
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let category_name = arguments.required("category_name", decode::known_name);
        Some(Self {
            category_name: category_name?,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Delete, "/v3/kb/category/delete")
            .query("category_name", &self.category_name)
    }
}
