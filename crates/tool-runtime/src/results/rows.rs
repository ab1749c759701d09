//! The rows of a list: how many there are, which fields they have, and which of them a result may show.

use std::borrow::Cow;

use foldhash::fast::RandomState;
use indexmap::IndexMap;
use indexmap::map::Entry;

use super::json::{Items, Key, Kind, Raw};
use super::object::{entries, find, names_beside};
use super::row_reader::RowReader;
use super::taught::TaughtReader;

/// The rows of a reply.
pub(super) struct Rows<'a> {
    all: Items<'a>,
    /// The first rows. A result usually has no others, and need not read them again.
    first: Vec<Row<'a>>,
    /// The values in these rows, as far as they are held.
    values: Vec<Raw<'a>>,
    /// The different keys of these rows.
    layouts: Vec<Vec<Key<'a>>>,
    /// The number of rows.
    pub(super) count: usize,
    /// True if the rows are objects.
    pub(super) are_objects: bool,
    fields: Fields<'a>,
}

/// A row of a reply.
#[derive(Clone, Copy)]
pub(super) struct Row<'a> {
    pub(super) value: Raw<'a>,
    held: Option<Held>,
}

/// The place of the values of a row among those that are held.
#[derive(Clone, Copy)]
struct Held {
    start: usize,
    /// The place of their keys.
    layout: usize,
}

/// The members of a row. Anything but an object has none.
pub(super) struct RowMembers<'r, 'a> {
    pub(super) keys: Cow<'r, [Key<'a>]>,
    pub(super) values: Cow<'r, [Raw<'a>]>,
    /// The place of the keys among those of all rows, if it is known.
    pub(super) layout: Option<usize>,
}

/// The fields of all rows, in the order in which they occur first.
#[derive(Default)]
struct Fields<'a> {
    /// Each field with the number of the last row that was found to have it.
    names: IndexMap<Cow<'a, str>, usize, RandomState>,
    /// True if the rows have more fields than are held here.
    has_more: bool,
    /// The first field that a row has twice.
    repeated: Option<String>,
}

impl<'a> Fields<'a> {
    /// Adds the fields of a row, of which at most `max` are held.
    fn add(&mut self, row: &RowReader<'a>, number: usize, max: usize) {
        self.has_more |= row.has_more();
        for key in row.keys() {
            let is_full = self.names.len() >= max;
            match self.names.entry(key.name()) {
                Entry::Occupied(mut known) => {
                    if known.insert(number) == number && self.repeated.is_none() {
                        self.repeated = Some(known.key().to_string());
                    }
                }
                Entry::Vacant(_) if is_full => self.has_more = true,
                Entry::Vacant(new) => _ = new.insert(number),
            }
        }
    }
}

impl<'a> Rows<'a> {
    /// Reads the names of the fields, and holds at most `max_fields` of them, as many rows, and as many values. Also passes
    /// the rows to `taught`. Returns `None` for rows of several kinds.
    pub(super) fn read(
        items: &mut Items<'a>,
        max_fields: usize,
        taught: &mut TaughtReader<impl FnMut(&'static str, &str)>,
    ) -> Option<Self> {
        let mut rows = Self {
            all: items.clone(),
            first: Vec::new(),
            values: Vec::new(),
            layouts: Vec::new(),
            count: 0,
            are_objects: false,
            fields: Fields::default(),
        };
        let (mut reader, mut objects, mut keys) = (RowReader::new(max_fields), 0, 0);
        loop {
            let mut is_same = true;
            let Some(value) = items.next_with(|members| is_same = reader.read(members)) else { break };
            let is_object = value.kind() == Kind::Object;
            objects += usize::from(is_object);
            rows.count += 1;
            if is_object {
                if !is_same {
                    rows.fields.add(&reader, rows.count, max_fields);
                    keys += reader.values().len();
                    if keys <= max_fields {
                        rows.layouts.push(reader.keys().collect());
                    }
                }
                taught.read(&reader, is_same);
            }
            if rows.first.len() < max_fields {
                let start = rows.values.len();
                let is_held = is_object && keys <= max_fields && start + reader.values().len() <= max_fields;
                let layout = rows.layouts.len().checked_sub(1).filter(|_| is_held);
                if layout.is_some() {
                    rows.values.extend_from_slice(reader.values());
                }
                rows.first.push(Row { value, held: layout.map(|layout| Held { start, layout }) });
            }
        }
        rows.are_objects = objects == rows.count;
        (objects == 0 || rows.are_objects).then_some(rows)
    }

    /// The length of the rows in bytes.
    pub(super) fn length(&self) -> usize {
        self.all.length()
    }

    /// True if the rows have more fields than are held here.
    pub(super) fn have_more_fields(&self) -> bool {
        self.fields.has_more
    }

    /// Returns the first field that a row has twice.
    pub(super) fn repeated(&self) -> Option<&str> {
        self.fields.repeated.as_deref()
    }

    /// Returns the names of the fields.
    pub(super) fn field_names(&self) -> impl Iterator<Item = &str> {
        self.fields.names.keys().map(AsRef::as_ref)
    }

    /// Returns whether a row has a field.
    pub(super) fn have(&self, name: &str) -> bool {
        let known = &self.fields.names;
        let in_some_row = |name| self.all.clone().any(|row| find(&entries(row, known.len()), name).is_some());
        known.contains_key(name) || (name.contains('.') && in_some_row(name))
    }

    /// Returns the names that are in the same object as a nested name, in the first row that has the object.
    pub(super) fn names_beside(&self, name: &str) -> Vec<String> {
        let max_fields = self.fields.names.len();
        let mut of_rows = self.all.clone().map(|row| names_beside(&entries(row, max_fields), name));
        let names = if name.contains('.') { of_rows.find(|names| !names.is_empty()) } else { None };
        names.unwrap_or_default()
    }

    /// Returns the members of a row. Of one that is not held, at most `max` are read.
    pub(super) fn members(&self, row: Row<'a>, max: usize) -> RowMembers<'_, 'a> {
        let held = row.held.and_then(|Held { start, layout }| {
            let keys = self.layouts.get(layout)?;
            let values = self.values.get(start..start + keys.len())?;
            Some(RowMembers { keys: keys.into(), values: values.into(), layout: Some(layout) })
        });
        held.unwrap_or_else(|| {
            let (keys, values): (Vec<_>, Vec<_>) = row.value.members().take(max).unzip();
            RowMembers { keys: keys.into(), values: values.into(), layout: None }
        })
    }

    /// Returns the rows in a part of a selection, in the order in which they are shown.
    pub(super) fn part(&self, selection: &Selection, from: usize, to: usize) -> Vec<Row<'a>> {
        let count = to.saturating_sub(from);
        let start = if selection.reversed { selection.count.saturating_sub(to) } else { selection.start + from };
        let mut part = match self.first.get(start..start + count) {
            Some(rows) => rows.to_vec(),
            None => self.all.clone().skip(start).take(count).map(|value| Row { value, held: None }).collect(),
        };
        if selection.reversed {
            part.reverse();
        }
        part
    }
}

/// The rows of a reply that a result may show, in the order in which it shows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Selection {
    /// The place of the first of them in the whole list, in that order.
    pub(super) offset: u64,
    /// Their number.
    pub(super) count: usize,
    /// The place of the first of them in the reply, unless they are reversed.
    start: usize,
    /// True if the last row of the reply comes first.
    reversed: bool,
}

impl Selection {
    /// Returns the rows from `skip` on, out of a reply that has `rows` rows from `offset` on.
    pub(super) fn forward(rows: usize, offset: u64, skip: u64) -> Self {
        let start = usize::try_from(skip.saturating_sub(offset)).unwrap_or(usize::MAX).min(rows);
        Self { offset: offset.saturating_add(start as u64), count: rows - start, start, reversed: false }
    }

    /// Returns the rows from `skip` on, counted from the end of a list with `total` rows, out of a reply that has `rows`
    /// rows from `offset` on.
    pub(super) fn backward(rows: usize, offset: u64, skip: u64, total: u64) -> Self {
        let end = offset.saturating_add(rows as u64);
        let total = total.max(end);
        let left_out = usize::try_from(skip.saturating_sub(total - end)).unwrap_or(usize::MAX).min(rows);
        let count = rows - left_out;
        Self { offset: (total - end).saturating_add(left_out as u64), count, start: 0, reversed: true }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::results::Teaches;
    use crate::results::json::Json;

    fn rows(text: &str, max_fields: usize) -> Option<Rows<'_>> {
        Rows::read(
            &mut Json::checked(text).unwrap().root().items(),
            max_fields,
            &mut Teaches::NOTHING.reader(|_, _| {}),
        )
    }

    fn names<'r>(rows: &'r Rows<'_>) -> Vec<&'r str> {
        rows.field_names().collect()
    }

    #[test]
    fn fields_are_in_the_order_of_their_first_row() {
        let rows = rows(r#"[{"a":1,"b":2},{"\u0062":1,"c":2},{"c":1,"a":2},{}]"#, 9).unwrap();
        assert_eq!((names(&rows), rows.count, rows.are_objects), (vec!["a", "b", "c"], 4, true));
        assert_eq!((rows.have_more_fields(), rows.repeated()), (false, None));
        assert!(rows.have("c") && !rows.have("d") && !rows.have("a.b"));
    }

    #[test]
    fn repeated_fields_are_noticed() {
        assert_eq!(rows(r#"[{"a":1},{"a":1,"b":2,"\u0061":3}]"#, 9).unwrap().repeated(), Some("a"));
        assert_eq!(rows(r#"[{"a":1,"a":2}]"#, 9).unwrap().repeated(), Some("a"));
    }

    #[test]
    fn the_number_of_fields_is_limited() {
        let rows = rows(r#"[{"a":1},{"b":1},{"c":1}]"#, 2).unwrap();
        assert_eq!((names(&rows), rows.have_more_fields()), (vec!["a", "b"], true));
    }

    #[test]
    fn rows_of_several_kinds_are_not_read() {
        assert!(rows("[{},1]", 9).is_none());
        assert!(!rows("[1,\"a\",null,[]]", 9).unwrap().are_objects);
    }

    #[test]
    fn rows_are_selected_from_either_end() {
        let list = rows("[0,1,2,3,4]", 9).unwrap();
        let shown = |selection: Selection| {
            let rows =
                list.part(&selection, 0, selection.count).into_iter().map(|row| row.value.text()).collect::<String>();
            (selection.offset, rows)
        };
        assert_eq!(shown(Selection::forward(5, 0, 0)), (0, "01234".to_owned()));
        assert_eq!(shown(Selection::forward(5, 30, 0)), (30, "01234".to_owned()));
        assert_eq!(shown(Selection::forward(5, 0, 3)), (3, "34".to_owned()));
        assert_eq!(shown(Selection::forward(5, 0, 9)), (5, String::new()));
        assert_eq!(shown(Selection::backward(5, 0, 0, 5)), (0, "43210".to_owned()));
        assert_eq!(shown(Selection::backward(5, 65, 0, 70)), (0, "43210".to_owned()));
        assert_eq!(shown(Selection::backward(5, 65, 0, 71)), (1, "43210".to_owned()), "a row was added meanwhile");
        assert_eq!(shown(Selection::backward(5, 0, 3, 5)), (3, "10".to_owned()), "the front page repeats newer rows");
        assert_eq!(shown(Selection::backward(5, 0, 0, 0)), (0, "43210".to_owned()), "the total is wrong");
        let part = list.part(&Selection::backward(5, 0, 1, 5), 1, 3);
        assert_eq!(part.into_iter().map(|row| row.value.text()).collect::<String>(), "21");
        let part = list.part(&Selection::forward(5, 0, 1), 1, 3);
        assert_eq!(part.into_iter().map(|row| row.value.text()).collect::<String>(), "23");
    }
}
