//! Records: one object, and the short result of a write.

use std::borrow::Cow;
use std::collections::HashSet;

use super::assembly::Assembly;
use super::json::{Kind, Raw};
use super::names::{self, Advice, NameList};
use super::object::{Entries, entries, find, last_of_repeated, names_beside};
use super::view::{View, WriteForm};
use super::writer::Writer;
use super::{Compact, Facts, Options, shrinks};

/// The keys of a result, which fields cannot have.
const KEYS: [&str; 2] = ["omitted", "warnings"];

/// A reply with one record.
pub(super) struct Record<'a> {
    view: &'a View,
    options: &'a Options,
    entries: Entries<'a>,
    /// The names of the entries.
    all: Vec<Cow<'a, str>>,
    /// The fields to show. Empty: all fields.
    fields: Vec<&'a str>,
    /// True if the caller chose the fields.
    is_asked: bool,
    /// Says whether the record answers a write. Then fields without data are shown, and other fields are not mentioned.
    advice: Advice,
    warnings: Vec<String>,
}

impl<'a> Record<'a> {
    /// Reads the answer to a read. Returns `None` for one of another shape.
    pub(super) fn read(root: Raw<'a>, view: &'a View, options: &'a Options) -> Option<Self> {
        let mut record = Self::with_entries(root, view, options, Advice::Fields)?;
        let known = || record.all.iter().map(AsRef::as_ref).chain(view.known_fields());
        let is_known =
            |name: &str| view.known_fields().any(|known| known == name) || find(&record.entries, name).is_some();
        let asked = names::unique(options.fields.iter().map(String::as_str));
        let (asked, unknown): (Vec<_>, Vec<_>) = asked.into_iter().partition(|name| is_known(name));
        let unknown =
            unknown.into_iter().map(|name| names::unknown_field(name, &names_beside(&record.entries, name), known()));
        record.warnings.extend(unknown.collect::<Vec<_>>());
        record.is_asked = !asked.is_empty();
        record.fields = if record.is_asked { asked } else { view.fields.to_vec() };
        Some(record)
    }

    /// Reads the answer to a write. Returns `None` for one of another shape: it has neither an ID nor a field that the
    /// call set, nor one of the view.
    pub(super) fn written(root: Raw<'a>, form: &'a WriteForm, view: &'a View, options: &'a Options) -> Option<Self> {
        let mut record = Self::with_entries(root, view, options, Advice::None)?;
        let has = |name: &&str| find(&record.entries, name).is_some();
        let answers = options.set.iter().map(|argument| {
            let answer = form.answered_as.iter().find(|(name, _)| name == argument);
            let field = answer.map_or(*argument, |(_, field)| *field);
            view.text_of(field).filter(|text| record.has_data(text)).unwrap_or(field)
        });
        let fields = names::unique(form.id.iter().copied().chain(answers).filter(has));
        let fields = if fields.is_empty() { view.fields.iter().copied().filter(has).collect() } else { fields };
        record.fields = fields;
        (!record.fields.is_empty()).then_some(record)
    }

    fn with_entries(root: Raw<'a>, view: &'a View, options: &'a Options, advice: Advice) -> Option<Self> {
        if root.kind() != Kind::Object {
            return None;
        }
        let max_fields = options.max_fields();
        let mut read = entries(root, max_fields + 1);
        let has_more = read.len() > max_fields;
        read.truncate(max_fields);
        let (entries, repeated) = last_of_repeated(read);
        let all = entries.iter().map(|(key, _)| key.name()).collect();
        let mut warnings = options.warnings.to_vec();
        warnings.extend(repeated.map(|name| names::repeated_field(&name)));
        if has_more {
            warnings.push(advice.too_many_fields());
        }
        Some(Self { view, options, entries, all, fields: Vec::new(), is_asked: false, advice, warnings })
    }

    /// Returns the result, or `None` if it does not fit.
    pub(super) fn result(&self) -> Option<Compact<'static>> {
        let max_chars = self.options.max_result_chars;
        let with_all_fields = shrinks().find_map(|shrink| self.shown(shrink, max_chars, false));
        with_all_fields.or_else(|| self.shown(Some(0), max_chars / 2, true))
    }

    /// Returns the result with fields of at most `room` characters. If they do not all fit, the others are left out or
    /// there is no result.
    fn shown(&self, shrink: Option<usize>, mut room: usize, leaves_out: bool) -> Option<Compact<'static>> {
        let mut writer = Writer::new(self.view, self.options.limits(shrink));
        let mut warnings = self.warnings.clone();
        let mut result = Assembly::default();
        let names = self.names();
        let mut shown = HashSet::with_capacity(names.len());
        for name in names {
            let Some(value) = find(&self.entries, name) else { continue };
            if value.is_empty() && !self.is_write() {
                continue;
            }
            if KEYS.contains(&name) {
                warnings.push(self.advice.reserved(name));
                continue;
            }
            match writer.fitted(&mut room, |writer, sink| writer.member(sink, name, value)) {
                Some(member) if member.ends_with(NO_TEXT) && !self.is_write() => {}
                Some(member) => {
                    room = room.saturating_sub(",".len());
                    result.append(&member);
                    shown.insert(name);
                }
                None if !leaves_out => return None,
                None if self.is_write() => warnings.push(self.advice.does_not_fit(name)),
                None => {}
            }
        }
        result.optional("omitted", self.omitted(&shown, &mut warnings).as_deref());
        result.optional("warnings", names::warnings_json(&warnings).as_deref());
        let facts = Facts::of(writer.losses(), false);
        (result.chars() <= self.options.max_result_chars).then(|| Compact { text: result.finish().into(), facts })
    }

    /// Returns the fields to show, without HTML that the record has as plain text, too, unless the caller chose it.
    fn names(&self) -> Vec<&str> {
        let all = || self.all.iter().map(AsRef::as_ref).collect();
        let mut names = if self.fields.is_empty() { all() } else { self.fields.clone() };
        if !self.is_asked && !self.is_write() {
            names.retain(|name| !self.view.text_of(name).is_some_and(|text| self.has_data(text)));
        }
        names
    }

    /// Returns the names of the fields that have data and are not shown as a whole.
    fn omitted(&self, shown: &HashSet<&str>, warnings: &mut Vec<String>) -> Option<String> {
        if self.is_write() {
            return None;
        }
        let mut omitted = NameList::new(self.options.max_result_chars / 4);
        for (name, (_, value)) in self.all.iter().zip(&self.entries) {
            if !value.is_empty() && !shown.contains(name.as_ref()) {
                omitted.push(name);
            }
        }
        if omitted.unlisted > 0 {
            warnings.push(self.advice.unlisted(omitted.unlisted));
        }
        omitted.to_json()
    }

    fn is_write(&self) -> bool {
        self.advice == Advice::None
    }

    fn has_data(&self, name: &str) -> bool {
        find(&self.entries, name).is_some_and(|value| !value.is_empty())
    }
}

/// The end of a member whose text has no visible characters in the part that is shown.
const NO_TEXT: &str = ":\"\"";
