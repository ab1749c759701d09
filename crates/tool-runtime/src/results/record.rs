//! Records: one object, and the short result of a write.

use super::assembly::Assembly;
use super::names::{self, Advice, NameList};
use super::object::{Object, names_beside};
use super::sink::Sink;
use super::view::{View, WriteForm};
use super::writer::Writer;
use super::{Compact, Facts, Options, shrinks};

/// The keys of a result, which fields cannot have.
const KEYS: [&str; 2] = ["omitted", "warnings"];

/// A reply with one record, as one call shows it.
pub(super) struct Record<'r, 'a> {
    view: &'r View,
    options: &'r Options,
    object: &'r Object<'a>,
    /// The fields to show. Empty: all fields.
    fields: Vec<&'r str>,
    /// True if the caller chose the fields.
    is_asked: bool,
    /// Says whether the record answers a write. Then fields without data are shown, and other fields are not mentioned.
    advice: Advice,
    warnings: Vec<String>,
}

/// A field to show: its name, the place of the entry that has it, and the rest of the name within that.
struct Chosen<'n> {
    name: &'n str,
    place: usize,
    rest: &'n str,
}

impl<'r, 'a> Record<'r, 'a> {
    /// Returns the answer to a read.
    pub(super) fn read(object: &'r Object<'a>, view: &'r View, options: &'r Options) -> Self {
        let mut record = Self::new(object, view, options, Advice::Fields);
        let known = || object.names.iter().map(AsRef::as_ref).chain(view.known_fields());
        let is_known = |name: &str| view.known_fields().any(|known| known == name) || object.find(name).is_some();
        let asked = names::unique(options.fields.iter().map(String::as_str));
        let (asked, unknown): (Vec<_>, Vec<_>) = asked.into_iter().partition(|name| is_known(name));
        let warning = |name| names::unknown_field(name, &names_beside(&object.entries, name), known());
        record.warnings.extend(unknown.into_iter().map(warning));
        record.is_asked = !asked.is_empty();
        record.fields = if record.is_asked { asked } else { view.fields.to_vec() };
        record
    }

    /// Returns the answer to a write, or `None` for a reply of another shape: it has neither an ID nor a field that the call
    /// set, nor one of the view.
    pub(super) fn written(
        object: &'r Object<'a>,
        form: &WriteForm,
        view: &'r View,
        options: &'r Options,
    ) -> Option<Self> {
        let mut record = Self::new(object, view, options, Advice::None);
        let has = |name: &&str| object.find(name).is_some();
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

    fn new(object: &'r Object<'a>, view: &'r View, options: &'r Options, advice: Advice) -> Self {
        let mut warnings = options.warnings.clone();
        warnings.extend(object.repeated.as_deref().map(names::repeated_field));
        if object.has_more {
            warnings.push(advice.too_many_fields());
        }
        Self { view, options, object, fields: Vec::new(), is_asked: false, advice, warnings }
    }

    /// Returns the result, or `None` if it does not fit.
    pub(super) fn result(&self) -> Option<Compact<'static>> {
        let max_chars = self.options.max_result_chars;
        let fields = self.chosen();
        let with_all_fields = shrinks().find_map(|shrink| self.shown(&fields, shrink, max_chars, false));
        with_all_fields.or_else(|| self.shown(&fields, Some(0), max_chars / 2, true))
    }

    /// Returns the result with fields of at most `room` characters. If they do not all fit, the others are left out or
    /// there is no result.
    fn shown(
        &self,
        fields: &[Chosen],
        shrink: Option<usize>,
        room: usize,
        leaves_out: bool,
    ) -> Option<Compact<'static>> {
        let mut writer = Writer::new(self.view, self.options.limits(shrink));
        let mut warnings = self.warnings.clone();
        let mut members = Sink::new(room).expecting(self.object.length);
        let mut is_shown = vec![false; self.object.entries.len()];
        for Chosen { name, place, rest } in fields {
            let Some(value) = self.object.value(*place, rest).filter(|value| self.is_write() || !value.is_empty())
            else {
                continue;
            };
            if KEYS.contains(name) {
                warnings.push(self.advice.reserved(name));
                continue;
            }
            let before = members.mark();
            if !writer.fits(&mut members, |writer, sink| writer.member(sink, name, value)) {
                match () {
                    () if !leaves_out => return None,
                    () if self.is_write() => warnings.push(self.advice.does_not_fit(name)),
                    () => {}
                }
            } else if members.since(before).ends_with(NO_TEXT) && !self.is_write() {
                members.split_off(before);
            } else {
                members.separate();
                if let Some(is_shown) = is_shown.get_mut(*place) {
                    *is_shown |= rest.is_empty();
                }
            }
        }
        let members = members.separated();
        let mut result = Assembly::expecting(members.len());
        result.append(&members);
        result.optional("omitted", self.omitted(&is_shown, &mut warnings).as_deref());
        result.optional("warnings", names::warnings_json(&warnings).as_deref());
        let facts = Facts::of(writer.losses(), false);
        result.fits(self.options.max_result_chars).then(|| Compact { text: result.finish().into(), facts })
    }

    /// Returns the fields to show that the record has, without HTML that it has as plain text, too, unless the caller chose
    /// it.
    fn chosen(&self) -> Vec<Chosen<'r>> {
        let all = self.object.names.iter().enumerate().map(|(place, name)| Chosen { name, place, rest: "" });
        let named = self.fields.iter().filter_map(|name: &&'r str| {
            let (place, rest) = self.object.place(name)?;
            Some(Chosen { name, place, rest })
        });
        let mut chosen: Vec<_> = if self.fields.is_empty() { all.collect() } else { named.collect() };
        if !self.is_asked && !self.is_write() {
            chosen.retain(|field| !self.view.text_of(field.name).is_some_and(|text| self.has_data(text)));
        }
        chosen
    }

    /// Returns the names of the fields that have data and are not shown as a whole.
    fn omitted(&self, is_shown: &[bool], warnings: &mut Vec<String>) -> Option<String> {
        if self.is_write() {
            return None;
        }
        let mut omitted = NameList::new(self.options.max_result_chars / 4);
        for ((name, (_, value)), is_shown) in self.object.names.iter().zip(&self.object.entries).zip(is_shown) {
            if !is_shown && !value.is_empty() {
                omitted.push(name);
            }
        }
        if omitted.unlisted > 0 {
            warnings.push(self.advice.unlisted(omitted.unlisted));
        }
        omitted.into_json()
    }

    fn is_write(&self) -> bool {
        self.advice == Advice::None
    }

    fn has_data(&self, name: &str) -> bool {
        self.object.find(name).is_some_and(|value| !value.is_empty())
    }
}

/// The end of a member whose text has no visible characters in the part that is shown.
const NO_TEXT: &str = ":\"\"";
