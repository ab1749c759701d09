//! Lists: columns and rows.

use super::assembly::Assembly;
use super::columns::Columns;
use super::json::{Key, Raw};
use super::names::{self, Advice, NameList};
use super::object::{Entries, Found, Object};
use super::rows::{Row, Rows, Selection};
use super::sink::Sink;
use super::taught::TaughtReader;
use super::view::{Extent, ListForm, View};
use super::writer::Writer;
use super::{Compact, Facts, Options, shrinks};

/// The keys of a result, which values beside the rows cannot have.
const KEYS: [&str; 8] = ["total", "offset", "next_offset", "columns", "rows", "other_fields", "cut", "warnings"];

/// The room for digits of numbers that are known only once the rows are chosen.
const DIGITS: usize = 80;

/// A reply with rows.
pub(super) struct List<'a> {
    /// The values beside the rows.
    beside: Object<'a>,
    total: Option<Raw<'a>>,
    pub(super) rows: Rows<'a>,
}

impl<'a> List<'a> {
    /// Reads a reply, and passes its rows to `taught`. Returns `None` for a reply of another shape: not one
    /// list of rows of one kind, or too much beside it.
    pub(super) fn read(
        root: Raw<'a>,
        form: &ListForm,
        max_fields: usize,
        taught: &mut TaughtReader<impl FnMut(&'static str, &str)>,
    ) -> Option<Self> {
        let (mut rows, mut beside) = (None, Entries::new());
        let (mut members, mut lists) = (root.members(), 0);
        while let Some(key) = members.next_key() {
            if key.is(form.rows) {
                members.value_with(|items| rows = Rows::read(items, max_fields, taught));
                lists += 1;
            } else {
                beside.push((key, members.value()));
            }
            if lists > 1 || lists + beside.len() > max_fields {
                return None;
            }
        }
        let is_total =
            |(key, value): &(Key, Raw)| form.total.is_some_and(|name| key.is(name)) && value.count().is_some();
        let mut beside = Object::of(beside);
        let total = beside.take(is_total);
        Some(Self { beside, total, rows: rows? })
    }
}

/// A reply with rows, as one call shows it.
pub(super) struct Page<'r, 'a> {
    form: &'r ListForm,
    view: &'r View,
    options: &'r Options,
    list: &'r List<'a>,
    rows: &'r Rows<'a>,
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

impl Frame<'_> {
    /// Returns the length of the longest parts in bytes.
    fn length(&self) -> usize {
        let lists = [&self.header.other_fields, &self.warnings].into_iter().flatten().map(String::len).sum::<usize>();
        self.beside.members().len() + self.header.columns.iter().map(|name| name.len()).sum::<usize>() + lists
    }
}

/// The rows of a result.
#[derive(Default)]
struct Filling {
    /// The rows from the front of the selection.
    head: String,
    /// The number of these.
    head_count: usize,
    /// The rows from its end, the last one first.
    tail: Vec<String>,
}

impl<'r, 'a> Page<'r, 'a> {
    pub(super) fn new(list: &'r List<'a>, form: &'r ListForm, view: &'r View, options: &'r Options) -> Self {
        let rows = &list.rows;
        let offset = if form.extent == Extent::Page { options.offset } else { 0 };
        let selection = if options.newest {
            let total = list.total.and_then(Raw::count).unwrap_or_default();
            Selection::backward(rows.count, offset, options.skip, total)
        } else {
            Selection::forward(rows.count, offset, options.skip)
        };
        Self { form, view, options, list, rows, selection }
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
        let mut result = Assembly::expecting(frame.length() + filling.head.len());
        result.optional("total", self.total().as_deref());
        if self.form.extent != Extent::Part {
            result.member("offset", &self.selection.offset.to_string());
        }
        result.optional("next_offset", self.next_offset(filling).map(|next| next.to_string()).as_deref());
        result.append(frame.beside.members());
        result.member("columns", &names::to_json(frame.header.columns.iter().copied()));
        result.list("rows", filling.rows());
        result.optional("other_fields", frame.header.other_fields.as_deref());
        result.optional("cut", self.cut(filling).as_deref());
        result.optional("warnings", frame.warnings.as_deref());
        result
    }

    /// Returns the number of all rows, as the API returns it.
    fn total(&self) -> Option<String> {
        let is_whole = matches!(self.form.extent, Extent::Whole | Extent::Thread);
        let counted = is_whole.then(|| self.rows.count.to_string());
        self.list.total.map(|total| total.text().to_owned()).or(counted)
    }

    /// Returns the place of the first row after those of the result, if there may be one.
    fn next_offset(&self, filling: &Filling) -> Option<u64> {
        let shown = filling.count();
        let next = self.selection.offset.saturating_add(shown as u64);
        if shown < self.selection.count {
            return matches!(self.form.extent, Extent::Page | Extent::Whole).then_some(next);
        }
        let has_more = match self.list.total.and_then(Raw::count) {
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
                let from = offset + filling.head_count as u64;
                let to = offset + (count - filling.tail.len()) as u64;
                format!("{{\"from\":{from},\"to\":{to}}}")
            }
        })
    }

    fn header(&self) -> Header<'_> {
        let mut warnings = self.options.warnings.clone();
        let columns = self.columns(&mut warnings);
        let other_fields = self.other_fields(&columns, &mut warnings);
        let repeated = self.list.beside.repeated.as_deref().or(self.rows.repeated());
        warnings.extend(repeated.map(names::repeated_field));
        if self.rows.have_more_fields() {
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
        let mut beside = Assembly::expecting(0);
        let mut members = Sink::new(self.options.max_result_chars / 4);
        let all = self.list.beside.names.iter().zip(&self.list.beside.entries);
        for (name, (_, value)) in all.filter(|(_, (_, value))| !value.is_empty()) {
            if KEYS.contains(&name.as_ref()) {
                warnings.push(Advice::Fields.reserved(name));
                continue;
            }
            let before = members.mark();
            if writer.fits(&mut members, |writer, sink| writer.member(sink, name, Found::Value(*value))) {
                beside.append(members.since(before));
            } else {
                warnings.push(Advice::Fields.does_not_fit(name));
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
        other.into_json()
    }

    /// Returns as many rows as fit: the first ones, or of a thread the first and the last ones in turn.
    fn filled(&self, columns: &[&str], room: usize, writer: &mut Writer) -> Filling {
        let count = self.selection.count;
        // A row takes at least four characters: `[0],`.
        let most = room / 4 + 1;
        let head = self.rows.part(&self.selection, 0, count.min(most));
        let tail = match self.form.extent {
            Extent::Thread => self.rows.part(&self.selection, count.saturating_sub(most).max(head.len()), count),
            Extent::Page | Extent::Part | Extent::Whole => Vec::new(),
        };
        let (mut head, mut tail) = (head.into_iter(), tail.into_iter());
        let mut columns = Columns::new(columns);
        let mut rows = Sink::new(room).expecting(self.rows.length());
        let mut add = |row: Option<Row<'a>>, rows: &mut Sink| {
            let fits =
                row.is_some_and(|row| writer.fits(rows, |writer, sink| self.row(sink, &mut columns, row, writer)));
            if fits {
                rows.separate();
            }
            fits
        };
        let mut filling = Filling::default();
        let (mut fills_head, mut fills_tail) = (true, self.form.extent == Extent::Thread);
        while fills_head || fills_tail {
            if fills_head {
                fills_head = add(head.next(), &mut rows);
                filling.head_count += usize::from(fills_head);
            }
            if fills_tail {
                let before = rows.mark();
                fills_tail = add(tail.next_back().or_else(|| head.next_back()), &mut rows);
                filling.tail.extend(fills_tail.then(|| rows.split_off(before)));
            }
        }
        filling.head = rows.text();
        filling
    }

    fn row(&self, sink: &mut Sink, columns: &mut Columns, row: Row<'a>, writer: &mut Writer) {
        let members = self.rows.members(row, self.options.max_fields());
        sink.push('[');
        for (index, (column, found)) in columns.of(&members).enumerate() {
            if index > 0 {
                sink.push(',');
            }
            let found = if self.rows.are_objects { found } else { Some(Found::Value(row.value)) };
            match found {
                Some(found) => writer.found(sink, column, found),
                None => sink.push_str("null"),
            }
        }
        sink.push(']');
    }
}

impl Filling {
    fn count(&self) -> usize {
        self.head_count + self.tail.len()
    }

    /// Returns the rows in parts. Each row ends in a comma.
    fn rows(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.head.as_str()).chain(self.tail.iter().rev().map(String::as_str))
    }
}
