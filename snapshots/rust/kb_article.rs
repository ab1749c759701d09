//! Desk365: the tools of `kb_article`.

use tool_runtime::prelude::*;

use super::types;

/// Fields whose values are codes, with the labels that results show instead.
const CODES: &[results::CodedField] = &[
    results::CodedField {
        field: "status",
        labels: &[
            ("0", results::Label::Text("draft")),
            ("1", results::Label::Text("published")),
            ("2", results::Label::Text("draft_of_published")),
        ],
    },
];

/// List KB articles: the tool `list_all_desk_365_kb_articles`.
///
/// Sends `GET /v3/kb/article/`. Declared in `spec/desk365.yaml` as `resources.kb_article.tools.list`.
#[derive(Clone, Debug)]
pub struct ListKbArticles;

impl Endpoint for ListKbArticles {
    const DEF: ToolDef = ToolDef {
        name: "list_all_desk_365_kb_articles",
        title: "List KB articles",
        description: "Titles of all published knowledge base articles. There is no search by text: choose by title, and read with get_single_desk_365_kb_article_by_id. Drafts are not listed.",
        method: ToolMethod::List,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/list_all_desk_365_kb_articles.json"),
        arguments: &[],
        example: "{}",
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/kb/article/",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::List(results::ListForm {
                rows: "article_titles",
                total: Some("count"),
                extent: results::Extent::Whole,
                oldest_first: false,
            }),
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "article_content",
                    text: "article_content_text",
                },
            ],
            codes: CODES,
            long_texts: &["article_content", "article_content_text"],
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
        Request::new(HttpMethod::Get, "/v3/kb/article/")
    }
}

/// Get KB article: the tool `get_single_desk_365_kb_article_by_id`.
///
/// Sends `GET /v3/kb/article/details`. Declared in `spec/desk365.yaml` as
/// `resources.kb_article.tools.get`.
#[derive(Clone, Debug)]
pub struct GetKbArticle {
    /// Exact title of the article.
    ///
    /// Query parameter `article_name`. Required: a name.
    pub article_name: String,
}

impl Endpoint for GetKbArticle {
    const DEF: ToolDef = ToolDef {
        name: "get_single_desk_365_kb_article_by_id",
        title: "Get KB article",
        description: "One published knowledge base article by title: text, category, folder, views, likes, support_url (for customers) and agent_url (for agents only). Drafts cannot be read. Attachments are names and URLs only.",
        method: ToolMethod::Get,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/get_single_desk_365_kb_article_by_id.json"),
        arguments: &["article_name"],
        example: r#"{"article_name":"Reset a stuck connection pool"}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/kb/article/details",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Record,
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "article_content",
                    text: "article_content_text",
                },
            ],
            codes: CODES,
            long_texts: &["article_content", "article_content_text"],
        }),
        compact_note: None,
        paging: None,
        resource: Some(ResourceDef {
            uri: "desk365://kb/articles/{article_name}",
            name: "kb_article",
            title: "KB article",
        }),
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const EXAMPLES: &'static [&'static str] = &[r#""Reset a stuck connection pool""#];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let article_name = arguments.required("article_name", decode::known_name);
        Some(Self {
            article_name: article_name?,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/kb/article/details")
            .query("article_name", &self.article_name)
    }
}

/// Create KB article: the tool `create_a_desk_365_kb_article`.
///
/// Sends `POST /v3/kb/article/create`. Declared in `spec/desk365.yaml` as
/// `resources.kb_article.tools.create`.
#[derive(Clone, Debug)]
pub struct CreateKbArticle {
    /// Title that no other article has.
    ///
    /// JSON body field `article_title`. Required: a name.
    pub article_title: String,
    /// The whole text, as HTML.
    ///
    /// JSON body field `article_content`. Required: not empty.
    pub article_content: String,
    /// Its exact name.
    ///
    /// JSON body field `category_name`. Required: a name.
    pub category_name: String,
    /// Exact name of a folder in that category.
    ///
    /// JSON body field `folder_name`. Required: a name.
    pub folder_name: String,
    /// E-mail of the agent shown as author.
    ///
    /// JSON body field `created_by_email`. Optional: an e-mail address.
    pub created_by_email: Option<String>,
    /// published shows it to customers at once.
    ///
    /// JSON body field `status`. Optional: one of `draft` (0), `published` (1), `draft_of_published` (2).
    pub status: Option<types::ArticleStatus>,
}

impl Endpoint for CreateKbArticle {
    const DEF: ToolDef = ToolDef {
        name: "create_a_desk_365_kb_article",
        title: "Create KB article",
        description: "Write a knowledge base article into an existing category and folder. Once published, everyone who sees the category reads it: prefer draft until it is approved. Images cannot be embedded. Publishes the article unless status is draft.",
        method: ToolMethod::Create,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/create_a_desk_365_kb_article.json"),
        arguments: &[
            "article_title",
            "article_content",
            "category_name",
            "folder_name",
            "created_by_email",
            "status",
        ],
        example: r#"{"article_title":"Restore a database from last night","article_content":"<p>Stop the service, then restore the newest dump.</p>","category_name":"Databases","folder_name":"Troubleshooting","created_by_email":"chloe@helpdesk.example","status":"draft"}"#,
        files: None,
        http_method: HttpMethod::Post,
        path: "/v3/kb/article/create",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["article_title"],
                answered_as: &[],
            }),
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "article_content",
                    text: "article_content_text",
                },
            ],
            codes: CODES,
            long_texts: &["article_content", "article_content_text"],
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
                    what: "the article",
                    condition: Some("unless status is draft"),
                },
            ],
        ),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("content", "article_content"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""Restore a database from last night""#,
        r#""<p>Stop the service, then restore the newest dump.</p>""#,
        r#""Databases""#,
        r#""Troubleshooting""#,
        r#""chloe@helpdesk.example""#,
        r#""draft""#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["created_by_email", "status"]);
        let article_title = arguments.required("article_title", decode::name);
        let article_content = arguments
            .required("article_content", decode::non_empty_string);
        let category_name = arguments.required("category_name", decode::name);
        let folder_name = arguments.required("folder_name", decode::name);
        let created_by_email = arguments.optional("created_by_email", decode::email);
        let status = arguments
            .optional("status", decode::choice::<types::ArticleStatus>);
        Some(Self {
            article_title: article_title?,
            article_content: article_content?,
            category_name: category_name?,
            folder_name: folder_name?,
            created_by_email,
            status,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field("article_title", &self.article_title)
            .field("article_content", &self.article_content)
            .field("category_name", &self.category_name)
            .field("folder_name", &self.folder_name)
            .field_opt("created_by_email", self.created_by_email.as_ref())
            .field_opt("status", self.status.as_ref());
        Request::new(HttpMethod::Post, "/v3/kb/article/create").json(body)
    }
    const TEACHES: Teaches = Teaches { rows: None, fields: &[] };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add_unless("--", "created_by_email", "agent", &self.created_by_email)
            .into_values()
    }
    fn has_effect(&self, index: usize) -> bool {
        match index {
            0 => !(matches!(self.status, Some(types::ArticleStatus::Draft))),
            _ => true,
        }
    }
}

/// Update KB article: the tool `update_a_desk_365_kb_article_by_id`.
///
/// Sends `PUT /v3/kb/article/update`. Declared in `spec/desk365.yaml` as
/// `resources.kb_article.tools.update`.
///
/// At least one of `article_title`, `article_content`, `category_name`, `folder_name` and `status` is
/// required.
#[derive(Clone, Debug)]
pub struct UpdateKbArticle {
    /// Exact title of the article.
    ///
    /// Query parameter `article_name`. Required: a name.
    pub article_name: String,
    /// New title of the article.
    ///
    /// JSON body field `article_title`. Optional: a name.
    pub article_title: Option<String>,
    /// HTML; replaces all of it: read fields `["article_content"]` first.
    ///
    /// JSON body field `article_content`. Optional: not empty.
    pub article_content: Option<String>,
    /// Category to move to; give `folder_name` too.
    ///
    /// JSON body field `category_name`. Optional: a name.
    pub category_name: Option<String>,
    /// Exact name of the folder to move to.
    ///
    /// JSON body field `folder_name`. Optional: a name.
    pub folder_name: Option<String>,
    /// published shows it to customers, draft hides it.
    ///
    /// JSON body field `status`. Optional: one of `draft` (0), `published` (1), `draft_of_published` (2).
    pub status: Option<types::ArticleStatus>,
}

impl Endpoint for UpdateKbArticle {
    const DEF: ToolDef = ToolDef {
        name: "update_a_desk_365_kb_article_by_id",
        title: "Update KB article",
        description: "Change, publish, unpublish or move a knowledge base article; omitted fields keep their value. A draft can be neither listed nor read: note its title before hiding it. article_name is the present title, article_title the new one. Shows customers the change of a published article unless status is draft. Publishes the article if status is published.",
        method: ToolMethod::Update,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: false,
            destructive: true,
            idempotent: true,
        },
        input_schema: generated!("schemas/update_a_desk_365_kb_article_by_id.json"),
        arguments: &[
            "article_name",
            "article_title",
            "article_content",
            "category_name",
            "folder_name",
            "status",
        ],
        example: r#"{"article_name":"Reset a stuck connection pool","status":"published"}"#,
        files: None,
        http_method: HttpMethod::Put,
        path: "/v3/kb/article/update",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["article_title"],
                answered_as: &[],
            }),
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "article_content",
                    text: "article_content_text",
                },
            ],
            codes: CODES,
            long_texts: &["article_content", "article_content_text"],
        }),
        compact_note: Some(
            "To edit the present HTML, get it with fields [\"article_content\"] and max_chars 0 first: other results leave it out.",
        ),
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(
            &[
                Effect {
                    kind: EffectKind::ShowsCustomers,
                    what: "the change of a published article",
                    condition: Some("unless status is draft"),
                },
                Effect {
                    kind: EffectKind::Publishes,
                    what: "the article",
                    condition: Some("if status is published"),
                },
            ],
        ),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[
        ("content", "article_content"),
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""Reset a stuck connection pool""#,
        r#""Restore a database from last night""#,
        r#""<p>Stop the service, then restore the newest dump.</p>""#,
        r#""Databases""#,
        r#""Troubleshooting""#,
        r#""published""#,
    ];
    const LOOKUP: Option<RecordLookupDef> = Some(RecordLookupDef {
        tool: "get_single_desk_365_kb_article_by_id",
        arguments: &["article_name"],
        fields: &["category_name", "folder_name", "status", "article_views"],
    });
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["category_name", "folder_name", "status"]);
        arguments
            .at_least_one(
                &[
                    "article_title",
                    "article_content",
                    "category_name",
                    "folder_name",
                    "status",
                ],
            );
        let article_name = arguments.required("article_name", decode::known_name);
        let article_title = arguments.optional("article_title", decode::name);
        let article_content = arguments
            .optional("article_content", decode::non_empty_string);
        let category_name = arguments.optional("category_name", decode::name);
        let folder_name = arguments.optional("folder_name", decode::name);
        let status = arguments
            .optional("status", decode::choice::<types::ArticleStatus>);
        Some(Self {
            article_name: article_name?,
            article_title,
            article_content,
            category_name,
            folder_name,
            status,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field_opt("article_title", self.article_title.as_ref())
            .field_opt("article_content", self.article_content.as_ref())
            .field_opt("category_name", self.category_name.as_ref())
            .field_opt("folder_name", self.folder_name.as_ref())
            .field_opt("status", self.status.as_ref());
        Request::new(HttpMethod::Put, "/v3/kb/article/update")
            .query("article_name", &self.article_name)
            .json(body)
    }
    fn has_effect(&self, index: usize) -> bool {
        match index {
            0 => !(matches!(self.status, Some(types::ArticleStatus::Draft))),
            1 => matches!(self.status, Some(types::ArticleStatus::Published)),
            _ => true,
        }
    }
}

/// Delete KB article: the tool `delete_a_desk_365_kb_article_by_id`.
///
/// Sends `DELETE /v3/kb/article/delete`. Declared in `spec/desk365.yaml` as
/// `resources.kb_article.tools.delete`.
#[derive(Clone, Debug)]
pub struct DeleteKbArticle {
    /// Exact title of the article.
    ///
    /// Query parameter `article_name`. Required: a name.
    pub article_name: String,
}

impl Endpoint for DeleteKbArticle {
    const DEF: ToolDef = ToolDef {
        name: "delete_a_desk_365_kb_article_by_id",
        title: "Delete KB article",
        description: "Delete a knowledge base article. It cannot be undone: get the user's consent first. To take it out of sight only, use update_a_desk_365_kb_article_by_id with status draft. Deletes the article.",
        method: ToolMethod::Delete,
        tags: &["knowledge_base"],
        hints: Hints {
            read_only: false,
            destructive: true,
            idempotent: true,
        },
        input_schema: generated!("schemas/delete_a_desk_365_kb_article_by_id.json"),
        arguments: &["article_name"],
        example: r#"{"article_name":"Reset a stuck connection pool"}"#,
        files: None,
        http_method: HttpMethod::Delete,
        path: "/v3/kb/article/delete",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["article_title"],
                answered_as: &[],
            }),
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "article_content",
                    text: "article_content_text",
                },
            ],
            codes: CODES,
            long_texts: &["article_content", "article_content_text"],
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
                    what: "the article",
                    condition: None,
                },
            ],
        ),
    };
    const EXAMPLES: &'static [&'static str] = &[r#""Reset a stuck connection pool""#];
    const LOOKUP: Option<RecordLookupDef> = Some(RecordLookupDef {
        tool: "get_single_desk_365_kb_article_by_id",
        arguments: &["article_name"],
        fields: &["category_name", "folder_name", "status", "article_views"],
    });
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let article_name = arguments.required("article_name", decode::known_name);
        Some(Self {
            article_name: article_name?,
        })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Delete, "/v3/kb/article/delete")
            .query("article_name", &self.article_name)
    }
}
