//! Lists that come in pages.
//!
//! A page begins after the last entry of the one before, whatever has come or gone since.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use uuid::Uuid;

use super::form::Form;

const DEFAULT_LIMIT: i64 = 50;
const LARGEST_LIMIT: i64 = 200;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct List<T> {
    /// The entries.
    pub result: Vec<T>,
    /// Where the next page begins; `null` if this is the last one.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

/// Which page is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Page<C> {
    limit: i64,
    pub(super) after: Option<C>,
}

/// Where a page ended, as a text that only its maker needs to understand.
pub(super) trait Cursor: Sized {
    fn write(&self) -> String;
    fn read(text: &str) -> Option<Self>;
}

impl Cursor for Uuid {
    fn write(&self) -> String {
        self.simple().to_string()
    }

    fn read(text: &str) -> Option<Self> {
        Self::try_parse(text).ok()
    }
}

impl<C: Cursor> Page<C> {
    /// The page that a query asks for with `limit` and `next_cursor`.
    pub(super) fn asked(form: &mut Form) -> Self {
        let limit = form.text("limit").given().map_or(Some(DEFAULT_LIMIT), |text| text.parse().ok());
        let limit = limit.filter(|limit| (1..=LARGEST_LIMIT).contains(limit));
        if limit.is_none() {
            form.violate("limit", "is not a number of entries", Some(format!("1 to {LARGEST_LIMIT}")));
        }
        let cursor = form.text("next_cursor").given();
        let after = cursor.as_deref().map(|text| {
            let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
            C::read(&text)
        });
        if after.as_ref().is_some_and(Option::is_none) {
            form.violate("next_cursor", "is not one that a list here has answered", None);
        }
        Self { limit: limit.unwrap_or(DEFAULT_LIMIT), after: after.flatten() }
    }

    /// How many rows to fetch: one more than is shown, to know whether there are any.
    pub(super) fn rows(&self) -> i64 {
        self.limit + 1
    }

    /// The page with what was fetched.
    pub(super) fn of<R, T>(&self, mut rows: Vec<R>, cursor: impl Fn(&R) -> C, view: impl Fn(R) -> T) -> List<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| more);
        let next_cursor = last.map(|row| URL_SAFE_NO_PAD.encode(cursor(row).write()));
        List { result: rows.into_iter().map(view).collect(), next_cursor }
    }
}
