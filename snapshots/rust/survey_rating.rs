//! Desk365: the tools of `survey_rating`.

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
        field: "cs_neutral_type",
        labels: &[
            ("1", results::Label::Text("positive")),
            ("2", results::Label::Text("neutral")),
            ("3", results::Label::Text("negative")),
        ],
    },
];

/// List survey ratings: the tool `list_all_desk_365_survey_ratings`.
///
/// Sends `GET /v3/surveys/ratings`. Declared in `spec/desk365.yaml` as
/// `resources.survey_rating.tools.list`.
#[derive(Clone, Debug)]
pub struct ListSurveyRatings {
    /// Rows to skip: `next_offset`.
    ///
    /// Query parameter `offset`. Optional: at least 0.
    pub offset: Option<i64>,
}

impl Endpoint for ListSurveyRatings {
    const DEF: ToolDef = ToolDef {
        name: "list_all_desk_365_survey_ratings",
        title: "List survey ratings",
        description: "What customers answered to surveys: rating, comment, ticket, agent, contact, oldest first, 30 a page. What a number means depends on survey_type; its survey says it. There is no filter by survey, ticket or date. The latest rating of a ticket also comes with list_all_desk_365_tickets and include_survey_details.",
        method: ToolMethod::List,
        tags: &["surveys"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/list_all_desk_365_survey_ratings.json"),
        arguments: &["offset"],
        example: r#"{"offset":0}"#,
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/surveys/ratings",
        reply: ReplyFormat::Json,
        view: Some(results::View {
            form: results::Form::List(results::ListForm {
                rows: "survey_ratings",
                total: Some("count"),
                extent: results::Extent::Page,
                oldest_first: true,
            }),
            fields: &[
                "rated_on",
                "ticket_number",
                "survey_type",
                "ratings.rating",
                "additional_comments_response",
                "contact_email",
                "agent_assigned",
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
        Request::new(HttpMethod::Get, "/v3/surveys/ratings")
            .query_opt("offset", self.offset.as_ref())
    }
    const TEACHES: Teaches = Teaches {
        rows: Some("survey_ratings"),
        fields: &[("agent_assigned", "agent")],
    };
}

/// Summarize survey ratings: the tool `desk_365_survey_ratings_summarize`, which reads the pages of
/// `ListSurveyRatings`.
pub static SUMMARIZE: ToolDef = ToolDef {
    name: "desk_365_survey_ratings_summarize",
    title: "Summarize survey ratings",
    description: "Satisfaction ratings per survey, agent, rating or month. Counts rows in groups.",
    method: ToolMethod::Custom,
    input_schema: generated!("schemas/desk_365_survey_ratings_summarize.json"),
    arguments: &["by", "measure", "max_calls"],
    example: r#"{"by":["survey_name"]}"#,
    view: None,
    paging: None,
    resource: None,
    ..ListSurveyRatings::DEF
};

/// The fields that `SUMMARIZE` can group by and measure.
pub static SUMMARY: results::summary::SummaryDef = results::summary::SummaryDef {
    id: &["ticket_number", "survey_name", "rated_on"],
    unset: &["--"],
    page: results::summary::PageQuery {
        offset: "offset",
        size: None,
    },
    by: &["survey_name", "agent_assigned", "ratings.rating", "contact_email"],
    times: &["rated_on"],
    measures: &["ratings.rating"],
};
