//! Desk365: the tools of `survey`.

use tool_runtime::prelude::*;

/// Fields whose values are codes, with the labels that results show instead.
const CODES: &[results::CodedField] = &[
    results::CodedField {
        field: "survey_type",
        labels: &[
            ("1", results::Label::Text("csat")),
            ("2", results::Label::Text("five_star")),
            ("3", results::Label::Text("nps")),
        ],
    },
    results::CodedField {
        field: "cs_rating_order",
        labels: &[
            ("1", results::Label::Text("best_first")),
            ("2", results::Label::Text("worst_first")),
        ],
    },
    results::CodedField {
        field: "cs_neutral_type",
        labels: &[
            ("1", results::Label::Text("positive")),
            ("2", results::Label::Text("neutral")),
            ("3", results::Label::Text("negative")),
        ],
    },
    results::CodedField {
        field: "notify_type",
        labels: &[
            ("7", results::Label::Text("ticket_resolved")),
            ("8", results::Label::Text("ticket_closed")),
        ],
    },
];

/// List surveys: the tool `list_all_desk_365_surveys`.
///
/// Sends `GET /v3/surveys`. Declared in `spec/desk365.yaml` as `resources.survey.tools.list`.
#[derive(Clone, Debug)]
pub struct ListSurveys;

impl Endpoint for ListSurveys {
    const DEF: ToolDef = ToolDef {
        name: "list_all_desk_365_surveys",
        title: "List surveys",
        description: "All satisfaction surveys with their questions and kind (CSAT, five star, NPS); what each rating means is in the field cs_scale_point_map. What customers answered is in list_all_desk_365_survey_ratings.",
        method: ToolMethod::List,
        tags: &["surveys"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/list_all_desk_365_surveys.json"),
        arguments: &[],
        example: "{}",
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/surveys",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::List(results::ListForm {
                rows: "surveys",
                total: Some("count"),
                extent: results::Extent::Whole,
                oldest_first: true,
            }),
            fields: &[
                "survey_name",
                "survey_type",
                "is_active",
                "is_deleted",
                "questions",
            ],
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
    fn decode(_: &mut Arguments) -> Option<Self> {
        Some(Self)
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/surveys")
    }
}

/// Get survey: the tool `get_single_desk_365_survey_by_id`.
///
/// Sends `GET /v3/surveys/details`. Declared in `spec/desk365.yaml` as `resources.survey.tools.get`.
#[derive(Clone, Debug)]
pub struct GetSurvey {
    /// Exact name of the survey.
    ///
    /// Query parameter `survey_name`. Required: a name.
    pub survey_name: String,
}

impl Endpoint for GetSurvey {
    const DEF: ToolDef = ToolDef {
        name: "get_single_desk_365_survey_by_id",
        title: "Get survey",
        description: "One survey by name, unless deleted, with the fields of list_all_desk_365_surveys.",
        method: ToolMethod::Get,
        tags: &["surveys"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/get_single_desk_365_survey_by_id.json"),
        arguments: &["survey_name"],
        example: r#"{"survey_name":"Ticket feedback"}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/surveys/details",
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
    const EXAMPLES: &'static [&'static str] = &[r#""Ticket feedback""#];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let survey_name = arguments.required("survey_name", decode::known_name);
        Some(Self { survey_name: survey_name? })
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/surveys/details")
            .query("survey_name", &self.survey_name)
    }
}
