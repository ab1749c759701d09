//! The columns of a list, and where rows have them.

use super::object::{Found, place, within};
use super::rows::RowMembers;

/// Finds the values of columns in rows. The places of the columns are looked up again only for a row with another layout
/// than the row before.
pub(super) struct Columns<'n> {
    names: &'n [&'n str],
    /// The layout for which the places were looked up.
    layout: Option<usize>,
    /// For each column the place of its member, and the rest of its name within that.
    places: Vec<Option<(usize, &'n str)>>,
}

impl<'n> Columns<'n> {
    /// Creates columns with these names.
    pub(super) fn new(names: &'n [&'n str]) -> Self {
        Self { names, layout: None, places: Vec::new() }
    }

    /// Returns each column with its value in a row.
    pub(super) fn of<'r, 'a>(
        &'r mut self,
        row: &'r RowMembers<'_, 'a>,
    ) -> impl Iterator<Item = (&'n str, Option<Found<'a, 'n>>)> + use<'r, 'a, 'n> {
        if row.layout.is_none() || row.layout != self.layout {
            self.layout = row.layout;
            self.places = self.names.iter().map(|name| place(row.keys.iter().copied(), name)).collect();
        }
        let values = row.values.as_ref();
        self.names.iter().zip(&self.places).map(move |(name, place)| {
            let found = place.and_then(|(place, rest)| within(*values.get(place)?, rest));
            (*name, found)
        })
    }
}
