//! The rows of a list: how many there are, which fields they have, and which of them a result may show.

use std::borrow::Cow;

use indexmap::IndexMap;
use indexmap::map::Entry;

use super::json::{Key, Kind, Raw};
use super::object::{entries, find, names_beside};

/// The rows of a reply.
pub(super) struct Rows<'a> {
    list: Raw<'a>,
    /// The first rows. A result usually has no others, and need not look for them again.
    first: Vec<Raw<'a>>,
    /// The number of rows.
    pub(super) count: usize,
    /// True if the rows are objects.
    pub(super) are_objects: bool,
    /// The fields of all rows, in the order in which they occur first.
    fields: IndexMap<Cow<'a, str>, Field<'a>>,
    /// True if the rows have more fields than are held here.
    pub(super) has_more_fields: bool,
    /// The first field that a row has twice.
    pub(super) repeated: Option<String>,
}

/// A field that some row has.
struct Field<'a> {
    /// The key by which the field was last found.
    key: Key<'a>,
    /// The last row that has it.
    row: usize,
}

impl<'a> Rows<'a> {
    /// Reads the names of the fields, and holds at most `max_fields` of them, and as many rows. Returns `None` for rows of several kinds.
    pub(super) fn read(list: Raw<'a>, max_fields: usize) -> Option<Self> {
        let (mut count, mut objects) = (0, 0);
        let mut rows = Self {
            list,
            first: Vec::new(),
            count: 0,
            are_objects: false,
            fields: IndexMap::new(),
            has_more_fields: false,
            repeated: None,
        };
        let mut items = list.items();
        loop {
            let mut reader = RowReader { rows: &mut rows, number: count, index: 0, next: 0, max_fields };
            let Some(row) = items.next_with(|key, _| reader.read(key)) else { break };
            objects += usize::from(row.kind() == Kind::Object);
            count += 1;
            if count <= max_fields {
                rows.first.push(row);
            }
        }
        rows.count = count;
        rows.are_objects = objects == count;
        (objects == 0 || objects == count).then_some(rows)
    }

    /// Returns the position of a field. A new one is added, unless there are too many.
    fn look_up(&mut self, key: Key<'a>, row: usize, max_fields: usize) -> Option<usize> {
        let is_full = self.fields.len() >= max_fields;
        match self.fields.entry(key.name()) {
            Entry::Occupied(known) => Some(known.index()),
            Entry::Vacant(_) if is_full => {
                self.has_more_fields = true;
                None
            }
            Entry::Vacant(new) => {
                // Not yet found in this row: a row before it, or none.
                let index = new.index();
                new.insert(Field { key, row: row.wrapping_sub(1) });
                Some(index)
            }
        }
    }

    /// Returns the names of the fields.
    pub(super) fn field_names(&self) -> impl Iterator<Item = &str> {
        self.fields.keys().map(AsRef::as_ref)
    }

    /// Returns whether a row has a field.
    pub(super) fn have(&self, name: &str) -> bool {
        let in_some_row = |name| self.list.items().any(|row| find(&entries(row, self.fields.len()), name).is_some());
        self.fields.contains_key(name) || (name.contains('.') && in_some_row(name))
    }

    /// Returns the names that are in the same object as a nested name, in the first row that has the object.
    pub(super) fn names_beside(&self, name: &str) -> Vec<String> {
        let mut of_rows = self.list.items().map(|row| names_beside(&entries(row, self.fields.len()), name));
        let names = if name.contains('.') { of_rows.find(|names| !names.is_empty()) } else { None };
        names.unwrap_or_default()
    }

    /// Returns the rows in a part of a selection, in the order in which they are shown.
    pub(super) fn part(&self, selection: &Selection, from: usize, to: usize) -> Vec<Raw<'a>> {
        let count = to.saturating_sub(from);
        let start = if selection.reversed { selection.count.saturating_sub(to) } else { selection.start + from };
        let mut part = match self.first.get(start..start + count) {
            Some(rows) => rows.to_vec(),
            None => self.list.items().skip(start).take(count).collect(),
        };
        if selection.reversed {
            part.reverse();
        }
        part
    }
}

/// Reads the names of the fields of one row.
struct RowReader<'r, 'a> {
    rows: &'r mut Rows<'a>,
    /// The number of rows before it.
    number: usize,
    /// The number of members before the next one.
    index: usize,
    /// The position of the next field, if it follows the one before it as in other rows.
    next: usize,
    max_fields: usize,
}

impl<'a> RowReader<'_, 'a> {
    fn read(&mut self, key: Key<'a>) {
        let Self { rows, number, index, next, max_fields } = self;
        rows.has_more_fields |= *index >= *max_fields;
        *index += 1;
        // Rows usually have the same fields in the same order: the next field is known without looking it up.
        let field = match rows.fields.get_index(*next) {
            Some((_, field)) if field.key == key => Some(*next),
            _ => rows.look_up(key, *number, *max_fields),
        };
        let Some(position) = field else { return };
        *next = position + 1;
        let Some((name, field)) = rows.fields.get_index_mut(position) else { return };
        if field.row == *number && rows.repeated.is_none() {
            rows.repeated = Some(name.to_string());
        }
        *field = Field { key, row: *number };
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
    use crate::results::json::Json;

    fn rows(text: &str, max_fields: usize) -> Option<Rows<'_>> {
        Rows::read(Json::checked(text).unwrap().root(), max_fields)
    }

    fn names<'r>(rows: &'r Rows<'_>) -> Vec<&'r str> {
        rows.field_names().collect()
    }

    #[test]
    fn fields_are_in_the_order_of_their_first_row() {
        let rows = rows(r#"[{"a":1,"b":2},{"\u0062":1,"c":2},{"c":1,"a":2},{}]"#, 9).unwrap();
        assert_eq!((names(&rows), rows.count, rows.are_objects), (vec!["a", "b", "c"], 4, true));
        assert_eq!((rows.has_more_fields, &rows.repeated), (false, &None));
        assert!(rows.have("c") && !rows.have("d") && !rows.have("a.b"));
    }

    #[test]
    fn repeated_fields_are_noticed() {
        assert_eq!(rows(r#"[{"a":1},{"a":1,"b":2,"\u0061":3}]"#, 9).unwrap().repeated.as_deref(), Some("a"));
        assert_eq!(rows(r#"[{"a":1,"a":2}]"#, 9).unwrap().repeated.as_deref(), Some("a"));
    }

    #[test]
    fn the_number_of_fields_is_limited() {
        let rows = rows(r#"[{"a":1},{"b":1},{"c":1}]"#, 2).unwrap();
        assert_eq!((names(&rows), rows.has_more_fields), (vec!["a", "b"], true));
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
            let rows = list.part(&selection, 0, selection.count).into_iter().map(Raw::text).collect::<String>();
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
        assert_eq!(part.into_iter().map(Raw::text).collect::<String>(), "21");
        let part = list.part(&Selection::forward(5, 0, 1), 1, 3);
        assert_eq!(part.into_iter().map(Raw::text).collect::<String>(), "23");
    }
}
