//! Arguments that do not fit: everything wrong with them in one answer, so that one more call can be right.

use tool_runtime::prompt::PromptDef;
use tool_runtime::tool::ToolDef;
use tool_runtime::violation::Violation;

use super::{Kind, RateLimit, Source, ToolError};

/// How many violations the first line spells out. The JSON below it has them with what is allowed.
const SPELT_OUT: usize = 4;
/// The longest list of what is allowed that the first line repeats.
const SHORT: usize = 80;
/// How many violations are kept: nobody mends more at once, and an absurd call must not have an absurd answer.
const KEPT: usize = 100;

/// The error for a call of `tool` with `violations`, of which there is at least one.
pub fn of_violations(tool: &ToolDef, violations: Vec<Violation>) -> ToolError {
    refused(&format!("{} was not called", tool.name), "Mend them and call again.", violations)
}

/// The error for a request for `prompt` with `violations`, of which there is at least one.
pub fn of_prompt_violations(prompt: &PromptDef, violations: Vec<Violation>) -> ToolError {
    refused(&format!("The prompt {} was not filled in", prompt.name), "Mend them and ask again.", violations)
}

/// `done` says what was not done, and `then` what to do once the arguments are in order.
fn refused(done: &str, then: &str, mut violations: Vec<Violation>) -> ToolError {
    let count = violations.len();
    let problems = if count == 1 { "a problem".to_owned() } else { format!("{count} problems") };
    let spelt: Vec<_> = violations.iter().take(SPELT_OUT).map(spelt).collect();
    let more = match count.saturating_sub(SPELT_OUT) {
        0 => String::new(),
        more => format!("; and {more} more"),
    };
    violations.truncate(KEPT);
    ToolError {
        source: Source::Arguments,
        kind: Kind::InvalidArguments,
        message: format!("{done} because of {problems} with its arguments: {}{more}. {then}", spelt.join("; ")),
        status: None,
        violations,
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
