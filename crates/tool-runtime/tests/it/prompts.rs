//! Prompts: how they are filled in, and what is left out.

use serde_json::{Value, json};
use tool_runtime::decode;
use tool_runtime::prelude::*;

struct Letter {
    to: String,
    day: Option<Date>,
    copies: Option<i64>,
}

impl PromptTemplate for Letter {
    const DEF: PromptDef =
        PromptDef { name: "letter", title: "", description: "", arguments: &[], uses: &[], example: "{}" };

    const NAMES: &'static [&'static str] = &["to", "day", "copies"];

    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let to = arguments.required("to", decode::non_empty_string);
        let day = arguments.optional("day", decode::date);
        let copies = arguments.optional("copies", decode::integer(1, 9));
        Some(Self { to: to?, day, copies })
    }

    fn render(&self) -> String {
        Passages::new()
            .literal("Write to ")
            .value(&self.to)
            .literal(".\n")
            .end()
            .literal("On ")
            .value_opt(self.day.as_ref())
            .literal(", ")
            .value_opt(self.copies.as_ref())
            .literal(" times.\n")
            .end()
            .literal("Sign it.\n")
            .end()
            .into()
    }
}

static PROMPT: Prompt = Prompt::new::<Letter>();

fn filled(arguments: &Value) -> Result<String, Vec<String>> {
    let Value::Object(arguments) = arguments.clone() else { unreachable!() };
    let told = |violation: tool_runtime::violation::Violation| format!("{} {}", violation.argument, violation.problem);
    PROMPT.fill(arguments).map_err(|violations| violations.into_iter().map(told).collect())
}

#[test]
fn a_passage_is_there_if_all_of_it_was_given() {
    let whole = filled(&json!({ "to": "Ann", "day": "2026-12-01", "copies": "2" }));
    assert_eq!(whole.unwrap(), "Write to Ann.\nOn 2026-12-01, 2 times.\nSign it.");
    for arguments in [json!({ "to": "Ann" }), json!({ "to": "Ann", "copies": 2 })] {
        assert_eq!(filled(&arguments).unwrap(), "Write to Ann.\nSign it.");
    }
}

#[test]
fn what_was_left_empty_was_not_given() {
    assert_eq!(filled(&json!({ "to": "Ann", "day": " ", "copies": "" })).unwrap(), "Write to Ann.\nSign it.");
    assert_eq!(filled(&json!({ "to": "" })).unwrap_err(), ["to is required and missing"]);
}

#[test]
fn everything_that_is_wrong_with_a_prompt_comes_back_together() {
    let told = filled(&json!({ "day": "soon", "copies": 99, "dey": "x" })).unwrap_err();
    assert_eq!(
        told,
        [
            "to is required and missing",
            r#"day "soon" is not a day"#,
            "copies 99 is out of range",
            "dey is not an argument of this prompt; did you mean `day`?",
        ]
    );
}

#[test]
fn what_is_given_is_never_taken_for_a_place() {
    assert_eq!(filled(&json!({ "to": "{day}" })).unwrap(), "Write to {day}.\nSign it.");
}
