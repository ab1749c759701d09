//! The members of the objects of a list, one object after the other.
//!
//! These usually have the same keys in the same order. Where the text in front of a value is the same as in the object before,
//! so is the key in it. Only where it differs, the key is read.

use super::json::{Before, Key, Members, Raw};

/// The object that was read last.
pub(super) struct RowReader<'a> {
    /// Its keys, perhaps followed by keys of earlier objects.
    places: Vec<Place<'a>>,
    values: Vec<Raw<'a>>,
    /// The number of its members.
    count: usize,
    /// The maximum number of members that are held.
    max: usize,
}

/// A key, and the text in front of its value.
#[derive(Clone, Copy)]
struct Place<'a> {
    before: Before<'a>,
    key: Key<'a>,
}

impl<'a> RowReader<'a> {
    /// Creates a reader that holds at most `max` members of an object.
    pub(super) fn new(max: usize) -> Self {
        Self { places: Vec::new(), values: Vec::new(), count: 0, max }
    }

    /// Reads the members of an object. Returns whether it has the same keys as the object before.
    pub(super) fn read(&mut self, members: &mut Members<'a>) -> bool {
        let (mut count, mut is_same) = (0, true);
        self.values.clear();
        while count < self.max {
            let known = self.places.get(count).and_then(|place| members.next_after(place.before));
            let value = match known {
                Some(value) => value,
                None => {
                    let Some((key, before)) = members.next_key_and_text() else { break };
                    is_same = false;
                    match self.places.get_mut(count) {
                        Some(place) => *place = Place { before, key },
                        None => self.places.push(Place { before, key }),
                    }
                    members.value()
                }
            };
            self.values.push(value);
            count += 1;
        }
        count += members.count();
        is_same &= count == self.count;
        self.count = count;
        is_same
    }

    /// Returns the keys of the object.
    pub(super) fn keys(&self) -> impl Iterator<Item = Key<'a>> {
        self.places.iter().take(self.values.len()).map(|place| place.key)
    }

    /// Returns the values of the object, in the order of the keys.
    pub(super) fn values(&self) -> &[Raw<'a>] {
        &self.values
    }

    /// Returns whether the object has more members than are held.
    pub(super) fn has_more(&self) -> bool {
        self.count > self.values.len()
    }
}
