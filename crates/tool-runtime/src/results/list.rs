//! Lists: columns and rows.

use std::borrow::Cow;

use super::assembly::Assembly;
use super::columns::Columns;
use super::json::{Key, Kind, Raw};
use super::names::{self, Advice, NameList};
use super::object::{Entries, Found, entries, last_of_repeated};
use super::rows::{Rows, Selection};
use super::sink::Sink;
use super::view::{Extent, ListForm, View};
use super::writer::Writer;
use super::{Compact, Facts, Options, shrinks};

/// The keys of a result, which values beside the rows cannot have.
const KEYS: [&str; 8] = ["total", "offset", "next_offset", "columns", "rows", "other_fields", "cut", "warnings"];

/// The room for digits of numbers that are known only once the rows are chosen.
const DIGITS: usize = 80;

/// A reply with rows.
pub(super) struct Page<'a> {
    form: &'a ListForm,
    view: &'a View,
    options: &'a Options,
    /// The values beside the rows.
    beside: Entries<'a>,
    /// A name that an object has twice.
    repeated: Option<String>,
    total: Option<Raw<'a>>,
    rows: Rows<'a>,
    selection: Selection,
}

/// Everything of a result that does not depend on the lengths of its values.
struct Header<'n> {
    columns: Vec<&'n str>,
    other_fields: Option<String>,
    warnings: Vec<String>,
}

/// Everything of a result except its rows.
struct Frame<'h> {
    header: &'h Header<'h>,
    beside: Assembly,
    warnings: Option<String>,
}

/// The rows of a result.
#[derive(Default)]
struct Filling {
    /// The rows from the front of the selection.
    head: Vec<String>,
    /// The rows from its end, the last one first.
    tail: Vec<String>,
}

impl<'a> Page<'a> {
    /// Reads a reply. Returns `None` for one of another shape: not one list of rows, or too much beside it.
    pub(super) fn read(root: Raw<'a>, form: &'a ListForm, view: &'a View, options: &'a Options) -> Option<Self> {
        let max_fields = options.max_fields();
        let all = entries(root, max_fields + 1);
        let lists = all.iter().filter(|(key, _)| key.is(form.rows)).count();
        if lists != 1 || all.len() > max_fields {
            return None;
        }
        let (mut beside, repeated) = last_of_repeated(all);
        let list = taken(&mut beside, |key, value| key.is(form.rows) && value.kind() == Kind::Array)?;
        let rows = Rows::read(list, max_fields)?;
        let is_total = |key: Key, value: Raw| form.total.is_some_and(|name| key.is(name)) && value.count().is_some();
        let total = taken(&mut beside, is_total);
        beside.retain(|(_, value)| !value.is_empty());
        let repeated = repeated.map(Cow::into_owned).or_else(|| rows.repeated.clone());
        let offset = if form.extent == Extent::Page { options.offset } else { 0 };
        let selection = if options.newest {
            let total = total.and_then(Raw::count).unwrap_or_default();
            Selection::backward(rows.count, offset, options.skip, total)
        } else {
            Selection::forward(rows.count, offset, options.skip)
        };
        Some(Self { form, view, options, beside, repeated, total, rows, selection })
    }

    /// Returns the result, or `None` if it does not fit.
    pub(super) fn result(&self) -> Option<Compact<'static>> {
        let header = self.header();
        shrinks().find_map(|shrink| {
            let mut writer = Writer::new(self.view, self.options.limits(shrink));
            let frame = self.frame(&header, &mut writer);
            let used = self.assembled(&frame, &Filling::default()).chars();
            let room = self.options.max_result_chars.checked_sub(used + DIGITS)?;
            let filling = self.filled(&header.columns, room, &mut writer);
            let is_missing = self.selection.count > 0 && filling.count() == 0;
            let facts = Facts::of(writer.losses(), self.options.newest);
            (!is_missing).then(|| Compact { text: self.assembled(&frame, &filling).finish().into(), facts })
        })
    }

    fn assembled(&self, frame: &Frame, filling: &Filling) -> Assembly {
        let mut result = Assembly::default();
        result.optional("total", self.total().as_deref());
        if self.form.extent != Extent::Part {
            result.member("offset", &self.selection.offset.to_string());
        }
        result.optional("next_offset", self.next_offset(filling).map(|next| next.to_string()).as_deref());
        result.append(frame.beside.members());
        result.member("columns", &names::to_json(frame.header.columns.iter().copied()));
        result.member("rows", &filling.to_json());
        result.optional("other_fields", frame.header.other_fields.as_deref());
        result.optional("cut", self.cut(filling).as_deref());
        result.optional("warnings", frame.warnings.as_deref());
        result
    }

    /// Returns the number of all rows, as the API returns it.
    fn total(&self) -> Option<String> {
        let is_whole = matches!(self.form.extent, Extent::Whole | Extent::Thread);
        let counted = is_whole.then(|| self.rows.count.to_string());
        self.total.map(|total| total.text().to_owned()).or(counted)
    }

    /// Returns the place of the first row after those of the result, if there may be one.
    fn next_offset(&self, filling: &Filling) -> Option<u64> {
        let shown = filling.count();
        let next = self.selection.offset.saturating_add(shown as u64);
        if shown < self.selection.count {
            return matches!(self.form.extent, Extent::Page | Extent::Whole).then_some(next);
        }
        let has_more = match self.total.and_then(Raw::count) {
            _ if self.form.extent != Extent::Page || self.rows.count == 0 => false,
            Some(total) => next < total,
            None if self.options.newest => self.options.offset > 0,
            None => self.options.page_size.is_some_and(|size| self.rows.count as u64 >= size),
        };
        has_more.then_some(next)
    }

    /// Returns the mark of rows that did not fit.
    fn cut(&self, filling: &Filling) -> Option<String> {
        let Selection { offset, count, .. } = self.selection;
        (filling.count() < count).then(|| match self.form.extent {
            Extent::Page | Extent::Part | Extent::Whole => "true".to_owned(),
            Extent::Thread => {
                let from = offset + filling.head.len() as u64;
                let to = offset + (count - filling.tail.len()) as u64;
                format!("{{\"from\":{from},\"to\":{to}}}")
            }
        })
    }

    fn header(&self) -> Header<'_> {
        let mut warnings = self.options.warnings.to_vec();
        let columns = self.columns(&mut warnings);
        let other_fields = self.other_fields(&columns, &mut warnings);
        warnings.extend(self.repeated.as_deref().map(names::repeated_field));
        if self.rows.has_more_fields {
            warnings.push(Advice::Fields.too_many_fields());
        }
        Header { columns, other_fields, warnings }
    }

    fn frame<'h>(&self, header: &'h Header<'h>, writer: &mut Writer) -> Frame<'h> {
        let mut warnings = header.warnings.clone();
        let beside = self.beside(writer, &mut warnings);
        Frame { header, beside, warnings: names::warnings_json(&warnings) }
    }

    /// Returns the fields to show. A field that no row has is a warning, unless the view knows it.
    fn columns(&self, warnings: &mut Vec<String>) -> Vec<&str> {
        let view = self.view;
        if !self.rows.are_objects && self.rows.count > 0 {
            return vec![view.fields.first().copied().unwrap_or(self.form.rows)];
        }
        let is_in_rows = |name: &&str| self.rows.have(name);
        let is_known = |name: &str| {
            let in_view = view.known_fields().any(|known| known == name) && !view.optional.contains(&name);
            self.rows.count == 0 || in_view || is_in_rows(&name)
        };
        let asked = names::unique(self.options.fields.iter().map(String::as_str));
        let (asked, unknown): (Vec<_>, Vec<_>) = asked.into_iter().partition(|name| is_known(name));
        for name in unknown {
            let known = self.rows.field_names().chain(view.known_fields());
            warnings.push(names::unknown_field(name, &self.rows.names_beside(name), known));
        }
        match () {
            () if !asked.is_empty() => asked,
            () if !view.fields.is_empty() => {
                let optional = view.optional.iter().copied().filter(is_in_rows);
                view.fields.iter().copied().chain(optional).collect()
            }
            () => self.all_columns(),
        }
    }

    /// Returns as many fields as fit, without HTML that the rows have as plain text, too.
    fn all_columns(&self) -> Vec<&str> {
        let mut fitting = NameList::new(self.options.max_result_chars / 4);
        let has = |name: &str| self.rows.field_names().any(|field| field == name);
        let fields = self.rows.field_names().filter(|name| !self.view.text_of(name).is_some_and(has));
        fields.filter(|name| fitting.push(name)).collect()
    }

    fn beside(&self, writer: &mut Writer, warnings: &mut Vec<String>) -> Assembly {
        let mut beside = Assembly::default();
        let mut room = self.options.max_result_chars / 4;
        for (key, value) in &self.beside {
            let name = key.name();
            if KEYS.contains(&name.as_ref()) {
                warnings.push(Advice::Fields.reserved(&name));
                continue;
            }
            match writer.fitted(&mut room, |writer, sink| writer.member(sink, &name, Found::Value(*value))) {
                Some(member) => beside.append(&member),
                None => warnings.push(Advice::Fields.does_not_fit(&name)),
            }
        }
        beside
    }

    /// Returns the fields that the rows also have. They are said once, with the first rows, to a caller who did not choose
    /// fields: one who did has seen them.
    fn other_fields(&self, columns: &[&str], warnings: &mut Vec<String>) -> Option<String> {
        if self.selection.offset > 0 || !self.options.fields.is_empty() {
            return None;
        }
        let mut other = NameList::new(self.options.max_result_chars / 8);
        for name in self.rows.field_names().filter(|name| !columns.contains(name)) {
            other.push(name);
        }
        if other.unlisted > 0 {
            warnings.push(Advice::Fields.unlisted(other.unlisted));
        }
        other.to_json()
    }

    /// Returns as many rows as fit: the first ones, or of a thread the first and the last ones in turn.
    fn filled(&self, columns: &[&str], mut room: usize, writer: &mut Writer) -> Filling {
        let count = self.selection.count;
        // A row takes at least four characters: `[0],`.
        let most = room / 4 + 1;
        let head = self.rows.part(&self.selection, 0, count.min(most));
        let tail = match self.form.extent {
            Extent::Thread => self.rows.part(&self.selection, count.saturating_sub(most).max(head.len()), count),
            Extent::Page | Extent::Part | Extent::Whole => Vec::new(),
        };
        let (mut head, mut tail) = (head.into_iter(), tail.into_iter());
        let mut columns = Columns::new(columns, self.options.max_fields());
        let mut fitted = |row: Option<Raw<'a>>| {
            let row = row?;
            let text = writer.fitted(&mut room, |writer, sink| self.row(sink, &mut columns, row, writer))?;
            room = room.saturating_sub(",".len());
            Some(text)
        };
        let mut filling = Filling::default();
        let (mut fills_head, mut fills_tail) = (true, self.form.extent == Extent::Thread);
        while fills_head || fills_tail {
            if fills_head {
                let text = fitted(head.next());
                fills_head = text.is_some();
                filling.head.extend(text);
            }
            if fills_tail {
                let text = fitted(tail.next_back().or_else(|| head.next_back()));
                fills_tail = text.is_some();
                filling.tail.extend(text);
            }
        }
        filling
    }

    fn row(&self, sink: &mut Sink, columns: &mut Columns<'a, '_>, row: Raw<'a>, writer: &mut Writer) {
        sink.push('[');
        for (index, (column, found)) in columns.of(row).enumerate() {
            if index > 0 {
                sink.push(',');
            }
            let found = if self.rows.are_objects { found } else { Some(Found::Value(row)) };
            match found {
                Some(found) => writer.found(sink, column, found),
                None => sink.push_str("null"),
            }
        }
        sink.push(']');
    }
}

/// Takes the first value that `is_it` accepts out of `entries`.
fn taken<'a>(entries: &mut Entries<'a>, is_it: impl Fn(Key<'a>, Raw<'a>) -> bool) -> Option<Raw<'a>> {
    let position = entries.iter().position(|(key, value)| is_it(*key, *value))?;
    Some(entries.remove(position).1)
}

impl Filling {
    fn count(&self) -> usize {
        self.head.len() + self.tail.len()
    }

    fn to_json(&self) -> String {
        let rows: Vec<_> = self.head.iter().chain(self.tail.iter().rev()).map(String::as_str).collect();
        format!("[{}]", rows.join(","))
    }
}
