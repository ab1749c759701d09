//! The values in a reply that arguments of tools take: names that were set up in the account, such as a status.

use super::chars::Decoded;
use super::json::{Json, Key, Raw};

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

    /// Passes the kind and the text of each such value to `learn`. Returns whether the reply is a list without rows.
    pub fn read(&self, reply: Json<'_>, mut learn: impl FnMut(&'static str, &str)) -> bool {
        if self.rows.is_none() && self.fields.is_empty() {
            return false;
        }
        let mut reader = RecordReader { fields: self.fields, keys: Vec::new(), index: 0 };
        let members = reply.root().members();
        let Some(rows) = self.rows else {
            members.for_each(|(key, value)| reader.read(key, value, &mut learn));
            return false;
        };
        let Some(mut items) = members.into_items_of(rows) else { return false };
        let mut is_empty = true;
        while items.next_with(|key, value| reader.read(key, value, &mut learn)).is_some() {
            is_empty = false;
            if self.fields.is_empty() {
                break;
            }
            reader.index = 0;
        }
        is_empty
    }
}

/// Reads the members of one record after the other.
struct RecordReader<'a> {
    fields: &'static [(&'static str, &'static str)],
    /// The keys at each place of a record, with the kind of their values. Rows usually have the same fields in the same
    /// order, so that a key is looked up once.
    keys: Vec<(Key<'a>, Option<&'static str>)>,
    /// The place of the next member.
    index: usize,
}

impl<'a> RecordReader<'a> {
    fn read(&mut self, key: Key<'a>, value: Raw<'a>, learn: &mut impl FnMut(&'static str, &str)) {
        if let (Some(kind), Some(escaped)) = (self.kind(key), value.escaped()) {
            if escaped.contains('\\') {
                learn(kind, &Decoded::new(escaped).collect::<String>());
            } else {
                learn(kind, escaped);
            }
        }
    }

    fn kind(&mut self, key: Key<'a>) -> Option<&'static str> {
        /// The number of places that are remembered.
        const MOST: usize = 100;
        let index = self.index;
        self.index += 1;
        if let Some((known, kind)) = self.keys.get(index)
            && *known == key
        {
            return *kind;
        }
        let name = key.name();
        let kind = self.fields.iter().find(|(field, _)| *field == name).map(|(_, kind)| *kind);
        match self.keys.get_mut(index) {
            Some(place) => *place = (key, kind),
            None if index < MOST => self.keys.push((key, kind)),
            None => {}
        }
        kind
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
