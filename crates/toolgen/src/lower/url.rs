//! URLs: the base URL, and the path of each tool.

use crate::diagnostic::{Diagnostic, Report, Span, alternatives, suggestion};
use crate::model::{Argument, Place, Segment};
use crate::spec::{ApiSpec, FieldSpec, Text};

/// Prefix, after the slug, of the environment variables of the server itself.
const SERVER_PREFIX: &str = "mcp_";

/// Names that a base-URL variable cannot have: the other fields of an account, and the flags of the same commands.
const RESERVED: &[&str] = &[
    "allowed_api_hosts",
    "api_key",
    "api_key_file",
    "args",
    "attachments_dir",
    "base_url",
    "ca_file",
    "cache_seconds",
    "call_timeout",
    "confirm",
    "connector",
    "created_at",
    "created_by",
    "data_dir",
    "database_url",
    "exclude_tools",
    "file",
    "help",
    "id",
    "json",
    "last_check",
    "methods",
    "name",
    "new_key",
    "ratelimit",
    "read_only",
    "results",
    "sandbox",
    "sandbox_budget",
    "sandbox_grant",
    "status",
    "tags",
    "tool_exposure",
    "tools",
    "updated_at",
    "updated_by",
    "url",
    "version",
];

/// Returns the variables of a text that contains `{variables}`, or the position of its first unpaired brace.
pub(super) fn variables(text: &str) -> Result<Vec<&str>, usize> {
    let mut names = Vec::new();
    let mut open = None;
    for (at, brace) in text.match_indices(['{', '}']) {
        open = match (brace, open) {
            ("{", None) => Some(at),
            ("}", Some(start)) => {
                names.extend(text.get(start + 1..at));
                None
            }
            (_, first) => return Err(first.unwrap_or(at)),
        };
    }
    open.map_or(Ok(names), Err)
}

/// Checks that the base URL is complete, and that its variables are exactly the declared ones.
pub(super) fn check_base(api: &ApiSpec, report: &mut Report) {
    let Some(url) = &api.base_url else { return };
    let known: Vec<_> = api.variables.iter().map(|(key, _)| key.text.as_str()).collect();
    let reserved = |name: &str| RESERVED.contains(&name) || name.starts_with(SERVER_PREFIX);
    for (key, _) in api.variables.iter().filter(|(key, _)| reserved(&key.text)) {
        report.add(
            Diagnostic::new(key.span, format!("a base-URL variable cannot be called `{}`", key.text))
                .label("reserved")
                .help("name it after its meaning in the URL, such as `subdomain` or `region`"),
        );
    }
    let host = url.value.strip_prefix("https://");
    if host.is_none_or(|host| host.is_empty() || host.starts_with('/')) {
        report.add(
            Diagnostic::new(url.span, "the base URL is not an https URL")
                .label("must start with https:// and a host")
                .help("plain http would expose the API key"),
        );
    }
    if url.value.ends_with('/') {
        report.add(
            Diagnostic::new(url.span, "the base URL ends with a slash")
                .label("the paths of tools start with one")
                .help("remove the final slash"),
        );
    }
    let foreign = |c: char| c.is_whitespace() || c.is_control() || "?#@\\".contains(c);
    if let Some(foreign) = url.value.chars().find(|c| foreign(*c)) {
        report.add(
            Diagnostic::new(url.span_of(&foreign.to_string(), report), format!("the base URL contains {foreign:?}"))
                .label("not allowed")
                .help("give only host and path; query parameters belong to the tools, and the key belongs to `auth`"),
        );
    }
    let Ok(used) = variables(&url.value) else {
        return report.add(unpaired(url, "the base URL", report));
    };
    for name in used.iter().filter(|name| !known.contains(name)) {
        report.add(
            Diagnostic::new(url.span_of(&format!("{{{name}}}"), report), format!("unknown variable `{name}`"))
                .label("not declared under `variables`")
                .help(match known.as_slice() {
                    [] => format!("add `variables: {{ {name}: {{ about: \"...\", example: ... }} }}` in `api`"),
                    known => suggestion(name, known),
                }),
        );
    }
    for (key, _) in api.variables.iter().filter(|(key, _)| !used.contains(&key.text.as_str())) {
        report.add(
            Diagnostic::new(key.span, format!("the base URL does not use the variable `{}`", key.text))
                .label("unused")
                .help(format!("write `{{{}}}` in `base_url`, or remove the variable", key.text)),
        );
    }
}

/// Returns the diagnostic for an unpaired brace.
pub(super) fn unpaired(text: &Text, what: &str, report: &Report) -> Diagnostic {
    let brace = |at: usize| Span { start: text.span.start + at, end: text.span.start + at + 1 };
    // If the brace is written as an escape, the source has no unpaired brace to point at.
    let span = variables(report.source_of(text.span)).err().map_or(text.span, brace);
    Diagnostic::new(span, format!("{what} contains an unpaired brace"))
        .label("unpaired")
        .help("write variables as `{name}`; braces are not allowed for anything else")
}

/// The HTTP method and path of a tool.
pub(super) struct Http<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// The variables of the path.
    pub(super) variables: Vec<&'a str>,
    text: &'a Text,
}

impl<'a> Http<'a> {
    /// Parses `METHOD /path`. Returns `None` only if something was reported.
    pub(super) fn parse(http: &'a Text, report: &mut Report) -> Option<Self> {
        const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];
        let wrong = |span: Span, message: String, label: String| {
            Diagnostic::new(span, message).label(label).help("for example `GET /v1/books` or `PUT /v1/books/{id}`")
        };
        let Some((method, path)) = http.value.split_once(' ') else {
            let message = format!("`{}` is not a method and a path", http.value);
            report.add(wrong(http.span, message, "expected both, separated by a space".to_owned()));
            return None;
        };
        if !METHODS.contains(&method) {
            let label = format!("expected {}", alternatives(METHODS.iter().copied()));
            report.add(wrong(http.span_of(method, report), format!("unknown HTTP method `{method}`"), label));
            return None;
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~{}".contains(c);
        let label = if !path.starts_with('/') {
            Some("must start with a slash".to_owned())
        } else if let Some(other) = path.chars().find(|c| !plain(*c)) {
            Some(format!("{other:?} is not allowed in a path; query parameters belong under `query`"))
        } else {
            ["..", "//"]
                .iter()
                .find(|piece| path.contains(*piece))
                .map(|piece| format!("`{piece}` is not allowed in a path"))
        };
        if let Some(label) = label {
            report.add(wrong(http.span_of(path, report), format!("`{path}` is not a path"), label));
            return None;
        }
        let Ok(variables) = variables(path) else {
            report.add(unpaired(http, "the path", report));
            return None;
        };
        if variables.contains(&"") {
            report.add(wrong(
                http.span_of("{}", report),
                "a variable of the path has no name".to_owned(),
                "expected the name of an argument".to_owned(),
            ));
            return None;
        }
        Some(Self { method, path, variables, text: http })
    }

    /// Returns the path, split at its variables.
    pub(super) fn segments(&self) -> Vec<Segment> {
        let mut segments = Vec::new();
        for (index, piece) in self.path.split('{').enumerate() {
            let (variable, literal) = match piece.split_once('}') {
                Some((variable, literal)) if index > 0 => (Some(variable), literal),
                _ => (None, piece),
            };
            segments.extend(variable.map(|variable| Segment::Argument(variable.to_owned())));
            if !literal.is_empty() {
                segments.push(Segment::Literal(literal.to_owned()));
            }
        }
        segments
    }

    /// Returns the variables that no argument fills, and reports them. `shared` is the `id` of the resource.
    pub(super) fn unfilled(&self, arguments: &[Argument], shared: &[FieldSpec], report: &mut Report) -> Vec<&'a str> {
        let variables = self.variables.iter().copied();
        variables.filter(|variable| !self.is_filled(variable, arguments, shared, report)).collect()
    }

    /// Returns whether an argument fills a variable of the path, and reports it if not.
    fn is_filled(&self, variable: &str, arguments: &[Argument], shared: &[FieldSpec], report: &mut Report) -> bool {
        let declare = format!("declare `{variable}` under `id` or `query`");
        let (label, help) = match arguments.iter().find(|argument| argument.field.argument == variable) {
            Some(argument) if argument.place == Place::Path => return true,
            Some(_) => (format!("`{variable}` is sent in the body"), declare),
            None if shared.iter().any(|id| id.name.text == variable) => (
                "this operation does not take the `id` of its resource".to_owned(),
                format!("only `get`, `update` and `delete` take it; write `id: {{ {variable}: ... }}` here"),
            ),
            None => (format!("`{variable}` is not declared"), declare),
        };
        report.add(
            Diagnostic::new(
                self.text.span_of(&format!("{{{variable}}}"), report),
                format!("no argument for the variable `{{{variable}}}`"),
            )
            .label(label)
            .help(help),
        );
        false
    }
}

#[cfg(test)]
mod tests {
    use super::variables;

    #[test]
    fn variables_are_pairs_of_braces() {
        assert_eq!(variables("a"), Ok(vec![]));
        assert_eq!(variables("{a}/b{c}{}"), Ok(vec!["a", "c", ""]));
    }

    #[test]
    fn the_first_unpaired_brace_is_found() {
        for (text, at) in [("a{b", 1), ("{a{b}", 0), ("{a}{b", 3), ("a}", 1), ("{a}}b{", 3)] {
            assert_eq!(variables(text), Err(at), "{text}");
        }
    }
}
