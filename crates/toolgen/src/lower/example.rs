//! Checks for examples and defaults: a call with this value must work.
//!
//! A value must be written the way callers should write it (labels, not codes; lists, not joined texts). The checks use the
//! decoders of the runtime, so that they accept exactly what the generated code accepts.

use serde_json::{Map, Value};
use tool_runtime::decode;
use tool_runtime::violation::{Violation, Violations};

use crate::diagnostic::{Diagnostic, Report, Span, alternatives, listed, suggestion};
use crate::model::{Argument, Empty, Field, Place, Rule, Type};
use crate::yaml::{Key, Node, Yaml};

/// Reports a tool without an example.
pub(super) fn report_missing(tool: &Key, report: &mut Report) {
    report.add(
        Diagnostic::new(tool.span, format!("the tool `{}` has no example", tool.text))
            .label("needs an `example`")
            .help("add the arguments of a valid call, such as `example: { name: value }`, or `example: {}` if it takes none"),
    );
}

/// Checks an example against arguments and rules and returns it as JSON. Ignores the values for `unfilled` variables of the
/// path, which are already reported. Returns `None` only if something was reported.
pub(super) fn arguments(
    node: &Node,
    arguments: &[Argument],
    unfilled: &[&str],
    rules: &[Rule],
    report: &mut Report,
) -> Option<Map<String, Value>> {
    let mut check = Check { subject: "the example", report };
    let Yaml::Map(entries) = &node.value else {
        check.report_type(node, "a map of arguments");
        return None;
    };
    let entries: Vec<_> = entries.iter().filter(|(key, _)| !unfilled.contains(&key.text.as_str())).cloned().collect();
    check.object(&entries, node.span, arguments.iter().map(|argument| (&argument.field, argument.place)));
    for rule in rules {
        check.rule(rule, node.span, &entries);
    }
    Some(entries.iter().map(|(key, value)| (key.text.clone(), value.json())).collect())
}

/// A check of a value in the spec.
pub(super) struct Check<'a> {
    /// Name of the value, for messages.
    subject: &'static str,
    report: &'a mut Report,
}

impl<'a> Check<'a> {
    /// Creates a check of a value in a condition.
    pub(super) fn of_condition(report: &'a mut Report) -> Self {
        Self { subject: "the condition", report }
    }

    /// Creates a check of a default.
    pub(super) fn of_default(report: &'a mut Report) -> Self {
        Self { subject: "the default", report }
    }

    /// Checks a value against a type: decoding it must return it unchanged.
    pub(super) fn value(&mut self, node: &Node, ty: &Type) {
        let given = node.json();
        match ty {
            Type::Text => self.decodes_to_itself(node, decode::string(given)),
            Type::Name => self.decodes_to_itself(node, decode::known_name(given)),
            Type::Email => self.decodes_to_itself(node, decode::email(given)),
            Type::Integer(min, max) => self.decodes_to_itself(node, decode::integer(*min, *max)(given)),
            Type::Number => self.decodes_to_itself(node, decode::number(given).map(Value::Number)),
            Type::Boolean | Type::Flag => self.decodes_to_itself(node, decode::boolean(given)),
            Type::Timestamp => self.decodes_to_itself(node, decode::timestamp(given).map(|time| time.to_string())),
            Type::Date => self.decodes_to_itself(node, decode::date(given).map(|day| day.to_string())),
            Type::Object => self.decodes_to_itself(node, decode::object(given)),
            Type::Choice(choice) => {
                let labels = choice.options.iter().map(|(label, _)| label.as_str());
                if !labels.clone().any(|label| given == label) {
                    self.report_type(node, &alternatives(labels));
                }
            }
            Type::Record(record) => match &node.value {
                Yaml::Map(entries) => self.object(entries, node.span, record.fields.iter().map(|f| (f, Place::Json))),
                _ => self.report_type(node, "a map"),
            },
            Type::List(item, separator) => match &node.value {
                Yaml::List(items) => items.iter().for_each(|node| self.item(node, item, *separator)),
                _ => self.report_type(node, "a list"),
            },
            Type::Marked(ty, marks) => {
                if !marks.clear.as_deref().is_some_and(|sign| given == sign) {
                    self.value(node, ty);
                }
            }
            Type::Files => self.files(node),
        }
    }

    /// Checks an argument, or a field of a record.
    fn field(&mut self, node: &Node, field: &Field, place: Place) {
        let given = node.json();
        match &field.ty {
            _ if field.clear.as_deref().is_some_and(|sign| given == sign) => {}
            Type::Text | Type::Name if place == Place::Path => {
                self.decodes_to_itself(node, decode::path_segment(given));
            }
            Type::Text if field.empty != Empty::Sent => self.decodes_to_itself(node, decode::non_empty_string(given)),
            ty => self.value(node, ty),
        }
    }

    fn item(&mut self, node: &Node, ty: &Type, separator: Option<char>) {
        match ty {
            Type::Text => self.decodes_to_itself(node, decode::non_empty_string(node.json())),
            ty => self.value(node, ty),
        }
        if let (Yaml::Text(text), Some(separator)) = (&node.value, separator)
            && text.contains(separator)
        {
            self.report_type(node, &format!("one item without {separator:?}, which separates items"));
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
                    Diagnostic::new(key.span, format!("{} contains the unknown name `{}`", self.subject, key.text))
                        .label("not declared")
                        .help(suggestion(&key.text, &known)),
                );
            }
        }
        let given = |name: &str| entries.iter().any(|(key, _)| key.text == name);
        for (field, _) in fields.iter().filter(|(field, _)| field.required && !given(&field.argument)) {
            self.report_missing(span, &field.argument);
        }
    }

    fn report_missing(&mut self, place: Span, name: &str) {
        self.report.add(
            Diagnostic::new(place, format!("{} lacks the required `{name}`", self.subject))
                .label(format!("`{name}` is missing"))
                .help(format!("a call with {} must work; add a value for `{name}`", self.subject)),
        );
    }

    fn files(&mut self, node: &Node) {
        /// The keys that work on every machine. `path` does not: it names a file of one machine.
        const PORTABLE: &[&str] = &["filename", "content_base64", "content_text", "content_type", "size", "sha256"];
        let items = match &node.value {
            Yaml::List(items) if !items.is_empty() => items,
            _ => return self.report_type(node, "a list of at least one file"),
        };
        let before = self.report.len();
        for item in items {
            let Yaml::Map(entries) = &item.value else {
                self.report_type(item, "a file: a map of `filename` and `content_base64`");
                continue;
            };
            for (key, value) in entries {
                match key.text.as_str() {
                    "size" => self.decodes_to_itself(value, decode::integer(0, i64::MAX)(value.json())),
                    name if PORTABLE.contains(&name) => self.decodes_to_itself(value, decode::string(value.json())),
                    name => {
                        let message = format!("a file has no key `{name}`");
                        let help = suggestion(name, PORTABLE);
                        self.report.add(Diagnostic::new(key.span, message).label("unknown key").help(help));
                    }
                }
            }
            let lacks = |name: &str| !entries.iter().any(|(key, _)| key.text == name);
            if lacks("filename") {
                self.report_missing(item.span, "filename");
            }
            if lacks("content_base64") && lacks("content_text") {
                self.report_missing(item.span, "content_base64");
            }
        }
        if self.report.len() > before {
            return;
        }
        let violations = decode::files(node.json()).err();
        for violation in violations.into_iter().flatten() {
            let place = items.iter().enumerate().find_map(|(index, item)| match &item.value {
                Yaml::Map(entries) => {
                    let violated = |key: &Key| violation.argument == format!("[{index}].{}", key.text);
                    entries.iter().find(|(key, _)| violated(key)).map(|(_, value)| value.span)
                }
                _ => None,
            });
            self.report_violation(place.unwrap_or(node.span), &violation);
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
                    .then(|| format!("only the one of {} that `{chooser}` selects", names(options)))
            }
            Rule::AtLeastOne(_) | Rule::ExactlyOne(_) | Rule::Requires(..) => None,
        };
        if let Some(wanted) = broken {
            self.report.add(
                Diagnostic::new(place, format!("{} must contain {wanted}", self.subject))
                    .label("breaks a rule of this tool")
                    .help("an example must be a valid call: follow the rule, or correct it"),
            );
        }
    }

    /// Reports a value that decoding changes. Callers may write it like this, but an example shows the preferred form.
    fn decodes_to_itself(&mut self, node: &Node, decoded: Result<impl Into<Value>, Violations>) {
        match decoded.map(Into::into) {
            Ok(value) if value == node.json() => {}
            Ok(value) => {
                let label = format!("this is {}", node.described());
                self.report_mismatch(
                    node.span,
                    &format!("`{value}`"),
                    label,
                    "callers may write it like this, but should not",
                );
            }
            Err(violations) => violations.iter().for_each(|violation| self.report_violation(node.span, violation)),
        }
    }

    fn report_violation(&mut self, span: Span, violation: &Violation) {
        let wanted = violation.allowed.as_deref().unwrap_or("a value that a call accepts");
        self.report_mismatch(span, wanted, violation.problem.clone(), "a call with this value would be refused");
    }

    fn report_type(&mut self, node: &Node, wanted: &str) {
        let help = "write what callers should write: labels rather than codes, lists rather than joined texts";
        self.report_mismatch(node.span, wanted, format!("this is {}", node.described()), help);
    }

    fn report_mismatch(&mut self, span: Span, wanted: &str, label: String, help: &str) {
        let message = format!("{} is not valid: expected {wanted}", self.subject);
        self.report.add(Diagnostic::new(span, message).label(label).help(help));
    }
}
