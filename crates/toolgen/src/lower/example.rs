//! Does an example fit? It must be written as a caller should write it: labels, not codes; lists, not texts; and all
//! of it must be what the generated decoder takes, which is why the runtime's own decoders are asked.

use serde_json::{Map, Value};
use tool_runtime::decode;
use tool_runtime::violation::{Violation, Violations};

use crate::diagnostic::{Diagnostic, Report, Span, listed, suggestion};
use crate::model::{Argument, Field, Place, Rule, Type};
use crate::yaml::{Key, Node, Yaml};

/// Reports that a tool has no example.
pub(super) fn report_missing(tool: &Key, report: &mut Report) {
    report.add(
        Diagnostic::new(tool.span, format!("the tool `{}` has no example", tool.text))
            .label("needs an `example`")
            .help("write arguments that work, such as `example: { name: value }`; `example: {}` if it takes none"),
    );
}

/// A tool's example, checked against its arguments and rules, save what it has for `unfilled` places in the path, which
/// were reported. `None` only if something was reported.
pub(super) fn arguments(
    node: &Node,
    arguments: &[Argument],
    unfilled: &[&str],
    rules: &[Rule],
    report: &mut Report,
) -> Option<Map<String, Value>> {
    let mut check = Check { of: "the example", report };
    let Yaml::Map(entries) = &node.value else {
        check.wrong(node, "a map of arguments");
        return None;
    };
    let entries: Vec<_> = entries.iter().filter(|(key, _)| !unfilled.contains(&key.text.as_str())).cloned().collect();
    check.object(&entries, node.span, arguments.iter().map(|argument| (&argument.field, argument.place)));
    for rule in rules {
        check.rule(rule, node.span, &entries);
    }
    Some(entries.iter().map(|(key, value)| (key.text.clone(), value.json())).collect())
}

/// A check of what the file gives as a value.
pub(super) struct Check<'a> {
    of: &'static str,
    report: &'a mut Report,
}

impl<'a> Check<'a> {
    /// Checks a default.
    pub(super) fn default(report: &'a mut Report) -> Self {
        Self { of: "the default", report }
    }

    /// One value against a type. What the decoder of callers' values makes of it must be what is written.
    pub(super) fn value(&mut self, node: &Node, of: &Type) {
        let given = node.json();
        match of {
            Type::Text => self.exactly(node, decode::string(given)),
            Type::Email => self.exactly(node, decode::email(given)),
            Type::Integer(min, max) => self.exactly(node, decode::integer(*min, *max)(given)),
            Type::Number => self.exactly(node, decode::number(given).map(Value::Number)),
            Type::Boolean | Type::Flag => self.exactly(node, decode::boolean(given)),
            Type::Timestamp => self.exactly(node, decode::timestamp(given).map(|time| time.to_string())),
            Type::Date => self.exactly(node, decode::date(given).map(|day| day.to_string())),
            Type::Object => self.exactly(node, decode::object(given)),
            Type::Choice(choice) => {
                let labels = choice.options.iter().map(|(label, _)| label.as_str());
                if !labels.clone().any(|label| given == label) {
                    self.wrong(node, &listed(labels).replace(" and ", " or "));
                }
            }
            Type::Record(record) => match &node.value {
                Yaml::Map(entries) => self.object(entries, node.span, record.fields.iter().map(|f| (f, Place::Json))),
                _ => self.wrong(node, "a map"),
            },
            Type::List(item, separator) => match &node.value {
                Yaml::List(items) => items.iter().for_each(|node| self.item(node, item, *separator)),
                _ => self.wrong(node, "a list"),
            },
            Type::Files => self.files(node),
        }
    }

    /// An argument, or a field of a record.
    fn field(&mut self, node: &Node, field: &Field, place: Place) {
        let given = node.json();
        match &field.of {
            _ if field.clear.as_deref().is_some_and(|sign| given == sign) => {}
            Type::Text if place == Place::Path => self.exactly(node, decode::path_segment(given)),
            Type::Text if field.filled => self.exactly(node, decode::non_empty_string(given)),
            of => self.value(node, of),
        }
    }

    fn item(&mut self, node: &Node, of: &Type, separator: Option<char>) {
        match of {
            Type::Text => self.exactly(node, decode::non_empty_string(node.json())),
            of => self.value(node, of),
        }
        if let (Yaml::Text(text), Some(separator)) = (&node.value, separator)
            && text.contains(separator)
        {
            self.wrong(node, &format!("one item, without the {separator:?} that joins them"));
        }
    }

    fn object<'f>(&mut self, entries: &[(Key, Node)], span: Span, fields: impl Iterator<Item = (&'f Field, Place)>) {
        let fields: Vec<_> = fields.collect();
        for (key, node) in entries {
            if let Some((field, place)) = fields.iter().find(|(field, _)| field.argument == key.text) {
                self.field(node, field, *place);
            } else {
                let known: Vec<_> = fields.iter().map(|(field, _)| field.argument.as_str()).collect();
                self.report.add(
                    Diagnostic::new(key.span, format!("{} has `{}`, which is not declared", self.of, key.text))
                        .label("unknown here")
                        .help(suggestion(&key.text, &known)),
                );
            }
        }
        let given = |name: &str| entries.iter().any(|(key, _)| key.text == name);
        for (field, _) in fields.iter().filter(|(field, _)| field.required && !given(&field.argument)) {
            self.lacks(span, &field.argument);
        }
    }

    fn lacks(&mut self, place: Span, name: &str) {
        self.report.add(
            Diagnostic::new(place, format!("{} lacks `{name}`, which is required", self.of))
                .label(format!("`{name}` is missing here"))
                .help(format!("{} must work as it stands; give `{name}` a value", self.of)),
        );
    }

    fn files(&mut self, node: &Node) {
        /// A path leads to a file of the caller's machine.
        const ANYWHERE: &[&str] = &["filename", "content_base64", "content_type"];
        let items = match &node.value {
            Yaml::List(items) if !items.is_empty() => items,
            _ => return self.wrong(node, "a list of files, at least one"),
        };
        let before = self.report.len();
        for item in items {
            let Yaml::Map(entries) = &item.value else {
                self.wrong(item, "a file: a map of `filename` and `content_base64`");
                continue;
            };
            for (key, value) in entries {
                if ANYWHERE.contains(&key.text.as_str()) {
                    self.exactly(value, decode::string(value.json()));
                } else {
                    let message = format!("a file has no `{}`", key.text);
                    let help = suggestion(&key.text, ANYWHERE);
                    self.report.add(Diagnostic::new(key.span, message).label("unknown here").help(help));
                }
            }
            for name in ["filename", "content_base64"] {
                if !entries.iter().any(|(key, _)| key.text == name) {
                    self.lacks(item.span, name);
                }
            }
        }
        if self.report.len() > before {
            return;
        }
        let violations = decode::files(node.json()).err();
        for violation in violations.into_iter().flatten() {
            let place = items.iter().enumerate().find_map(|(index, item)| match &item.value {
                Yaml::Map(entries) => {
                    let stands = |key: &Key| violation.argument == format!("[{index}].{}", key.text);
                    entries.iter().find(|(key, _)| stands(key)).map(|(_, value)| value.span)
                }
                _ => None,
            });
            self.violates(place.unwrap_or(node.span), &violation);
        }
    }

    fn rule(&mut self, rule: &Rule, place: Span, entries: &[(Key, Node)]) {
        let given = |name: &String| entries.iter().any(|(key, _)| key.text == *name);
        let count = |names: &[String]| names.iter().filter(|name| given(name)).count();
        let names = |names: &[String]| listed(names.iter().map(String::as_str));
        let broken = match rule {
            Rule::AtLeastOne(group) if count(group) == 0 => Some(format!("at least one of {}", names(group))),
            Rule::ExactlyOne(group) if count(group) != 1 => Some(format!("exactly one of {}", names(group))),
            Rule::Requires(name, other) if given(name) && !given(other) => Some(format!("`{other}` with `{name}`")),
            Rule::ChosenBy(chooser, options) => {
                let chosen = entries.iter().find(|(key, _)| key.text == *chooser).map(|(_, node)| node.json());
                let fits = |option: &String| given(option) == (chosen == Some(Value::from(option.as_str())));
                (chosen.is_some() && !options.iter().all(fits))
                    .then(|| format!("of {} just the one that `{chooser}` names", names(options)))
            }
            Rule::AtLeastOne(_) | Rule::ExactlyOne(_) | Rule::Requires(..) => None,
        };
        if let Some(wanted) = broken {
            self.report.add(
                Diagnostic::new(place, format!("{} must have {wanted}", self.of))
                    .label("does not")
                    .help("an example must work as it stands; a rule of this tool says so"),
            );
        }
    }

    /// What was decoded must be what is written: a caller may write it otherwise, an example shows how it should be.
    fn exactly(&mut self, node: &Node, decoded: Result<impl Into<Value>, Violations>) {
        match decoded.map(Into::into) {
            Ok(value) if value == node.json() => {}
            Ok(value) => {
                let label = format!("this is {}", node.described());
                self.misfit(node.span, &format!("`{value}`"), label, "a call could say it so, but should not");
            }
            Err(violations) => violations.iter().for_each(|violation| self.violates(node.span, violation)),
        }
    }

    fn violates(&mut self, span: Span, violation: &Violation) {
        let wanted = violation.allowed.as_deref().unwrap_or("what a call can have");
        self.misfit(span, wanted, violation.problem.clone(), "a call with this would be refused");
    }

    fn wrong(&mut self, node: &Node, wanted: &str) {
        let help = "write what a caller should: labels rather than codes, lists rather than joined texts";
        self.misfit(node.span, wanted, format!("this is {}", node.described()), help);
    }

    fn misfit(&mut self, span: Span, wanted: &str, label: String, help: &str) {
        let message = format!("{} does not fit: here must be {wanted}", self.of);
        self.report.add(Diagnostic::new(span, message).label(label).help(help));
    }
}
