//! The values that rows are grouped by, as a result shows them.

use std::borrow::Cow;

use super::super::chars::Decoded;
use super::super::json::{Key, Raw};
use super::super::object::{Entries, Found, find};
use super::super::sink::Sink;
use super::super::view::View;
use super::super::writer::{Limits, Losses, Writer};
use super::arguments::GroupKey;

/// The maximum length of a value in characters.
const MAX_CHARS: usize = 100;

/// Writes the values of rows as JSON, and counts what it leaves out of them.
pub(super) struct Labels<'d> {
    writer: Writer<'d>,
    unset: &'d [&'d str],
    /// The number of values that should be times and are not.
    pub(super) not_times: u64,
}

impl<'d> Labels<'d> {
    /// Creates a writer of values with the codes of `view`. A text in `unset` means that there is no value.
    pub(super) fn new(view: &'d View, unset: &'d [&'d str]) -> Self {
        let limits = Limits { max_chars: Some(MAX_CHARS), text_from: 0, shrink: Some(MAX_CHARS) };
        Self { writer: Writer::new(view, limits), unset, not_times: 0 }
    }

    pub(super) fn losses(&self) -> Losses {
        self.writer.losses()
    }

    /// Returns the value of a row as JSON. A row without a value has `null`.
    pub(super) fn of(&mut self, row: &Entries<'_>, key: GroupKey) -> Cow<'static, str> {
        let Some(found) = found(row, key.field, self.unset) else { return "null".into() };
        if let Some(bucket) = key.bucket {
            let time = match found {
                Found::Value(value) => value.escaped().map(beginning),
                Found::Each(..) => None,
            };
            match time.and_then(|time| bucket.label(&time)) {
                Some(period) => return format!("\"{period}\"").into(),
                None => self.not_times += 1,
            }
        }
        let mut label = Sink::new(usize::MAX);
        self.writer.found(&mut label, key.field, found);
        label.text().into()
    }
}

/// Returns the value of a row, or `None` if it has none: no such field, no data, or a text that means so.
pub(super) fn found<'a, 'n>(row: &Entries<'a>, field: &'n str, unset: &[&str]) -> Option<Found<'a, 'n>> {
    let means_nothing =
        |value: Raw| value.escaped().is_some_and(|text| unset.iter().any(|word| Key::new(text).is(word)));
    find(row, field).filter(|found| match found {
        Found::Value(value) => !value.is_empty() && !means_nothing(*value),
        Found::Each(..) => true,
    })
}

/// Returns the beginning of a text, on which its period depends.
fn beginning(escaped: &str) -> String {
    const LENGTH: usize = 40;
    Decoded::new(escaped).take(LENGTH).collect()
}
