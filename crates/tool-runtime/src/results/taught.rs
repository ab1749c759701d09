//! The values in a reply that arguments of tools take: names that were set up in the account, such as a status.

use super::chars::Decoded;
use super::json::{Json, Raw};

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

    /// Passes the kind and the text of each such value to `learn`. Returns the number of rows, or `None` if the reply has
    /// no list of rows.
    pub fn read(&self, reply: Json<'_>, mut learn: impl FnMut(&'static str, &str)) -> Option<usize> {
        let Some(rows) = self.rows else {
            self.read_record(reply.root(), &mut learn);
            return None;
        };
        let (_, list) = reply.root().members().find(|(key, _)| key.is(rows))?;
        let mut count = 0;
        for row in list.items() {
            count += 1;
            if !self.fields.is_empty() {
                self.read_record(row, &mut learn);
            }
        }
        Some(count)
    }

    fn read_record(&self, record: Raw<'_>, learn: &mut impl FnMut(&'static str, &str)) {
        for (key, value) in record.members() {
            let field = self.fields.iter().find(|(field, _)| key.is(field));
            if let (Some((_, kind)), Some(escaped)) = (field, value.escaped()) {
                if escaped.contains('\\') {
                    learn(kind, &Decoded::new(escaped).collect::<String>());
                } else {
                    learn(kind, escaped);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    const LIST: Teaches = Teaches { rows: Some("books"), fields: &[("state", "condition"), ("owner", "reader")] };

    fn read(teaches: Teaches, reply: &str) -> (Option<usize>, Vec<(&'static str, String)>) {
        let mut values = Vec::new();
        let rows = teaches.read(Json::checked(reply).unwrap(), |kind, value| values.push((kind, value.to_owned())));
        (rows, values)
    }

    #[test]
    fn the_values_of_all_rows_are_read() {
        let reply =
            r#"{"count": 2, "books": [{"state": "new", "title": "new"}, {"owner": "Zo\u00eb", "state": null}, 7]}"#;
        let values = vec![("condition", "new".to_owned()), ("reader", "Zoë".to_owned())];
        assert_eq!(read(LIST, reply), (Some(3), values));
    }

    #[test]
    fn a_record_is_read_without_rows() {
        let record = Teaches { rows: None, ..LIST };
        assert_eq!(read(record, r#"{"state": "used"}"#), (None, vec![("condition", "used".to_owned())]));
    }

    #[test]
    fn a_reply_of_another_shape_teaches_nothing() {
        for reply in ["[]", "7", r#"{"error": "x"}"#, r#"{"state": "new"}"#] {
            assert_eq!(read(LIST, reply), (None, Vec::new()), "{reply}");
        }
        assert_eq!(read(LIST, r#"{"books": "none"}"#), (Some(0), Vec::new()));
    }
}
