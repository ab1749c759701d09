//! Arguments that do not fit: everything wrong with them in one answer, so that one more call can be right.

use tool_runtime::prompt::PromptDef;
use tool_runtime::violation::{Violation, Violations};

use super::{Kind, RateLimit, Source, ToolError};

/// How many violations the first line spells out. The JSON below it has them with what is allowed.
const SPELT_OUT: usize = 4;
/// The longest list of what is allowed that the first line repeats.
const SHORT: usize = 80;

/// The error for a call of `tool` with `violations`, of which there is at least one.
pub fn of_violations(tool: &str, violations: Violations) -> ToolError {
    refused(&format!("{tool} was not called"), "Correct them and call again.", violations)
}

/// The error for a request for `prompt` with `violations`, of which there is at least one.
pub fn of_prompt_violations(prompt: &PromptDef, violations: Violations) -> ToolError {
    refused(&format!("The prompt {} was not filled in", prompt.name), "Correct them and ask again.", violations)
}

/// `done` says what was not done, and `then` what to do once the arguments are in order.
fn refused(done: &str, then: &str, violations: Violations) -> ToolError {
    let problems = match (violations.len(), violations.omitted()) {
        (1, 0) => "a problem".to_owned(),
        (count, 0) => format!("{count} problems"),
        (count, _) => format!("more than {count} problems"),
    };
    let spelt: Vec<_> = violations.iter().take(SPELT_OUT).map(spelt).collect();
    let more = match (violations.len().saturating_sub(SPELT_OUT), violations.omitted()) {
        (0, _) => String::new(),
        (more, 0) => format!("; and {more} more"),
        (more, uncertain) => format!("; and up to {} more", more.saturating_add(uncertain)),
    };
    let spelt = spelt.join("; ") + &more;
    // The last may be a question.
    let end = if spelt.ends_with(['?', '.']) { "" } else { "." };
    ToolError {
        source: Source::Arguments,
        kind: Kind::InvalidArguments,
        message: format!("{done} because of {problems} with its arguments: {spelt}{end} {then}"),
        status: None,
        violations: violations.into_iter().collect(),
        ratelimit: RateLimit::default(),
    }
}

fn spelt(violation: &Violation) -> String {
    let Violation { argument, problem, allowed } = violation;
    match allowed {
        Some(allowed) if allowed.len() <= SHORT => format!("{argument}: {problem} (allowed: {allowed})"),
        _ => format!("{argument}: {problem}"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::tools::TOOLS;

    #[test]
    fn no_full_stop_follows_a_question() {
        let tool = TOOLS.iter().max_by_key(|tool| tool.def.arguments.len()).unwrap();
        let name = format!("{}x", tool.def.arguments.first().unwrap());
        let arguments = [(name, serde_json::json!(1))].into_iter().collect();
        let error = of_violations(tool.def.name, tool.prepare(arguments).unwrap_err());
        assert!(error.message.ends_with("`? Correct them and call again."), "{}", error.message);
    }
}
