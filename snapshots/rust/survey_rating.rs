//! Desk365: the tools of `survey_rating`.

use tool_runtime::prelude::*;

/// List survey ratings: the tool `list_all_desk_365_survey_ratings`.
///
/// Sends `GET /v3/surveys/ratings`. Declared in `spec/desk365.yaml` as
/// `resources.survey_rating.tools.list`.
#[derive(Clone, Debug)]
pub struct ListSurveyRatings {
    /// Rows to skip: 0 for the first page, 30 for the second, and so on.
    ///
    /// Query parameter `offset`. Optional: at least 0.
    pub offset: Option<i64>,
}

impl Endpoint for ListSurveyRatings {
    const DEF: ToolDef = ToolDef {
        name: "list_all_desk_365_survey_ratings",
        title: "List survey ratings",
        description: "What customers answered, oldest first. Rows are in `survey_ratings`: ticket_number, survey_name, contact_email, agent_assigned, ratings (by question), additional_comments_response, sent_on, rated_on. There is no filter by survey, ticket or date. Pages of 30: raise offset by 30; `count` is the total, so the latest are at offset count - 30. survey_type 1 CSAT (ratings -3 to 3, their texts in get_single_desk_365_survey_by_id), 2 five star, 3 NPS; cs_neutral_type (what neutral counts as) 1 positive, 2 neutral, 3 negative. The latest rating of given tickets comes with list_all_desk_365_tickets and include_survey_details.",
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
        resource: None,
        cost: 1,
        gated: None,
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
}
