//! Reading a map key by key, so that every wrong key and every wrong value is reported, not just the first.

use super::keys::{self, KINDS, Section};
use super::{Spanned, Text};
use crate::diagnostic::{Diagnostic, Report, Span, suggestion};
use crate::yaml::{Key, Node, Yaml};

/// A map whose keys are known beforehand.
pub(super) struct Table<'a> {
    section: &'static Section,
    span: Span,
    entries: &'a [(Key, Node)],
}

impl<'a> Table<'a> {
    /// Opens a map and reports the keys that the section does not know. `place` is what a missing key is blamed on.
    pub(super) fn open(node: &'a Node, place: Span, section: &'static Section, report: &mut Report) -> Option<Self> {
        let entries = map(node, report)?;
        for (key, _) in entries.iter().filter(|(key, _)| !section.keys.contains(&key.text.as_str())) {
            let help = match key.text.as_str() {
                // What only a type has, where a type can be named.
                kind if KINDS.contains(&kind) && section.keys.contains(&"type") => {
                    format!("declare a type with `{kind}` under `types`, and write its name here: `type: its_name`")
                }
                other => suggestion(other, section.keys),
            };
            report.add(
                Diagnostic::new(key.span, format!("{} has no key `{}`", section.name, key.text))
                    .label("unknown key")
                    .help(help),
            );
        }
        Some(Self { section, span: place, entries })
    }

    /// The entry with a key.
    pub(super) fn get(&self, name: &str) -> Option<&'a (Key, Node)> {
        self.entries.iter().find(|(key, _)| key.text == name)
    }

    /// Reports that a key is missing, if it is.
    pub(super) fn expect(&self, name: &str, report: &mut Report) {
        if self.get(name).is_none() {
            let diagnostic = Diagnostic::new(self.span, format!("{} needs the key `{name}`", self.section.name))
                .label(format!("`{name}` is missing here"));
            report.add(match keys::sample(self.section, name) {
                Some(sample) => diagnostic.help(format!("write it like `{name}: {sample}`")),
                None => diagnostic,
            });
        }
    }

    /// Reads a value that must be there.
    pub(super) fn required<T>(
        &self,
        name: &str,
        report: &mut Report,
        read: impl FnOnce(&'a Node, &mut Report) -> Option<T>,
    ) -> Option<T> {
        self.expect(name, report);
        self.optional(name, report, read)
    }

    /// Reads a value that may be there.
    pub(super) fn optional<T>(
        &self,
        name: &str,
        report: &mut Report,
        read: impl FnOnce(&'a Node, &mut Report) -> Option<T>,
    ) -> Option<T> {
        let (_, node) = self.get(name)?;
        read(node, report)
    }

    /// Opens a map that may be there and whose keys are known as well.
    pub(super) fn section(&self, name: &str, section: &'static Section, report: &mut Report) -> Option<Self> {
        let (key, node) = self.get(name)?;
        Self::open(node, key.span, section, report)
    }
}

/// Reports that a value is of the wrong kind; `help` says how the right one is written.
pub(super) fn mismatch(node: &Node, wanted: &str, help: &str, report: &mut Report) {
    let (message, label) = match node.value {
        Yaml::Null => (format!("{wanted} is missing here"), "nothing stands here".to_owned()),
        _ => (format!("here must be {wanted}, not {}", node.described()), format!("this is {}", node.kind())),
    };
    report.add(Diagnostic::new(node.span, message).label(label).help(help));
}

/// Any map.
pub(super) fn map<'a>(node: &'a Node, report: &mut Report) -> Option<&'a [(Key, Node)]> {
    if let Yaml::Map(entries) = &node.value {
        return Some(entries);
    }
    mismatch(node, "a map", "write `key: value`, each on a line of its own, indented; or all in braces", report);
    None
}

/// A text with something in it.
pub(super) fn text(node: &Node, report: &mut Report) -> Option<Text> {
    match &node.value {
        Yaml::Text(text) if text.trim().is_empty() => {
            report.add(
                Diagnostic::new(node.span, "this text is empty")
                    .label("nothing stands here")
                    .help("write something; only a key that need not be there can be taken out"),
            );
            None
        }
        Yaml::Text(text) => Some(Spanned { value: text.trim_end().to_owned(), span: node.span }),
        Yaml::Bool(_) => {
            mismatch(node, "a text", "say it in words; in quotes, `true` and `false` are texts as well", report);
            None
        }
        Yaml::Integer(_) | Yaml::Float(_) => {
            mismatch(node, "a text", "put it in quotes", report);
            None
        }
        Yaml::Null | Yaml::List(_) | Yaml::Map(_) => {
            mismatch(node, "a text", "write a text; one with a colon or a # in it needs quotes", report);
            None
        }
    }
}

/// Why something is so. One English word is none: whoever writes `no` takes the key for a switch.
pub(super) fn reason(node: &Node, report: &mut Report) -> Option<Text> {
    let reason = text(node, report)?;
    if reason.value.contains(char::is_whitespace) || !reason.value.is_ascii() {
        return Some(reason);
    }
    report.add(
        Diagnostic::new(node.span, format!("`{}` is no reason", reason.value))
            .label("here must be a sentence")
            .help("say why, in words that a model can read; take the key out if there is nothing to say"),
    );
    None
}

/// A text whose spaces count.
pub(super) fn verbatim(node: &Node, report: &mut Report) -> Option<Text> {
    match &node.value {
        Yaml::Text(text) => Some(Spanned { value: text.clone(), span: node.span }),
        _ => text(node, report),
    }
}

/// A whole number.
pub(super) fn integer(node: &Node, report: &mut Report) -> Option<Spanned<i64>> {
    if let Yaml::Integer(number) = node.value {
        return Some(Spanned { value: number, span: node.span });
    }
    mismatch(node, "a whole number", "write digits alone, without quotes, at most 18 of them", report);
    None
}

/// `true` or `false`.
pub(super) fn boolean(node: &Node, report: &mut Report) -> Option<bool> {
    if let Yaml::Bool(flag) = node.value {
        return Some(flag);
    }
    mismatch(node, "`true` or `false`", "write one of these two words, without quotes", report);
    None
}

/// A list whose items are all read by `read`. `None` if one of them was reported.
pub(super) fn list<T>(read: impl Fn(&Node, &mut Report) -> Option<T>) -> impl Fn(&Node, &mut Report) -> Option<Vec<T>> {
    move |node, report| {
        if let Yaml::List(items) = &node.value {
            return all(items.iter().map(|item| read(item, report)));
        }
        mismatch(node, "a list", "write it in brackets, such as `[a, b]`, even if it has one item", report);
        None
    }
}

/// A map with free keys, whose values are all read by `read`. `None` if one of them was reported.
pub(super) fn entries<T>(
    read: impl Fn(&Key, &Node, &mut Report) -> Option<T>,
) -> impl Fn(&Node, &mut Report) -> Option<Vec<(Key, T)>> {
    move |node, report| {
        let entries = map(node, report)?;
        all(entries.iter().map(|(key, value)| read(key, value, report).map(|value| (key.clone(), value))))
    }
}

/// All of them, if there is none missing. Unlike `collect`, it does not stop at the first that is.
fn all<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let items: Vec<_> = items.collect();
    items.into_iter().collect()
}
