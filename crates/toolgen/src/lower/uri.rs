//! The addresses at which a tool's answers are resources.

use super::name;
use super::url::{unpaired, variables};
use crate::diagnostic::{Diagnostic, Report, listed, suggestion};
use crate::model::{Argument, Class, Place, ResourceUri, Rule, Type};
use crate::spec::{Spec, Text};

/// The tool whose answers they are.
pub(super) struct Behind<'a> {
    pub(super) scheme: &'a str,
    pub(super) singular: &'a str,
    pub(super) operation: &'a str,
    pub(super) title: &'a str,
    pub(super) class: Class,
    pub(super) read_only: bool,
    pub(super) arguments: &'a [Argument],
    /// The variables of the path that no argument fills.
    pub(super) unfilled: &'a [&'a str],
    pub(super) rules: &'a [Rule],
}

impl Behind<'_> {
    /// Checks the path of the addresses. What is wrong is reported.
    pub(super) fn lower(&self, path: &Text, report: &mut Report) -> ResourceUri {
        if !self.read_only {
            report.add(
                Diagnostic::new(path.span, "only a tool that reads can have a `uri`")
                    .label("this one changes something")
                    .help("a resource is read whenever a client likes; take `uri` out"),
            );
        }
        if let Some(variables) = checked(path, report) {
            for variable in &variables {
                self.check_variable(path, variable, report);
            }
            self.check_covered(path, &variables, report);
        }
        let name = match self.class {
            Class::Get => self.singular.to_owned(),
            _ => format!("{}_{}", self.singular, self.operation),
        };
        // A scheme cannot have underscores.
        let uri = format!("{}://{}", self.scheme.replace('_', "-"), path.value);
        ResourceUri { uri, name, title: title(self.title) }
    }

    fn check_variable(&self, path: &Text, variable: &str, report: &mut Report) {
        let span = path.part(&format!("{{{variable}}}"), report);
        let argument = self.arguments.iter().find(|argument| argument.field.argument == variable);
        match argument.map(|argument| (argument.place, &argument.field.of)) {
            // It was reported where the path has it.
            None if self.unfilled.contains(&variable) => {}
            None => {
                let known: Vec<_> = self.arguments.iter().map(|argument| argument.field.argument.as_str()).collect();
                report.add(
                    Diagnostic::new(span, format!("the tool has no argument `{variable}`"))
                        .label("must be one of its arguments")
                        .help(suggestion(variable, &known)),
                );
            }
            Some((Place::Path | Place::Query | Place::Json, of)) if stands_in_a_uri(of) => {}
            Some(_) => report.add(
                Diagnostic::new(span, format!("`{variable}` cannot stand in an address"))
                    .label("only texts, whole numbers, days and choices can")
                    .help("take it out"),
            ),
        }
    }

    /// Whatever the tool must be given has to stand in the address: there is nowhere else for it.
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
                // Which of them belongs there, the address would say itself.
                Rule::ChosenBy(_, names) if count(names) > 0 => names,
                Rule::AtLeastOne(_) | Rule::ExactlyOne(_) | Rule::Requires(..) | Rule::ChosenBy(..) => continue,
            };
            report.add(
                Diagnostic::new(path.span, "these addresses break a rule of the tool")
                    .label(format!("see its rule about {}", listed(one_of.iter().map(String::as_str))))
                    .help("have just those variables that make a call which works"),
            );
        }
        if !missing.is_empty() {
            report.add(
                Diagnostic::new(path.span, format!("the tool needs {} as well", listed(missing.iter().copied())))
                    .label("not in the address")
                    .help("put every argument that is required into the address as `{name}`, or take `uri` out"),
            );
        }
    }
}

/// The variables of a path that is well-formed.
fn checked<'a>(path: &'a Text, report: &mut Report) -> Option<Vec<&'a str>> {
    let Ok(variables) = variables(&path.value) else {
        report.add(unpaired(path, "the address", report));
        return None;
    };
    let wrong = |message: &str, label: String| {
        Diagnostic::new(path.span, message)
            .label(label)
            .help("words and variables with slashes between them, such as `books/{isbn}`, a word first")
    };
    let mut segments = path.value.split('/');
    if segments.next().is_none_or(|first| !is_word(first)) {
        report.add(wrong("the address must begin with a word", "lower-case letters, digits and hyphens".to_owned()));
        return None;
    }
    let whole = |segment: &str| segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).is_some();
    if let Some(segment) = segments.find(|segment| !is_word(segment) && !whole(segment)) {
        report.add(wrong("the address has a segment that cannot be told apart", format!("`{segment}`")));
        return None;
    }
    let mut names = variables.iter().enumerate();
    if let Some((_, twice)) = names.find(|(at, name)| variables.iter().take(*at).any(|other| other == *name)) {
        report.add(wrong("the address has a variable twice", format!("`{{{twice}}}`")));
        return None;
    }
    Some(variables)
}

/// Reports addresses that two tools have in common.
pub(super) fn report_shared(spec: &Spec, report: &mut Report) {
    let tools = spec.resources.iter().flat_map(|(_, resource)| resource.tools.iter().flatten());
    let paths: Vec<_> = tools.filter_map(|(_, tool)| tool.uri.as_ref()).collect();
    for (index, path) in paths.iter().enumerate() {
        if let Some(first) = paths.iter().take(index).find(|first| alike(&first.value, &path.value)) {
            let line = report.line(first.span);
            report.add(
                Diagnostic::new(path.span, "two tools could be meant by the same address")
                    .label(format!("fits addresses of the tool with `{}`, line {line}", first.value))
                    .help("begin one of them with another word"),
            );
        }
    }
}

/// Whether some address fits both.
fn alike(one: &str, other: &str) -> bool {
    let variable = |segment: &str| segment.starts_with('{');
    let (one, other): (Vec<_>, Vec<_>) = (one.split('/').collect(), other.split('/').collect());
    one.len() == other.len() && one.iter().zip(&other).all(|(a, b)| a == b || variable(a) || variable(b))
}

fn is_word(segment: &str) -> bool {
    let word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    !segment.is_empty() && segment.chars().all(word)
}

fn stands_in_a_uri(of: &Type) -> bool {
    matches!(of, Type::Text | Type::Email | Type::Integer(..) | Type::Timestamp | Type::Date | Type::Choice(_))
}

/// What the tool gets, if its title says that it gets it.
fn title(tool: &str) -> String {
    name::capitalised(tool.strip_prefix("Get ").unwrap_or(tool))
}
