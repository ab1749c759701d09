//! Prompts: arguments and passages.

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
    let problem =
        |violation: tool_runtime::violation::Violation| format!("{} {}", violation.argument, violation.problem);
    PROMPT.fill(arguments).map_err(|violations| violations.into_iter().map(problem).collect())
}

#[test]
fn incomplete_passages_are_left_out() {
    let whole = filled(&json!({ "to": "Ann", "day": "2026-12-01", "copies": "2" }));
    assert_eq!(whole.unwrap(), "Write to Ann.\nOn 2026-12-01, 2 times.\nSign it.");
    for arguments in [json!({ "to": "Ann" }), json!({ "to": "Ann", "copies": 2 })] {
        assert_eq!(filled(&arguments).unwrap(), "Write to Ann.\nSign it.");
    }
}

#[test]
fn empty_prompt_arguments_count_as_not_given() {
    assert_eq!(filled(&json!({ "to": "Ann", "day": " ", "copies": "" })).unwrap(), "Write to Ann.\nSign it.");
    assert_eq!(filled(&json!({ "to": "" })).unwrap_err(), ["to is required but missing"]);
}

#[test]
fn all_violations_of_a_prompt_are_returned_together() {
    let problems = filled(&json!({ "day": "soon", "copies": 99, "dey": "x" })).unwrap_err();
    assert_eq!(
        problems,
        [
            "to is required but missing",
            r#"day "soon" is not a date"#,
            "copies 99 is out of range",
            "dey is not an argument of this prompt",
        ]
    );
}

#[test]
fn braces_in_a_prompt_argument_are_text() {
    assert_eq!(filled(&json!({ "to": "{day}" })).unwrap(), "Write to {day}.\nSign it.");
}
