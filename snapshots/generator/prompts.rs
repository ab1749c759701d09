//! Library: prompts.

use tool_runtime::prelude::*;

use super::types;

/// Self: the prompt `self`.
///
/// Declared in `tests/shelves.yaml` as `prompts.self`.
#[derive(Clone, Debug)]
pub struct SelfType {
    /// Itself.
    ///
    /// Placeholder `{self}`. Required: not empty.
    pub self_: String,
    /// Which.
    ///
    /// Placeholder `{type}`. Required: one of `type`, `self`.
    pub r#type: types::Kind,
    /// Rank, as text.
    ///
    /// Placeholder `{rank}`. Optional: one of `low` (1), `high` (10). The API assumes `"low"` if it is
    /// omitted.
    pub rank: Option<types::RankText>,
    /// Day.
    ///
    /// Placeholder `{day}`. Optional: `yyyy-mm-dd`.
    pub day: Option<Date>,
    /// Time.
    ///
    /// Placeholder `{at}`. Optional: `yyyy-mm-dd hh:mm:ss`.
    pub at: Option<Timestamp>,
    /// A digit.
    ///
    /// Placeholder `{digit}`. Optional: 1 to 5.
    pub digit: Option<i64>,
    /// Price.
    ///
    /// Placeholder `{price}`. Optional.
    pub price: Option<Number>,
}

impl PromptTemplate for SelfType {
    const DEF: PromptDef = PromptDef {
        name: "self",
        title: "Self",
        description: "A prompt with \"quotes\", placeholders of every type, and optional lines.",
        arguments: &[
            PromptArgument {
                name: "self",
                about: "Itself.",
                required: true,
            },
            PromptArgument {
                name: "type",
                about: "Which.",
                required: true,
            },
            PromptArgument {
                name: "rank",
                about: "Rank, as text.",
                required: false,
            },
            PromptArgument {
                name: "day",
                about: "Day.",
                required: false,
            },
            PromptArgument {
                name: "at",
                about: "Time.",
                required: false,
            },
            PromptArgument {
                name: "digit",
                about: "A digit.",
                required: false,
            },
            PromptArgument {
                name: "price",
                about: "Price.",
                required: false,
            },
        ],
        uses: &["get_single_library_type_by_id", "list_all_library_types"],
        example: r#"{"self":"me","type":"self","day":"2026-12-01","at":"2026-12-01 10:00:00"}"#,
    };
    const NAMES: &'static [&'static str] = &[
        "self",
        "type",
        "rank",
        "day",
        "at",
        "digit",
        "price",
    ];
    const EXAMPLES: &'static [&'static str] = &[
        r#""me""#,
        r#""self""#,
        r#""low""#,
        r#""2026-12-01""#,
        r#""2026-12-01 10:00:00""#,
        "1",
        "1.5",
    ];
    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let self_ = arguments.required("self", decode::non_empty_string);
        let r#type = arguments.required("type", decode::choice::<types::Kind>);
        let rank = arguments.optional("rank", decode::choice::<types::RankText>);
        let day = arguments.optional("day", decode::date);
        let at = arguments.optional("at", decode::timestamp);
        let digit = arguments
            .optional("digit", decode::or_prefixed("#", decode::integer(1, 5)));
        let price = arguments.optional("price", decode::number);
        Some(Self {
            self_: self_?,
            r#type: r#type?,
            rank,
            day,
            at,
            digit,
            price,
        })
    }
    fn render(&self) -> String {
        Passages::new()
            .value(&self.self_)
            .value(&self.r#type.label())
            .literal(": \"")
            .value(&self.self_)
            .literal("\" \\ of rank ")
            .value_opt(self.rank.map(Choice::label).as_ref())
            .literal(".\n")
            .literal("\n")
            .end()
            .literal("Only at ")
            .value_opt(self.at.as_ref())
            .literal(" on ")
            .value_opt(self.day.as_ref())
            .literal(".\n")
            .literal("\n")
            .end()
            .literal("- first\n")
            .end()
            .literal("- ")
            .value_opt(self.digit.as_ref())
            .literal(" at ")
            .value_opt(self.price.as_ref())
            .literal("\n")
            .end()
            .literal("- last")
            .end()
            .into()
    }
}

/// Ask nothing: the prompt `ask_nothing`.
///
/// Declared in `tests/shelves.yaml` as `prompts.ask_nothing`.
#[derive(Clone, Debug)]
pub struct AskNothing;

impl PromptTemplate for AskNothing {
    const DEF: PromptDef = PromptDef {
        name: "ask_nothing",
        title: "Ask nothing",
        description: "A prompt without placeholders.",
        arguments: &[],
        uses: &["library_types_ping"],
        example: "{}",
    };
    const NAMES: &'static [&'static str] = &[];
    fn decode(_: &mut Arguments) -> Option<Self> {
        Some(Self)
    }
    fn render(&self) -> String {
        Passages::new().literal("Check that the API replies.").end().into()
    }
}
