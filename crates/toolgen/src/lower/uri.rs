//! The URI templates under which clients read the results of tools as MCP resources.

use super::name;
use super::url::{unpaired, variables};
use crate::diagnostic::{Diagnostic, Report, listed, suggestion};
use crate::model::{Argument, Place, ResourceUri, Rule, ToolMethod, Type};
use crate::spec::{Spec, Text};

/// A tool whose results are read under a URI.
pub(super) struct UriSource<'a> {
    pub(super) scheme: &'a str,
    pub(super) singular: &'a str,
    pub(super) operation: &'a str,
    pub(super) title: &'a str,
    pub(super) method: ToolMethod,
    pub(super) read_only: bool,
    pub(super) arguments: &'a [Argument],
    /// The variables of the HTTP path that no argument fills; already reported.
    pub(super) unfilled: &'a [&'a str],
    pub(super) rules: &'a [Rule],
}

impl UriSource<'_> {
    /// Checks the path of the URI and reports its mistakes.
    pub(super) fn lower(&self, path: &Text, report: &mut Report) -> ResourceUri {
        if !self.read_only {
            report.add(
                Diagnostic::new(path.span, "only a read-only tool can have a `uri`")
                    .label("this tool changes something")
                    .help("clients read resources at any time, without asking; remove `uri`"),
            );
        }
        if let Some(variables) = checked_variables(path, report) {
            for variable in &variables {
                self.check_variable(path, variable, report);
            }
            self.check_covered(path, &variables, report);
        }
        let name = match self.method {
            ToolMethod::Get => self.singular.to_owned(),
            _ => format!("{}_{}", self.singular, self.operation),
        };
        // A scheme cannot have underscores.
        let uri = format!("{}://{}", self.scheme.replace('_', "-"), path.value);
        ResourceUri { uri, name, title: title(self.title) }
    }

    fn check_variable(&self, path: &Text, variable: &str, report: &mut Report) {
        let span = path.span_of(&format!("{{{variable}}}"), report);
        let argument = self.arguments.iter().find(|argument| argument.field.argument == variable);
        match argument.map(|argument| (argument.place, &argument.field.ty)) {
            // Already reported in the HTTP path.
            None if self.unfilled.contains(&variable) => {}
            None => {
                let known: Vec<_> = self.arguments.iter().map(|argument| argument.field.argument.as_str()).collect();
                report.add(
                    Diagnostic::new(span, format!("this tool has no argument `{variable}`"))
                        .label("unknown argument")
                        .help(suggestion(variable, &known)),
                );
            }
            Some((Place::Path | Place::Query | Place::Json, ty)) if fits_into_uri(ty) => {}
            Some(_) => report.add(
                Diagnostic::new(span, format!("`{variable}` cannot be used in a URI"))
                    .label("only texts, whole numbers, days, times and choices can")
                    .help("remove it from the URI"),
            ),
        }
    }

    /// Checks that the URI contains every argument that a valid call needs.
    fn check_covered(&self, path: &Text, variables: &[&str], report: &mut Report) {
        let given = |name: &str| variables.contains(&name);
        let required = self.arguments.iter().filter(|argument| argument.field.required);
        let mut missing: Vec<_> = required.map(|argument| argument.field.argument.as_str()).collect();
        missing.retain(|name| !given(name));
        let count = |names: &[String]| names.iter().filter(|name| given(name)).count();
        for rule in self.rules {
            let one_of = match rule {
                Rule::AtLeastOne(names) if count(names) == 0 => names,
                Rule::ExactlyOne(names) if count(names) != 1 => names,
                Rule::Requires(name, other) if given(name) && !given(other) => std::slice::from_ref(other),
                // The URI fixes which of them is given, so its selector could only repeat or contradict it.
                Rule::ChosenBy(_, names) if count(names) > 0 => names,
                Rule::AtLeastOne(_) | Rule::ExactlyOne(_) | Rule::Requires(..) | Rule::ChosenBy(..) => continue,
            };
            report.add(
                Diagnostic::new(path.span, "this URI breaks a rule of the tool")
                    .label(format!("see the rule about {}", listed(one_of.iter().map(String::as_str))))
                    .help("use exactly the variables of a valid call"),
            );
        }
        if !missing.is_empty() {
            report.add(
                Diagnostic::new(path.span, format!("this URI lacks {}", listed(missing.iter().copied())))
                    .label("required by the tool")
                    .help("add every required argument to the URI as `{name}`, or remove `uri`"),
            );
        }
    }
}

/// Checks the form of a path and returns its variables.
fn checked_variables<'a>(path: &'a Text, report: &mut Report) -> Option<Vec<&'a str>> {
    let Ok(variables) = variables(&path.value) else {
        report.add(unpaired(path, "the URI", report));
        return None;
    };
    let wrong = |message: &str, label: String| {
        Diagnostic::new(path.span, message)
            .label(label)
            .help("write words and variables separated by slashes, starting with a word, such as `books/{isbn}`")
    };
    let mut segments = path.value.split('/');
    if segments.next().is_none_or(|first| !is_word(first)) {
        report
            .add(wrong("the URI must start with a word", "expected lower-case letters, digits and hyphens".to_owned()));
        return None;
    }
    let whole = |segment: &str| segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some();
    if let Some(segment) = segments.find(|segment| !is_word(segment) && !whole(segment)) {
        report.add(wrong("a segment of the URI is neither a word nor a variable", format!("`{segment}`")));
        return None;
    }
    let mut names = variables.iter().enumerate();
    if let Some((_, twice)) = names.find(|(at, name)| variables.iter().take(*at).any(|other| other == *name)) {
        report.add(wrong("the URI contains a variable twice", format!("`{{{twice}}}`")));
        return None;
    }
    Some(variables)
}

/// Reports URIs that match the templates of two tools.
pub(super) fn report_shared(spec: &Spec, report: &mut Report) {
    let tools = spec.resources.iter().flat_map(|(_, resource)| resource.tools.iter().flatten());
    let paths: Vec<_> = tools.filter_map(|(_, tool)| tool.uri.as_ref()).collect();
    for (index, path) in paths.iter().enumerate() {
        if let Some(first) = paths.iter().take(index).find(|first| overlap(&first.value, &path.value)) {
            let line = report.line(first.span);
            report.add(
                Diagnostic::new(path.span, "a URI could match two tools")
                    .label(format!("overlaps with `{}` on line {line}", first.value))
                    .help("start one of them with another word"),
            );
        }
    }
}

/// Returns whether some URI matches both templates.
fn overlap(one: &str, other: &str) -> bool {
    let variable = |segment: &str| segment.starts_with('{');
    let (one, other): (Vec<_>, Vec<_>) = (one.split('/').collect(), other.split('/').collect());
    one.len() == other.len() && one.iter().zip(&other).all(|(a, b)| a == b || variable(a) || variable(b))
}

fn is_word(segment: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !segment.is_empty() && segment.chars().all(word)
}

fn fits_into_uri(ty: &Type) -> bool {
    matches!(
        ty,
        Type::Text | Type::Name | Type::Email | Type::Integer(..) | Type::Timestamp | Type::Date | Type::Choice(_)
    )
}

/// Returns the title of a resource: the title of its tool without the verb `Get`.
fn title(tool: &str) -> String {
    name::capitalised(tool.strip_prefix("Get ").unwrap_or(tool))
}
