//! The values in a reply that arguments of tools take: names that were set up in the account, such as a status.

use super::chars::Decoded;
use super::json::{Json, Key, Kind, Raw};
use super::row_reader::RowReader;

/// The number of fields of a row that are looked at.
const MAX_FIELDS: usize = 10_000;

/// The fields of a tool's replies whose values arguments take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Teaches {
    /// The key of the rows in a reply, or `None` if the reply is one record.
    pub rows: Option<&'static str>,
    /// Each field with the kind of its values.
    pub fields: &'static [(&'static str, &'static str)],
}

impl Teaches {
    /// A tool whose replies have no such values.
    pub const NOTHING: Self = Self { rows: None, fields: &[] };

    /// Returns a reader that passes the kind and the text of each such value in one record or row to `learn`.
    pub(super) fn reader<L: FnMut(&'static str, &str)>(&self, learn: L) -> TaughtReader<L> {
        TaughtReader { fields: self.fields, learn, places: Vec::new() }
    }

    /// Passes the kind and the text of each such value to `learn`. Returns whether the reply is a list without rows.
    pub fn read(&self, reply: Json<'_>, learn: impl FnMut(&'static str, &str)) -> bool {
        if self.rows.is_none() && self.fields.is_empty() {
            return false;
        }
        let mut taught = self.reader(learn);
        let members = reply.root().members();
        let Some(rows) = self.rows else {
            members.for_each(|(key, value)| taught.read_member(key, value));
            return false;
        };
        let Some(mut items) = members.into_items_of(rows) else { return false };
        let (mut reader, mut is_empty) = (RowReader::new(MAX_FIELDS), true);
        loop {
            let mut is_same = true;
            let Some(row) = items.next_with(|members| is_same = reader.read(members)) else { break };
            is_empty = false;
            match row.kind() {
                _ if self.fields.is_empty() => break,
                Kind::Object => taught.read(&reader, is_same),
                _ => {}
            }
        }
        is_empty
    }
}

/// Passes on the values of some fields.
pub(super) struct TaughtReader<L> {
    fields: &'static [(&'static str, &'static str)],
    learn: L,
    /// The places of these fields in the last row, with the kinds of their values.
    places: Vec<(usize, &'static str)>,
}

impl<L: FnMut(&'static str, &str)> TaughtReader<L> {
    fn kind(&self, key: Key<'_>) -> Option<&'static str> {
        self.fields.iter().find(|(field, _)| key.is(field)).map(|(_, kind)| *kind)
    }

    /// Reads a member of a record.
    pub(super) fn read_member(&mut self, key: Key<'_>, value: Raw<'_>) {
        if let Some(kind) = self.kind(key) {
            learn(&mut self.learn, kind, value);
        }
    }

    /// Reads a row. `is_same` is true if it has the same keys as the row before.
    pub(super) fn read(&mut self, row: &RowReader<'_>, is_same: bool) {
        if !is_same {
            let kinds = row.keys().map(|key| self.kind(key)).enumerate();
            self.places = kinds.filter_map(|(place, kind)| Some((place, kind?))).collect();
        }
        let learnt = self.places.iter().filter_map(|(place, kind)| Some((*kind, *row.values().get(*place)?)));
        learnt.for_each(|(kind, value)| learn(&mut self.learn, kind, value));
    }
}

/// Passes a text on.
fn learn(learn: &mut impl FnMut(&'static str, &str), kind: &'static str, value: Raw<'_>) {
    let Some(escaped) = value.escaped() else { return };
    if value.has_escapes() {
        learn(kind, &Decoded::new(escaped).collect::<String>());
    } else {
        learn(kind, escaped);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const LIST: Teaches = Teaches { rows: Some("books"), fields: &[("state", "condition"), ("owner", "reader")] };

    fn read(teaches: Teaches, reply: &str) -> (bool, Vec<(&'static str, String)>) {
        let mut values = Vec::new();
        let rows = teaches.read(Json::checked(reply).unwrap(), |kind, value| values.push((kind, value.to_owned())));
        (rows, values)
    }

    #[test]
    fn the_values_of_all_rows_are_read() {
        let reply =
            r#"{"count": 2, "books": [{"state": "new", "title": "new"}, {"owner": "Zo\u00eb", "state": null}, 7]}"#;
        let values = vec![("condition", "new".to_owned()), ("reader", "Zoë".to_owned())];
        assert_eq!(read(LIST, reply), (false, values));
    }

    #[test]
    fn a_record_is_read_without_rows() {
        let record = Teaches { rows: None, ..LIST };
        assert_eq!(read(record, r#"{"state": "used"}"#), (false, vec![("condition", "used".to_owned())]));
    }

    #[test]
    fn a_reply_of_another_shape_teaches_nothing() {
        for reply in ["[]", "7", r#"{"error": "x"}"#, r#"{"state": "new"}"#] {
            assert_eq!(read(LIST, reply), (false, Vec::new()), "{reply}");
        }
        assert_eq!(read(LIST, r#"{"books": "none"}"#), (true, Vec::new()));
    }
}
