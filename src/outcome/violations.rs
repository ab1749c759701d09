//! Errors for wrong arguments: all violations in one message, so that one more call can succeed.

use tool_runtime::prompt::PromptDef;
use tool_runtime::text::shortened;
use tool_runtime::violation::{Violation, Violations};

use super::call_outcome::{FailureKind, FailureSource, ToolError};
use crate::upstream::RateLimit;

/// The number of violations that the message spells out, those with a cure first. The facts contain the others.
const MAX_SPELLED_OUT: usize = 8;
/// The maximum length of all accepted values that the message repeats, in characters. The violations share it.
const MAX_ALLOWED_LENGTH: usize = 180;
/// The length of the accepted values that each violation may show, however many there are. An example fits.
const MIN_ALLOWED_LENGTH: usize = 80;

/// Returns the error for a call of `tool` with `violations`, which must not be empty.
pub fn error_of_violations(tool: &str, violations: Violations) -> ToolError {
    invalid_arguments(&format!("{tool} was not called"), "Correct and call again.", violations)
}

/// Returns the error for a request of `prompt` with `violations`, which must not be empty.
pub fn error_of_prompt_violations(prompt: &PromptDef, violations: Violations) -> ToolError {
    let consequence = format!("The prompt {} was not filled in", prompt.name);
    invalid_arguments(&consequence, "Correct and request it again.", violations)
}

fn invalid_arguments(consequence: &str, advice: &str, violations: Violations) -> ToolError {
    let violations = cures_first(violations);
    let shown = violations.len().clamp(1, MAX_SPELLED_OUT);
    let max_allowed = (MAX_ALLOWED_LENGTH / shown).max(MIN_ALLOWED_LENGTH);
    let spelled_out: Vec<_> =
        violations.iter().take(shown).map(|violation| spelled_out(violation, max_allowed)).collect();
    let more = match (violations.len().saturating_sub(MAX_SPELLED_OUT), violations.omitted()) {
        (0, _) => String::new(),
        (more, 0) => format!("; and {more} more"),
        (more, omitted) => format!("; and up to {} more", more.saturating_add(omitted)),
    };
    let list = spelled_out.join("; ") + &more;
    // A violation may end in a question.
    let end = if list.ends_with(['?', '.']) { "" } else { "." };
    ToolError {
        source: FailureSource::Arguments,
        kind: FailureKind::InvalidArguments,
        message: format!("{consequence}: {list}{end} {advice}"),
        status: None,
        violations: violations.into_iter().collect(),
        ratelimit: RateLimit::default(),
        confirmation: None,
    }
}

/// Returns the violations with those first that say what to write: a long list must not hide them behind others, such as
/// a hundred unknown names.
fn cures_first(violations: Violations) -> Violations {
    if violations.len() <= MAX_SPELLED_OUT {
        return violations;
    }
    let omitted = violations.omitted();
    let (cured, others): (Vec<_>, Vec<_>) = violations.into_iter().partition(says_what_to_write);
    Violations::with_omitted(cured.into_iter().chain(others), omitted)
}

fn says_what_to_write(Violation { argument: _, problem, allowed }: &Violation) -> bool {
    allowed.is_some() || problem.contains("required") || problem.contains("did you mean")
}

fn spelled_out(violation: &Violation, max_allowed: usize) -> String {
    let Violation { argument, problem, allowed } = violation;
    match allowed {
        Some(allowed) => format!("{argument}: {problem} (allowed: {})", shortened(allowed, max_allowed)),
        None => format!("{argument}: {problem}"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::tools::TOOLS;

    #[test]
    fn a_long_list_shows_the_cures_first() {
        let violation = |argument: &str, problem: &str, allowed: Option<&str>| Violation {
            argument: argument.to_owned(),
            problem: problem.to_owned(),
            allowed: allowed.map(str::to_owned),
        };
        let unknown = (0..50).map(|n| violation(&format!("x{n}"), "is not an argument of this tool", None));
        let cures = [
            violation("a", "is required but missing", None),
            violation("b", "is wrong", Some("one of: c, d")),
            violation("e", "is not an argument of this tool; did you mean `f`?", None),
        ];
        let error = error_of_violations("tool", unknown.chain(cures).collect());
        for cure in ["a: is required", "b: is wrong (allowed: one of: c, d)", "did you mean `f`", "and 45 more"] {
            assert!(error.message.contains(cure), "{cure}: {}", error.message);
        }
        assert_eq!(error.violations.first().unwrap().argument, "a");
    }

    #[test]
    fn no_full_stop_follows_a_question() {
        let tool = TOOLS.iter().max_by_key(|tool| tool.def.arguments.len()).unwrap();
        let example: serde_json::Map<_, _> = serde_json::from_str(tool.def.example).unwrap();
        let (name, value) = example.into_iter().next().unwrap();
        let arguments = [(format!("{name}x"), value)].into_iter().collect();
        let error = error_of_violations(tool.def.name, tool.prepare(arguments).unwrap_err());
        assert!(error.message.contains("`?") && !error.message.contains("?."), "{}", error.message);
    }
}
