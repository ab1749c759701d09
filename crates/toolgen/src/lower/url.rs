//! Addresses: the base URL, and the path of each tool.

use crate::diagnostic::{Diagnostic, Report, Span, listed, suggestion};
use crate::model::{Argument, Place, Segment};
use crate::spec::{Api, Field, Text};

/// What the names of the server's own environment variables begin with, once the slug is taken off.
const SERVERS_OWN: &str = "mcp_";

/// Names that an account has beside the variables of its address, and those of the flags that stand beside theirs.
const RESERVED: &[&str] = &[
    "api_key",
    "api_key_file",
    "args",
    "attachments_dir",
    "base_url",
    "ca_file",
    "created_at",
    "data_dir",
    "database_url",
    "exclude_tools",
    "file",
    "help",
    "id",
    "json",
    "methods",
    "name",
    "new_key",
    "ratelimit",
    "read_only",
    "sandbox",
    "sandbox_budget",
    "sandbox_grant",
    "status",
    "tags",
    "tool_exposure",
    "tools",
    "updated_at",
    "url",
    "version",
];

/// The variables of a text with `{variables}` in it, or else where its first brace stands that has no other.
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

/// The base URL must be fixed but for its variables, and each of those must be declared and used.
pub(super) fn check_base(api: &Api, report: &mut Report) {
    let Some(url) = &api.base_url else { return };
    let known: Vec<_> = api.variables.iter().map(|(key, _)| key.text.as_str()).collect();
    let reserved = |name: &str| RESERVED.contains(&name) || name.starts_with(SERVERS_OWN);
    for (key, _) in api.variables.iter().filter(|(key, _)| reserved(&key.text)) {
        report.add(
            Diagnostic::new(key.span, format!("a base-URL variable cannot be called `{}`", key.text))
                .label("there is something else of that name already")
                .help("say what it stands for in the address, such as `subdomain` or `region`"),
        );
    }
    let host = url.value.strip_prefix("https://");
    if host.is_none_or(|host| host.is_empty() || host.starts_with('/')) {
        report.add(
            Diagnostic::new(url.span, "the base URL is not an https address")
                .label("must begin with https:// and a host")
                .help("a key sent in the clear is a key given away"),
        );
    }
    if url.value.ends_with('/') {
        report.add(
            Diagnostic::new(url.span, "the base URL ends with a slash")
                .label("the paths of tools begin with one")
                .help("take the last slash out"),
        );
    }
    let foreign = |c: char| c.is_whitespace() || c.is_control() || "?#@\\".contains(c);
    if let Some(foreign) = url.value.chars().find(|c| foreign(*c)) {
        report.add(
            Diagnostic::new(url.part(&foreign.to_string(), report), format!("the base URL has {foreign:?} in it"))
                .label("cannot stand here")
                .help("give host and path alone; what a query says goes to the tools, and the key goes under `auth`"),
        );
    }
    let Ok(used) = variables(&url.value) else {
        return report.add(unpaired(url, "the base URL", report));
    };
    for name in used.iter().filter(|name| !known.contains(name)) {
        report.add(
            Diagnostic::new(url.part(&format!("{{{name}}}"), report), format!("no variable `{name}` is declared"))
                .label("must be under `variables`")
                .help(match known.as_slice() {
                    [] => format!("write `variables: {{ {name}: {{ about: \"...\", example: ... }} }}` in `api`"),
                    known => suggestion(name, known),
                }),
        );
    }
    for (key, _) in api.variables.iter().filter(|(key, _)| !used.contains(&key.text.as_str())) {
        report.add(
            Diagnostic::new(key.span, format!("the base URL has no variable `{}`", key.text))
                .label("declared and never used")
                .help(format!("put `{{{}}}` into `base_url`, or take this out", key.text)),
        );
    }
}

pub(super) fn unpaired(text: &Text, what: &str, report: &Report) -> Diagnostic {
    let brace = |at: usize| Span { start: text.span.start + at, end: text.span.start + at + 1 };
    // An escape may stand for a brace, so that those that are written are all in pairs.
    let span = variables(report.written(text.span)).err().map_or(text.span, brace);
    Diagnostic::new(span, format!("{what} has an unpaired brace"))
        .label("a variable is written `{name}`")
        .help("close every `{` with a `}`, and have no other braces")
}

/// Method and path of a tool.
pub(super) struct Http<'a> {
    pub(super) method: &'a str,
    pub(super) path: &'a str,
    /// The variables of the path.
    pub(super) variables: Vec<&'a str>,
    text: &'a Text,
}

impl<'a> Http<'a> {
    /// `METHOD /path`, apart. `None` only if something was reported.
    pub(super) fn parse(http: &'a Text, report: &mut Report) -> Option<Self> {
        const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE"];
        let wrong = |span: Span, message: String, label: String| {
            Diagnostic::new(span, message).label(label).help("such as `GET /v1/books` or `PUT /v1/books/{id}`")
        };
        let Some((method, path)) = http.value.split_once(' ') else {
            let message = format!("`{}` is not a method and a path", http.value);
            report.add(wrong(http.span, message, "must be both, with a space between".to_owned()));
            return None;
        };
        if !METHODS.contains(&method) {
            let label = format!("must be {}", listed(METHODS.iter().copied()).replace(" and ", " or "));
            report.add(wrong(http.part(method, report), format!("there is no method `{method}`"), label));
            return None;
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~{}".contains(c);
        let label = if !path.starts_with('/') {
            Some("must begin with a slash".to_owned())
        } else if let Some(other) = path.chars().find(|c| !plain(*c)) {
            Some(format!("{other:?} cannot stand in a path; what follows a `?` goes under `query`"))
        } else {
            ["..", "//"].iter().find(|piece| path.contains(*piece)).map(|piece| format!("cannot have `{piece}` in it"))
        };
        if let Some(label) = label {
            report.add(wrong(http.part(path, report), format!("`{path}` is not a path"), label));
            return None;
        }
        let Ok(variables) = variables(path) else {
            report.add(unpaired(http, "the path", report));
            return None;
        };
        if variables.contains(&"") {
            report.add(wrong(
                http.part("{}", report),
                "a variable of the path has no name".to_owned(),
                "whose place is this?".to_owned(),
            ));
            return None;
        }
        Some(Self { method, path, variables, text: http })
    }

    /// The path, cut at its variables.
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

    /// The variables that no argument fills, which is reported. `shared` is the `id` of the resource.
    pub(super) fn unfilled(&self, arguments: &[Argument], shared: &[Field], report: &mut Report) -> Vec<&'a str> {
        let variables = self.variables.iter().copied();
        variables.filter(|variable| !self.fills(variable, arguments, shared, report)).collect()
    }

    /// Whether an argument fills a variable of the path; if not, it is reported.
    fn fills(&self, variable: &str, arguments: &[Argument], shared: &[Field], report: &mut Report) -> bool {
        let declare = format!("declare `{variable}` under `id` or `query`; the path takes it from there");
        let (label, help) = match arguments.iter().find(|argument| argument.field.argument == variable) {
            Some(argument) if argument.place == Place::Path => return true,
            Some(_) => (format!("`{variable}` goes into the body"), declare),
            None if shared.iter().any(|id| id.name.text == variable) => (
                "this tool does not take the `id` of its resource".to_owned(),
                format!(
                    "only `get`, `update` and `delete` take it by themselves; write `id: {{ {variable}: ... }}` here"
                ),
            ),
            None => (format!("`{variable}` is not declared"), declare),
        };
        report.add(
            Diagnostic::new(
                self.text.part(&format!("{{{variable}}}"), report),
                format!("no argument fills `{{{variable}}}`"),
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
    fn variables_stand_in_pairs_of_braces() {
        assert_eq!(variables("a"), Ok(vec![]));
        assert_eq!(variables("{a}/b{c}{}"), Ok(vec!["a", "c", ""]));
    }

    #[test]
    fn the_first_brace_without_another_is_found() {
        for (text, at) in [("a{b", 1), ("{a{b}", 0), ("{a}{b", 3), ("a}", 1), ("{a}}b{", 3)] {
            assert_eq!(variables(text), Err(at), "{text}");
        }
    }
}
