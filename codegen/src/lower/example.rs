//! Does an example fit? It must be written as a caller should write it: labels, not codes; lists, not texts; and all
//! of it must be what the generated decoder takes.

use serde_json::{Map, Value};

use crate::diagnostic::{Diagnostic, Report, Span, listed, suggestion};
use crate::model::{Argument, Field, Rule, Type};
use crate::yaml::{Key, Node, Yaml};

const TEXT: &str = "a text";

/// Reports that a tool has no example.
pub(super) fn report_missing(tool: &Key, report: &mut Report) {
    report.add(
        Diagnostic::new(tool.span, format!("the tool `{}` has no example", tool.text))
            .label("needs an `example`")
            .help("write arguments that work, such as `example: { name: value }`; `example: {}` if it takes none"),
    );
}

/// A tool's example, checked against its arguments and rules. `None` only if something was reported.
pub(super) fn arguments(
    node: &Node,
    arguments: &[Argument],
    rules: &[Rule],
    report: &mut Report,
) -> Option<Map<String, Value>> {
    let mut check = Check { of: "the example", report };
    let Yaml::Map(entries) = &node.value else {
        check.wrong(node, "a map of arguments");
        return None;
    };
    check.object(entries, node.span, arguments.iter().map(|argument| &argument.field));
    for rule in rules {
        check.rule(rule, node.span, entries);
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

    /// One value against a type.
    pub(super) fn value(&mut self, node: &Node, of: &Type, clear: Option<&str>) {
        let text = match &node.value {
            Yaml::Text(text) => Some(text.as_str()),
            _ => None,
        };
        if clear.is_some() && text == clear {
            return;
        }
        match of {
            Type::Text => self.fits(text.is_some(), node, TEXT),
            Type::Email => self.fits(text.is_some_and(is_address), node, "an e-mail address"),
            Type::Integer(min, max) => {
                let fits = matches!(node.value, Yaml::Integer(number) if (*min..=*max).contains(&number));
                self.fits(fits, node, &bounds(*min, *max));
            }
            Type::Number => self.fits(matches!(node.value, Yaml::Integer(_) | Yaml::Float(_)), node, "a number"),
            Type::Boolean | Type::Flag => {
                self.fits(matches!(node.value, Yaml::Bool(_)), node, "`true` or `false`");
            }
            Type::Timestamp => self.fits(text.is_some_and(is_time), node, "a time as \"yyyy-mm-dd hh:mm:ss\""),
            Type::Date => self.fits(text.is_some_and(is_day), node, "a day as \"yyyy-mm-dd\""),
            Type::Object => self.fits(matches!(node.value, Yaml::Map(_)), node, "a map"),
            Type::Choice(choice) => {
                let labels = choice.options.iter().map(|(label, _)| label.as_str());
                let fits = text.is_some_and(|text| labels.clone().any(|label| label == text));
                self.fits(fits, node, &listed(labels).replace(" and ", " or "));
            }
            Type::Record(record) => match &node.value {
                Yaml::Map(entries) => self.object(entries, node.span, record.fields.iter()),
                _ => self.wrong(node, "a map"),
            },
            Type::List(item, separator) => match &node.value {
                Yaml::List(items) => items.iter().for_each(|node| self.item(node, item, *separator)),
                _ => self.wrong(node, "a list"),
            },
            Type::Files => self.files(node),
        }
    }

    fn item(&mut self, node: &Node, of: &Type, separator: Option<char>) {
        self.value(node, of, None);
        if matches!(of, Type::Text) {
            self.not_empty(node);
        }
        if let (Yaml::Text(text), Some(separator)) = (&node.value, separator)
            && text.contains(separator)
        {
            self.wrong(node, &format!("one item, without the {separator:?} that joins them"));
        }
    }

    fn object<'f>(&mut self, entries: &[(Key, Node)], place: Span, fields: impl Iterator<Item = &'f Field>) {
        let fields: Vec<_> = fields.collect();
        for (key, node) in entries {
            if let Some(field) = fields.iter().find(|field| field.argument == key.text) {
                self.value(node, &field.of, field.clear.as_deref());
                if field.filled {
                    self.not_empty(node);
                }
            } else {
                let known: Vec<_> = fields.iter().map(|field| field.argument.as_str()).collect();
                self.report.add(
                    Diagnostic::new(key.span, format!("{} has `{}`, which is not declared", self.of, key.text))
                        .label("unknown here")
                        .help(suggestion(&key.text, &known)),
                );
            }
        }
        let given = |name: &str| entries.iter().any(|(key, _)| key.text == name);
        for field in fields.iter().filter(|field| field.required && !given(&field.argument)) {
            self.lacks(place, &field.argument);
        }
    }

    /// What is not filled in is refused where something must be given.
    fn not_empty(&mut self, node: &Node) {
        if matches!(&node.value, Yaml::Text(text) if text.trim().is_empty()) {
            self.wrong(node, "a text that is not empty");
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
        const KNOWN: &[&str] = &["filename", "content_base64", "content_type"];
        let Yaml::List(items) = &node.value else {
            return self.wrong(node, "a list of files");
        };
        if items.is_empty() {
            self.wrong(node, "at least one file");
        }
        for item in items {
            let Yaml::Map(entries) = &item.value else {
                self.wrong(item, "a file: a map of `filename` and `content_base64`");
                continue;
            };
            for (key, value) in entries {
                if !KNOWN.contains(&key.text.as_str()) {
                    let message = format!("a file has no `{}`", key.text);
                    let help = suggestion(&key.text, KNOWN);
                    self.report.add(Diagnostic::new(key.span, message).label("unknown here").help(help));
                }
                let fits = match &value.value {
                    Yaml::Text(text) => key.text != "content_base64" || is_base64(text),
                    _ => false,
                };
                self.fits(fits, value, if key.text == "content_base64" { "base64" } else { TEXT });
            }
            for name in ["filename", "content_base64"] {
                if !entries.iter().any(|(key, _)| key.text == name) {
                    self.lacks(item.span, name);
                }
            }
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

    fn fits(&mut self, fits: bool, node: &Node, wanted: &str) {
        if !fits {
            self.wrong(node, wanted);
        }
    }

    fn wrong(&mut self, node: &Node, wanted: &str) {
        self.report.add(
            Diagnostic::new(node.span, format!("{} does not fit: here must be {wanted}", self.of))
                .label(format!("this is {}", node.described()))
                .help(match node.value {
                    Yaml::Integer(_) | Yaml::Float(_) | Yaml::Bool(_) if wanted == TEXT => "put it in quotes",
                    Yaml::Null => "give it a value, or leave the argument out",
                    _ => "write what a caller should: labels rather than codes, lists rather than joined texts",
                }),
        );
    }
}

fn is_address(text: &str) -> bool {
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control() || ",;<>\"".contains(c));
    let halves = text.split_once('@');
    plain && halves.is_some_and(|(user, host)| !user.is_empty() && !host.is_empty() && !host.contains('@'))
}

fn is_time(text: &str) -> bool {
    text.split_once(' ').is_some_and(|(day, time)| {
        let digits = time.len() == "hh:mm:ss".len() && time.chars().all(|c| c.is_ascii_digit() || c == ':');
        is_day(day) && digits && time.parse::<jiff::civil::Time>().is_ok()
    })
}

fn is_day(text: &str) -> bool {
    let digits = text.len() == "yyyy-mm-dd".len() && text.chars().all(|c| c.is_ascii_digit() || c == '-');
    digits && text.parse::<jiff::civil::Date>().is_ok()
}

fn is_base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let alphabet = body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    alphabet && body.len() % 4 != 1 && text.len() - body.len() <= 2
}

fn bounds(min: i64, max: i64) -> String {
    match (min, max) {
        (i64::MIN, i64::MAX) => "a whole number".to_owned(),
        (min, i64::MAX) => format!("a whole number, {min} or more"),
        (i64::MIN, max) => format!("a whole number, {max} or less"),
        (min, max) => format!("a whole number from {min} to {max}"),
    }
}
