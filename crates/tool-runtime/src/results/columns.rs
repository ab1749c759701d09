//! The columns of a list, and where rows have them.

use super::json::{Key, Raw};
use super::object::{Entries, Found, place, within};

/// Finds the values of columns in rows. Rows usually have the same fields in the same order: the places of the row before
/// are then those of the next.
pub(super) struct Columns<'a, 'n> {
    names: &'n [&'n str],
    max_fields: usize,
    /// The entries of the last row.
    entries: Entries<'a>,
    /// The keys for which the places were looked up.
    keys: Vec<Key<'a>>,
    /// For each column the place of its entry, and the rest of its name within that.
    places: Vec<Option<(usize, &'n str)>>,
}

impl<'a, 'n> Columns<'a, 'n> {
    /// Creates columns with these names, which looks at no more than `max_fields` fields of a row.
    pub(super) fn new(names: &'n [&'n str], max_fields: usize) -> Self {
        let places = vec![None; names.len()];
        Self { names, max_fields, entries: Vec::new(), keys: Vec::new(), places }
    }

    /// Returns each column with its value in `row`. Anything but an object has none.
    pub(super) fn of(&mut self, row: Raw<'a>) -> impl Iterator<Item = (&'n str, Option<Found<'a, 'n>>)> {
        self.entries.clear();
        self.entries.extend(row.members().take(self.max_fields));
        let keys = || self.entries.iter().map(|(key, _)| *key);
        if !keys().eq(self.keys.iter().copied()) {
            self.keys = keys().collect();
            self.places = self.names.iter().map(|name| place(&self.entries, name)).collect();
        }
        self.names.iter().zip(&self.places).map(|(name, place)| {
            let found = place.and_then(|(place, rest)| within(self.entries.get(place)?.1, rest));
            (*name, found)
        })
    }
}
