//! Desk365: the tools of `kb_folder`.

use tool_runtime::prelude::*;

/// Get KB folder: the tool `get_single_desk_365_kb_folder_by_id`.
///
/// Sends `GET /v3/kb/folder/details`. Declared in `spec/desk365.yaml` as
/// `resources.kb_folder.tools.get`.
#[derive(Clone, Debug)]
pub struct GetKbFolder {
    /// Its exact name.
    ///
    /// Query parameter `category_name`. Required: a name.
    pub category_name: String,
    /// Its exact name.
    ///
    /// Query parameter `folder_name`. Required: a name.
    pub folder_name: String,
}

impl Endpoint for GetKbFolder {
    const DEF: ToolDef = ToolDef {
        name: "get_single_desk_365_kb_folder_by_id",
        title: "Get KB folder",
        description: "One knowledge base folder by category and name: author and time; not its articles. In the result category_name is the folder's own name, parent_category_name its category. Folders cannot be listed.",
        method: ToolMethod::Get,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/get_single_desk_365_kb_folder_by_id.json"),
        arguments: &["category_name", "folder_name"],
        example: r#"{"category_name":"Databases","folder_name":"Troubleshooting"}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/kb/folder/details",
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
    const EXAMPLES: &'static [&'static str] = &[
        r#""Databases""#,
        r#""Troubleshooting""#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let category_name = arguments.required("category_name", decode::known_name);
        let folder_name = arguments.required("folder_name", decode::known_name);
        Some(Self {
            category_name: category_name?,
            folder_name: folder_name?,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/kb/folder/details")
            .query("category_name", &self.category_name)
            .query("folder_name", &self.folder_name)
    }
}

/// Create KB folder: the tool `create_a_desk_365_kb_folder`.
///
/// Sends `POST /v3/kb/folder/create`. Declared in `spec/desk365.yaml` as
/// `resources.kb_folder.tools.create`.
#[derive(Clone, Debug)]
pub struct CreateKbFolder {
    /// Its exact name.
    ///
    /// JSON body field `category_name`. Required: a name.
    pub category_name: String,
    /// Name that no other folder of the category has.
    ///
    /// JSON body field `folder_name`. Required: a name.
    pub folder_name: String,
    /// E-mail of the agent shown as author.
    ///
    /// JSON body field `created_by_email`. Optional: an e-mail address.
    pub created_by_email: Option<String>,
}

impl Endpoint for CreateKbFolder {
    const DEF: ToolDef = ToolDef {
        name: "create_a_desk_365_kb_folder",
        title: "Create KB folder",
        description: "Add a folder for articles to an existing knowledge base category, which decides who sees it. In the result category_name is the folder's own name, parent_category_name its category.",
        method: ToolMethod::Create,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/create_a_desk_365_kb_folder.json"),
        arguments: &["category_name", "folder_name", "created_by_email"],
        example: r#"{"category_name":"Databases","folder_name":"Backups","created_by_email":"chloe@helpdesk.example"}"#,
        files: None,
        http_method: HttpMethod::Post,
        path: "/v3/kb/folder/create",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["parent_category_name", "category_name"],
                answered_as: &[
                    ("category_name", "parent_category_name"),
                    ("folder_name", "category_name"),
                ],
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
        r#""Databases""#,
        r#""Backups""#,
        r#""chloe@helpdesk.example""#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["created_by_email"]);
        let category_name = arguments.required("category_name", decode::name);
        let folder_name = arguments.required("folder_name", decode::name);
        let created_by_email = arguments.optional("created_by_email", decode::email);
        Some(Self {
            category_name: category_name?,
            folder_name: folder_name?,
            created_by_email,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field("category_name", &self.category_name)
            .field("folder_name", &self.folder_name)
            .field_opt("created_by_email", self.created_by_email.as_ref());
        Request::new(HttpMethod::Post, "/v3/kb/folder/create").json(body)
    }
    const TEACHES: Teaches = Teaches { rows: None, fields: &[] };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add_unless("--", "created_by_email", "agent", &self.created_by_email)
            .into_values()
    }
}

/// Update KB folder: the tool `update_a_desk_365_kb_folder_by_id`.
///
/// Sends `PUT /v3/kb/folder/update`. Declared in `spec/desk365.yaml` as
/// `resources.kb_folder.tools.update`.
///
/// At least one of `new_category_name` and `new_folder_name` is required.
#[derive(Clone, Debug)]
pub struct UpdateKbFolder {
    /// Its exact name.
    ///
    /// Query parameter `category_name`. Required: a name.
    pub category_name: String,
    /// Its exact name.
    ///
    /// Query parameter `folder_name`. Required: a name.
    pub folder_name: String,
    /// Exact name of the category to move it to.
    ///
    /// JSON body field `category_name`. Optional: a name.
    pub new_category_name: Option<String>,
    /// New name of the folder.
    ///
    /// JSON body field `folder_name`. Optional: a name.
    pub new_folder_name: Option<String>,
}

impl Endpoint for UpdateKbFolder {
    const DEF: ToolDef = ToolDef {
        name: "update_a_desk_365_kb_folder_by_id",
        title: "Update KB folder",
        description: "Rename a knowledge base folder or move it to another category. category_name and folder_name say which one it is now. Publishes its articles to those who see the new category if new_category_name is given.",
        method: ToolMethod::Update,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: false,
            destructive: true,
            idempotent: true,
        },
        input_schema: generated!("schemas/update_a_desk_365_kb_folder_by_id.json"),
        arguments: &[
            "category_name",
            "folder_name",
            "new_category_name",
            "new_folder_name",
        ],
        example: r#"{"category_name":"Databases","folder_name":"Troubleshooting","new_folder_name":"Fixing problems"}"#,
        files: None,
        http_method: HttpMethod::Put,
        path: "/v3/kb/folder/update",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["parent_category_name", "category_name"],
                answered_as: &[
                    ("new_category_name", "parent_category_name"),
                    ("new_folder_name", "category_name"),
                ],
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
        effects: Effects(
            &[
                Effect {
                    kind: EffectKind::Publishes,
                    what: "its articles to those who see the new category",
                    condition: Some("if new_category_name is given"),
                },
            ],
        ),
    };
    const EXAMPLES: &'static [&'static str] = &[
        r#""Databases""#,
        r#""Troubleshooting""#,
        r#""Data stores""#,
        r#""Fixing problems""#,
    ];
    const LOOKUP: Option<RecordLookupDef> = Some(RecordLookupDef {
        tool: "get_single_desk_365_kb_folder_by_id",
        arguments: &["category_name", "folder_name"],
        fields: &["created_by_email", "created_on"],
    });
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.at_least_one(&["new_category_name", "new_folder_name"]);
        let category_name = arguments.required("category_name", decode::known_name);
        let folder_name = arguments.required("folder_name", decode::known_name);
        let new_category_name = arguments.optional("new_category_name", decode::name);
        let new_folder_name = arguments.optional("new_folder_name", decode::name);
        Some(Self {
            category_name: category_name?,
            folder_name: folder_name?,
            new_category_name,
            new_folder_name,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field_opt("category_name", self.new_category_name.as_ref())
            .field_opt("folder_name", self.new_folder_name.as_ref());
        Request::new(HttpMethod::Put, "/v3/kb/folder/update")
            .query("category_name", &self.category_name)
            .query("folder_name", &self.folder_name)
            .json(body)
    }
    fn has_effect(&self, index: usize) -> bool {
        match index {
            0 => self.new_category_name.is_some(),
            _ => true,
        }
    }
}

/// Delete KB folder: the tool `delete_a_desk_365_kb_folder_by_id`.
///
/// Sends `DELETE /v3/kb/folder/delete`. Declared in `spec/desk365.yaml` as
/// `resources.kb_folder.tools.delete`.
#[derive(Clone, Debug)]
pub struct DeleteKbFolder {
    /// Its exact name.
    ///
    /// Query parameter `category_name`. Required: a name.
    pub category_name: String,
    /// Its exact name.
    ///
    /// Query parameter `folder_name`. Required: a name.
    pub folder_name: String,
}

impl Endpoint for DeleteKbFolder {
    const DEF: ToolDef = ToolDef {
        name: "delete_a_desk_365_kb_folder_by_id",
        title: "Delete KB folder",
        description: "Delete a knowledge base folder. It cannot be undone: get the user's consent first. Articles can be moved with update_a_desk_365_kb_article_by_id. Deletes the folder, perhaps with its articles.",
        method: ToolMethod::Delete,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: false,
            destructive: true,
            idempotent: true,
        },
        input_schema: generated!("schemas/delete_a_desk_365_kb_folder_by_id.json"),
        arguments: &["category_name", "folder_name"],
        example: r#"{"category_name":"Databases","folder_name":"Troubleshooting"}"#,
        files: None,
        http_method: HttpMethod::Delete,
        path: "/v3/kb/folder/delete",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["parent_category_name", "category_name"],
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
        effects: Effects(
            &[
                Effect {
                    kind: EffectKind::Deletes,
                    what: "the folder, perhaps with its articles",
                    condition: None,
                },
            ],
        ),
    };
    const EXAMPLES: &'static [&'static str] = &[
        r#""Databases""#,
        r#""Troubleshooting""#,
    ];
    const LOOKUP: Option<RecordLookupDef> = Some(RecordLookupDef {
        tool: "get_single_desk_365_kb_folder_by_id",
        arguments: &["category_name", "folder_name"],
        fields: &["created_by_email", "created_on"],
    });
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let category_name = arguments.required("category_name", decode::known_name);
        let folder_name = arguments.required("folder_name", decode::known_name);
        Some(Self {
            category_name: category_name?,
            folder_name: folder_name?,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Delete, "/v3/kb/folder/delete")
            .query("category_name", &self.category_name)
            .query("folder_name", &self.folder_name)
    }
}
