//! Readers for maps, lists and scalars. Each reports every wrong key and every wrong value, not just the first.

use crate::diagnostic::{Diagnostic, Report, Span, suggestion};
use crate::spec::keys::{self, KINDS, Section};
use crate::spec::{Spanned, Text};
use crate::yaml::{Key, Node, Yaml};

/// A map with known keys.
pub(super) struct Table<'a> {
    section: &'static Section,
    span: Span,
    entries: &'a [(Key, Node)],
}

impl<'a> Table<'a> {
    /// Opens a map and reports the keys that the section does not have. A missing key is reported at `place`.
    pub(super) fn open(node: &'a Node, place: Span, section: &'static Section, report: &mut Report) -> Option<Self> {
        let entries = read_map(node, report)?;
        for (key, _) in entries.iter().filter(|(key, _)| !section.keys.contains(&key.text.as_str())) {
            let help = match key.text.as_str() {
                // A type definition where only the name of a type is allowed.
                kind if KINDS.contains(&kind) && section.keys.contains(&"type") => {
                    format!("declare a type with `{kind}` under `types`, and use its name here: `type: its_name`")
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

    /// Returns the entry with a key.
    pub(super) fn get(&self, name: &str) -> Option<&'a (Key, Node)> {
        self.entries.iter().find(|(key, _)| key.text == name)
    }

    /// Reports a required key if it is missing.
    pub(super) fn expect(&self, name: &str, report: &mut Report) {
        if self.get(name).is_none() {
            let diagnostic = Diagnostic::new(self.span, format!("{} needs the key `{name}`", self.section.name))
                .label(format!("`{name}` is missing"));
            report.add(match keys::sample(self.section, name) {
                Some(sample) => diagnostic.help(format!("add it, for example `{name}: {sample}`")),
                None => diagnostic,
            });
        }
    }

    /// Reads a required value.
    pub(super) fn required<T>(
        &self,
        name: &str,
        report: &mut Report,
        read: impl FnOnce(&'a Node, &mut Report) -> Option<T>,
    ) -> Option<T> {
        self.expect(name, report);
        self.optional(name, report, read)
    }

    /// Reads an optional value.
    pub(super) fn optional<T>(
        &self,
        name: &str,
        report: &mut Report,
        read: impl FnOnce(&'a Node, &mut Report) -> Option<T>,
    ) -> Option<T> {
        let (_, node) = self.get(name)?;
        read(node, report)
    }

    /// Opens an optional map that has known keys as well.
    pub(super) fn section(&self, name: &str, section: &'static Section, report: &mut Report) -> Option<Self> {
        let (key, node) = self.get(name)?;
        Self::open(node, key.span, section, report)
    }
}

/// Reports a value of the wrong type. `help` says how to write the right one.
pub(super) fn mismatch(node: &Node, expected: &str, help: &str, report: &mut Report) {
    let (message, label) = match node.value {
        Yaml::Null => (format!("expected {expected}, found nothing"), "no value".to_owned()),
        _ => (format!("expected {expected}, found {}", node.described()), format!("this is {}", node.kind())),
    };
    report.add(Diagnostic::new(node.span, message).label(label).help(help));
}

/// Reads a map with any keys.
pub(super) fn read_map<'a>(node: &'a Node, report: &mut Report) -> Option<&'a [(Key, Node)]> {
    if let Yaml::Map(entries) = &node.value {
        return Some(entries);
    }
    mismatch(node, "a map", "write each `key: value` on its own indented line, or all of them in braces", report);
    None
}

/// Reads a text that is not empty.
pub(super) fn read_text(node: &Node, report: &mut Report) -> Option<Text> {
    match &node.value {
        Yaml::Text(text) if text.trim().is_empty() => {
            report.add(
                Diagnostic::new(node.span, "this text is empty")
                    .label("no content")
                    .help("write a text; if the key is optional, you can remove it instead"),
            );
            None
        }
        Yaml::Text(text) => Some(Spanned { value: text.trim_end().to_owned(), span: node.span }),
        Yaml::Bool(_) => {
            mismatch(node, "a text", "write words; to mean the text `true` or `false`, put it in quotes", report);
            None
        }
        Yaml::Integer(_) | Yaml::Float(_) => {
            mismatch(node, "a text", "put it in quotes", report);
            None
        }
        Yaml::Null | Yaml::List(_) | Yaml::Map(_) => {
            mismatch(node, "a text", "write a text; a text that contains a colon or a # needs quotes", report);
            None
        }
    }
}

/// Reads a sentence that gives a reason. A single English word is refused: the author took the key for a switch.
pub(super) fn read_reason(node: &Node, report: &mut Report) -> Option<Text> {
    let reason = read_text(node, report)?;
    if reason.value.contains(char::is_whitespace) || !reason.value.is_ascii() {
        return Some(reason);
    }
    report.add(
        Diagnostic::new(node.span, format!("`{}` is not a reason", reason.value))
            .label("expected a sentence")
            .help("write the reason in words that a model can read; if there is none, remove the key"),
    );
    None
}

/// Reads a text and keeps its spaces.
pub(super) fn read_verbatim(node: &Node, report: &mut Report) -> Option<Text> {
    match &node.value {
        Yaml::Text(text) => Some(Spanned { value: text.clone(), span: node.span }),
        _ => read_text(node, report),
    }
}

/// Reads a whole number.
pub(super) fn read_integer(node: &Node, report: &mut Report) -> Option<Spanned<i64>> {
    if let Yaml::Integer(number) = node.value {
        return Some(Spanned { value: number, span: node.span });
    }
    mismatch(node, "a whole number", "write at most 18 digits, without quotes", report);
    None
}

/// Reads `true` or `false`.
pub(super) fn read_boolean(node: &Node, report: &mut Report) -> Option<bool> {
    if let Yaml::Bool(flag) = node.value {
        return Some(flag);
    }
    mismatch(node, "`true` or `false`", "write one of these two words, without quotes", report);
    None
}

/// Returns a reader for a list whose items are read by `read`. It returns `None` if an item was reported.
pub(super) fn read_list<T>(
    read: impl Fn(&Node, &mut Report) -> Option<T>,
) -> impl Fn(&Node, &mut Report) -> Option<Vec<T>> {
    move |node, report| {
        if let Yaml::List(items) = &node.value {
            return all_present(items.iter().map(|item| read(item, report)));
        }
        mismatch(node, "a list", "write it in brackets, such as `[a, b]`, even for a single item", report);
        None
    }
}

/// Returns a reader for a map with any keys, whose values are read by `read`. It returns `None` if a value was reported.
pub(super) fn read_entries<T>(
    read: impl Fn(&Key, &Node, &mut Report) -> Option<T>,
) -> impl Fn(&Node, &mut Report) -> Option<Vec<(Key, T)>> {
    move |node, report| {
        let entries = read_map(node, report)?;
        all_present(entries.iter().map(|(key, value)| read(key, value, report).map(|value| (key.clone(), value))))
    }
}

/// Returns all items, or `None` if one is missing. Unlike `collect`, it visits every item, so that each gets reported.
fn all_present<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let items: Vec<_> = items.collect();
    items.into_iter().collect()
}
