//! Library: the tools of `shelf`.

use tool_runtime::prelude::*;

use super::types;

/// Get shelf: the tool `get_single_library_shelf_by_id`.
///
/// Sends `GET /v1/shelves/one`. Declared in `tests/shelves.yaml` as `resources.shelf.tools.get`.
#[derive(Clone, Debug)]
pub struct GetShelf {
    /// Name.
    ///
    /// Query parameter `name`. Required: a name.
    pub name: String,
}

impl Endpoint for GetShelf {
    const DEF: ToolDef = ToolDef {
        name: "get_single_library_shelf_by_id",
        title: "Get shelf",
        description: "One shelf.",
        method: ToolMethod::Get,
        tags: &["books"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/get_single_library_shelf_by_id.json"),
        arguments: &["name"],
        example: r#"{"name":"a"}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v1/shelves/one",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Record,
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "remark_html",
                    text: "remark",
                },
            ],
            codes: &[],
            long_texts: &["remark_html", "remark"],
        }),
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const SYNONYMS: &'static [(&'static str, &'static str)] = &[("shelf_name", "name")];
    const EXAMPLES: &'static [&'static str] = &[r#""a""#];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let name = arguments.required("name", decode::known_name);
        Some(Self { name: name? })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v1/shelves/one").query("name", &self.name)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("kept_by", "owner")],
    };
}

/// Create shelf: the tool `create_a_library_shelf`.
///
/// Sends `POST /v1/shelves`. Declared in `tests/shelves.yaml` as `resources.shelf.tools.create`.
///
/// `owner` requires `owner_name`. `kind` selects which of `type` and `self` is required.
#[derive(Clone, Debug)]
pub struct CreateShelf {
    /// Which of the two.
    ///
    /// JSON body field `kind`. Required: one of `type`, `self`.
    pub kind: types::Kind,
    /// A type.
    ///
    /// JSON body field `type`. Optional.
    pub r#type: Option<String>,
    /// Itself.
    ///
    /// JSON body field `self`. Optional.
    pub self_: Option<String>,
    /// A name.
    ///
    /// JSON body field `label`. Optional: a name.
    pub label: Option<String>,
    /// Names.
    ///
    /// JSON body field `labels`. Optional: each item a name.
    pub labels: Option<Vec<String>>,
    /// A text that can be empty.
    ///
    /// JSON body field `remark`. Optional. An empty text is sent.
    pub remark: Option<String>,
    /// Nested.
    ///
    /// JSON body field `arguments`. Optional.
    pub arguments_: Option<types::Nested>,
    /// Fields.
    ///
    /// JSON body field `fields`. Optional. `"--"` clears it.
    pub fields_: Option<String>,
    /// Owner.
    ///
    /// JSON body field `owner`. Optional: an e-mail address.
    pub owner: Option<String>,
    /// Name.
    ///
    /// JSON body field `owner_name`. Optional: not empty.
    pub owner_name: Option<String>,
    /// Name.
    ///
    /// JSON body field `name`. Optional: not empty.
    pub new_name: Option<String>,
}

impl Endpoint for CreateShelf {
    const DEF: ToolDef = ToolDef {
        name: "create_a_library_shelf",
        title: "Create shelf",
        description: "Make a shelf. Sends e-mail to the owner if owner is given. Sends e-mail to librarians. Shows customers the labels if label or labels is given unless kind is self. Publishes the shelf if kind is type.",
        method: ToolMethod::Create,
        tags: &["books"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/create_a_library_shelf.json"),
        arguments: &[
            "kind",
            "type",
            "self",
            "label",
            "labels",
            "remark",
            "arguments",
            "fields",
            "owner",
            "owner_name",
            "newName",
        ],
        example: r#"{"kind":"self","self":"me","arguments":{"in":{"crate":true}},"owner":"a@b.example","owner_name":"Ann"}"#,
        files: None,
        http_method: HttpMethod::Post,
        path: "/v1/shelves",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["name", "number"],
                answered_as: &[("owner", "owner_email"), ("newName", "name")],
            }),
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "remark_html",
                    text: "remark",
                },
            ],
            codes: &[],
            long_texts: &["remark_html", "remark"],
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
                    what: "the owner",
                    condition: Some("if owner is given"),
                },
                Effect {
                    kind: EffectKind::Notifies,
                    what: "librarians",
                    condition: None,
                },
                Effect {
                    kind: EffectKind::ShowsCustomers,
                    what: "the labels",
                    condition: Some("if label or labels is given unless kind is self"),
                },
                Effect {
                    kind: EffectKind::Publishes,
                    what: "the shelf",
                    condition: Some("if kind is type"),
                },
            ],
        ),
    };
    const EXAMPLES: &'static [&'static str] = &[
        r#""self""#,
        r#""t""#,
        r#""me""#,
        r#""text""#,
        r#"["text"]"#,
        r#""text""#,
        r#"{"in":{"crate":true}}"#,
        r#""text""#,
        r#""a@b.example""#,
        r#""Ann""#,
        r#""text""#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["type", "self", "label", "fields", "owner"]);
        arguments.drop_if(empty::list, &["labels"]);
        arguments.drop_if(empty::record, &["arguments"]);
        arguments.requires("owner", "owner_name");
        let kind = arguments.required("kind", decode::choice::<types::Kind>);
        arguments.chosen("kind", kind.map(Choice::label), &["type", "self"]);
        let r#type = arguments.optional("type", decode::non_empty_string);
        let self_ = arguments.optional("self", decode::non_empty_string);
        let label = arguments.optional("label", decode::name);
        let labels = arguments.optional("labels", decode::list(decode::known_name));
        let remark = arguments.optional("remark", decode::string);
        let arguments_ = arguments
            .optional("arguments", decode::record::<types::Nested>);
        let fields_ = arguments
            .optional("fields", decode::or_cleared("--", decode::non_empty_string));
        let owner = arguments.optional("owner", decode::email);
        let owner_name = arguments.optional("owner_name", decode::non_empty_string);
        let new_name = arguments.optional("newName", decode::non_empty_string);
        Some(Self {
            kind: kind?,
            r#type,
            self_,
            label,
            labels,
            remark,
            arguments_,
            fields_,
            owner,
            owner_name,
            new_name,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field("kind", &self.kind)
            .field_opt("type", self.r#type.as_ref())
            .field_opt("self", self.self_.as_ref())
            .field_opt("label", self.label.as_ref())
            .field_opt("labels", self.labels.as_ref())
            .field_opt("remark", self.remark.as_ref())
            .field_opt("arguments", self.arguments_.as_ref())
            .field_opt("fields", self.fields_.as_ref())
            .field_opt("owner", self.owner.as_ref())
            .field_opt("owner_name", self.owner_name.as_ref())
            .field_opt("name", self.new_name.as_ref());
        Request::new(HttpMethod::Post, "/v1/shelves").json(body)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("kept_by", "owner")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .within(
                self.arguments_.as_ref(),
                |values, object| {
                    values
                        .add_unless("none", "arguments.owners", "owner", &object.owners)
                },
            )
            .into_values()
    }
    fn has_effect(&self, index: usize) -> bool {
        match index {
            0 => self.owner.is_some(),
            2 => {
                (self.label.is_some() || self.labels.is_some())
                    && !(matches!(self.kind, types::Kind::SelfValue))
            }
            3 => matches!(self.kind, types::Kind::Type),
            _ => true,
        }
    }
}

/// Create shelf with scan: the tool `library_shelves_create_with_scan`.
///
/// Sends `POST /v1/shelves/scans`. Declared in `tests/shelves.yaml` as
/// `resources.shelf.tools.create_with_scan`.
///
/// `owner` requires `owner_name`. `kind` selects which of `type` and `self` is required.
#[derive(Clone, Debug)]
pub struct ShelvesCreateWithScan {
    /// Only try.
    ///
    /// Query parameter `dry`. Optional: sent as 1 or 0. The API assumes `true` if it is omitted.
    pub dry: Option<Flag>,
    /// Which of the two.
    ///
    /// Field `kind` of `shelf_object`. Required: one of `type`, `self`.
    pub kind: types::Kind,
    /// A type.
    ///
    /// Field `type` of `shelf_object`. Optional.
    pub r#type: Option<String>,
    /// Itself.
    ///
    /// Field `self` of `shelf_object`. Optional.
    pub self_: Option<String>,
    /// A name.
    ///
    /// Field `label` of `shelf_object`. Optional: a name.
    pub label: Option<String>,
    /// Names.
    ///
    /// Field `labels` of `shelf_object`. Optional: each item a name.
    pub labels: Option<Vec<String>>,
    /// A text that can be empty.
    ///
    /// Field `remark` of `shelf_object`. Optional. An empty text is sent.
    pub remark: Option<String>,
    /// Nested.
    ///
    /// Field `arguments` of `shelf_object`. Optional.
    pub arguments_: Option<types::Nested>,
    /// Fields.
    ///
    /// Field `fields` of `shelf_object`. Optional. `"--"` clears it.
    pub fields_: Option<String>,
    /// Owner.
    ///
    /// Field `owner` of `shelf_object`. Optional: an e-mail address.
    pub owner: Option<String>,
    /// Name.
    ///
    /// Field `owner_name` of `shelf_object`. Optional: not empty.
    pub owner_name: Option<String>,
    /// Name.
    ///
    /// Field `name` of `shelf_object`. Optional: not empty.
    pub new_name: Option<String>,
    /// Each: filename; `content_base64` or `content_text`; `content_type`, size, sha256 if known.
    ///
    /// Form part `scan`, or a part `scans` for each of several files. Required: at least one file.
    pub files: Vec<File>,
}

impl Endpoint for ShelvesCreateWithScan {
    const DEF: ToolDef = ToolDef {
        name: "library_shelves_create_with_scan",
        title: "Create shelf with scan",
        description: "Make a shelf from scans. Publishes the shelf unless dry is true.",
        method: ToolMethod::Custom,
        tags: &["books"],
        hints: Hints {
            read_only: false,
            destructive: false,
            idempotent: false,
        },
        input_schema: generated!("schemas/library_shelves_create_with_scan.json"),
        arguments: &[
            "dry",
            "kind",
            "type",
            "self",
            "label",
            "labels",
            "remark",
            "arguments",
            "fields",
            "owner",
            "owner_name",
            "newName",
            "files",
        ],
        example: r#"{"kind":"type","type":"t","files":[{"filename":"a.tif","content_base64":"aGk=","size":2}]}"#,
        files: Some("files"),
        http_method: HttpMethod::Post,
        path: "/v1/shelves/scans",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["name", "number"],
                answered_as: &[("owner", "owner_email"), ("newName", "name")],
            }),
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "remark_html",
                    text: "remark",
                },
            ],
            codes: &[],
            long_texts: &["remark_html", "remark"],
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
                    what: "the shelf",
                    condition: Some("unless dry is true"),
                },
            ],
        ),
    };
    const EXAMPLES: &'static [&'static str] = &[
        "true",
        r#""type""#,
        r#""t""#,
        r#""me""#,
        r#""text""#,
        r#"["text"]"#,
        r#""text""#,
        r#"{"in":{"crate":true}}"#,
        r#""text""#,
        r#""a@b.example""#,
        r#""Ann""#,
        r#""text""#,
        r#"[{"filename":"a.tif","content_base64":"aGk=","size":2}]"#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments
            .drop_if(empty::text, &["dry", "type", "self", "label", "fields", "owner"]);
        arguments.drop_if(empty::list, &["labels"]);
        arguments.drop_if(empty::record, &["arguments"]);
        arguments.requires("owner", "owner_name");
        let kind = arguments.required("kind", decode::choice::<types::Kind>);
        arguments.chosen("kind", kind.map(Choice::label), &["type", "self"]);
        let dry = arguments.optional("dry", decode::flag);
        let r#type = arguments.optional("type", decode::non_empty_string);
        let self_ = arguments.optional("self", decode::non_empty_string);
        let label = arguments.optional("label", decode::name);
        let labels = arguments.optional("labels", decode::list(decode::known_name));
        let remark = arguments.optional("remark", decode::string);
        let arguments_ = arguments
            .optional("arguments", decode::record::<types::Nested>);
        let fields_ = arguments
            .optional("fields", decode::or_cleared("--", decode::non_empty_string));
        let owner = arguments.optional("owner", decode::email);
        let owner_name = arguments.optional("owner_name", decode::non_empty_string);
        let new_name = arguments.optional("newName", decode::non_empty_string);
        let files = arguments.required("files", decode::files);
        Some(Self {
            dry,
            kind: kind?,
            r#type,
            self_,
            label,
            labels,
            remark,
            arguments_,
            fields_,
            owner,
            owner_name,
            new_name,
            files: files?,
        })
    }
    fn request(&self) -> Request {
        let layout = MultipartLayout {
            metadata: "shelf_object",
            one: "scan",
            many: "scans",
            url_limit: 2_048,
        };
        let metadata = JsonObject::new()
            .field("kind", &self.kind)
            .field_opt("type", self.r#type.as_ref())
            .field_opt("self", self.self_.as_ref())
            .field_opt("label", self.label.as_ref())
            .field_opt("labels", self.labels.as_ref())
            .field_opt("remark", self.remark.as_ref())
            .field_opt("arguments", self.arguments_.as_ref())
            .field_opt("fields", self.fields_.as_ref())
            .field_opt("owner", self.owner.as_ref())
            .field_opt("owner_name", self.owner_name.as_ref())
            .field_opt("name", self.new_name.as_ref());
        Request::new(HttpMethod::Post, "/v1/shelves/scans")
            .query_opt("dry", self.dry.as_ref())
            .attach(layout, metadata, &self.files)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("kept_by", "owner")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .within(
                self.arguments_.as_ref(),
                |values, object| {
                    values
                        .add_unless("none", "arguments.owners", "owner", &object.owners)
                },
            )
            .into_values()
    }
    fn has_effect(&self, index: usize) -> bool {
        match index {
            0 => !(matches!(self.dry, None | Some(Flag(true)))),
            _ => true,
        }
    }
}

/// Update shelf: the tool `update_a_library_shelf_by_id`.
///
/// Sends `PUT /v1/shelves`. Declared in `tests/shelves.yaml` as `resources.shelf.tools.update`.
///
/// Exactly one of `name` and `number` is required. At least one of `owner` and `fields` is required.
#[derive(Clone, Debug)]
pub struct UpdateShelf {
    /// Name.
    ///
    /// Query parameter `name`. Optional: a name.
    pub name: Option<String>,
    /// Number.
    ///
    /// Query parameter `number`. Optional.
    pub number: Option<i64>,
    /// Owner.
    ///
    /// JSON body field `owner`. Optional: an e-mail address. `"none"` clears it.
    pub owner: Option<String>,
    /// Fields.
    ///
    /// JSON body field `fields`. Optional. An empty text is sent.
    pub fields_: Option<String>,
}

impl Endpoint for UpdateShelf {
    const DEF: ToolDef = ToolDef {
        name: "update_a_library_shelf_by_id",
        title: "Update shelf",
        description: "Change a shelf.",
        method: ToolMethod::Update,
        tags: &["books"],
        hints: Hints {
            read_only: false,
            destructive: true,
            idempotent: true,
        },
        input_schema: generated!("schemas/update_a_library_shelf_by_id.json"),
        arguments: &["name", "number", "owner", "fields"],
        example: r#"{"number":-5,"owner":"none"}"#,
        files: None,
        http_method: HttpMethod::Put,
        path: "/v1/shelves",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["name", "number"],
                answered_as: &[("owner", "owner_email")],
            }),
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "remark_html",
                    text: "remark",
                },
            ],
            codes: &[],
            long_texts: &["remark_html", "remark"],
        }),
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    const EXAMPLES: &'static [&'static str] = &[
        r#""a""#,
        "-5",
        r#""none""#,
        r#""text""#,
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.drop_if(empty::text, &["name", "number", "owner"]);
        arguments.exactly_one(&["name", "number"]);
        arguments.at_least_one(&["owner", "fields"]);
        let name = arguments.optional("name", decode::known_name);
        let number = arguments.optional("number", decode::integer(i64::MIN, i64::MAX));
        let owner = arguments
            .optional("owner", decode::or_cleared("none", decode::email));
        let fields_ = arguments.optional("fields", decode::string);
        Some(Self {
            name,
            number,
            owner,
            fields_,
        })
    }
    fn request(&self) -> Request {
        let body = JsonObject::new()
            .field_opt("owner", self.owner.as_ref())
            .field_opt("fields", self.fields_.as_ref());
        Request::new(HttpMethod::Put, "/v1/shelves")
            .query_opt("name", self.name.as_ref())
            .query_opt("number", self.number.as_ref())
            .json(body)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("kept_by", "owner")],
    };
    fn named_values(&self) -> Vec<NamedValue> {
        NamedValues::new()
            .add_unless("none", "owner", "owner", &self.owner)
            .into_values()
    }
}

/// Delete shelf: the tool `delete_a_library_shelf_by_id`.
///
/// Sends `DELETE /v1/shelves`. Declared in `tests/shelves.yaml` as `resources.shelf.tools.delete`.
#[derive(Clone, Debug)]
pub struct DeleteShelf {
    /// Name.
    ///
    /// Query parameter `name`. Required: a name.
    pub name: String,
}

impl Endpoint for DeleteShelf {
    const DEF: ToolDef = ToolDef {
        name: "delete_a_library_shelf_by_id",
        title: "Delete shelf",
        description: "Delete a shelf. Deletes the shelf.",
        method: ToolMethod::Delete,
        tags: &["books"],
        hints: Hints {
            read_only: false,
            destructive: true,
            idempotent: true,
        },
        input_schema: generated!("schemas/delete_a_library_shelf_by_id.json"),
        arguments: &["name"],
        example: r#"{"name":"a"}"#,
        files: None,
        http_method: HttpMethod::Delete,
        path: "/v1/shelves",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::Write(results::WriteForm {
                id: &["name", "number"],
                answered_as: &[],
            }),
            fields: &[],
            optional: &[],
            twins: &[
                results::Twin {
                    html: "remark_html",
                    text: "remark",
                },
            ],
            codes: &[],
            long_texts: &["remark_html", "remark"],
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
                    what: "the shelf",
                    condition: None,
                },
            ],
        ),
    };
    const EXAMPLES: &'static [&'static str] = &[r#""a""#];
    const LOOKUP: Option<RecordLookupDef> = Some(RecordLookupDef {
        tool: "get_single_library_shelf_by_id",
        arguments: &["name"],
        fields: &["größe", "a.b"],
    });
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let name = arguments.required("name", decode::known_name);
        Some(Self { name: name? })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Delete, "/v1/shelves").query("name", &self.name)
    }
    const TEACHES: Teaches = Teaches {
        rows: None,
        fields: &[("kept_by", "owner")],
    };
}
