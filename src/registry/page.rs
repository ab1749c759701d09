//! Pagination by cursor.
//!
//! A cursor names the last entry of a page. The next page begins after it, even if entries were created or deleted
//! meanwhile.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde_json::Value;
use tool_runtime::arguments::Arguments;
use tool_runtime::exact;
use tool_runtime::violation::{Violations, quoted};
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{KnownFormat, RefOr};
use uuid::Uuid;

use super::request::{Component, Limits, Property, RequestField, request, string_schema};

const DEFAULT_LIMIT: u16 = 50;
const LARGEST_LIMIT: u16 = 200;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Page<T> {
    /// The entries of the page.
    pub result: Vec<T>,
    /// The cursor to pass as `next_cursor` to get the next page, or `null` on the last page.
    #[schema(required)]
    pub next_cursor: Option<String>,
}

request! {
    /// The page of a list to return.
    pub struct ListQuery as "ListQuery" {
        pub(super) page: PageRequest<Uuid>,
    }
}

/// The page that a query asks for with `limit` and `next_cursor`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PageRequest<C> {
    limit: u16,
    /// The entry after which the page begins.
    pub(super) after: Option<C>,
}

/// The position of an entry in a list, as text that is opaque to clients.
pub(super) trait Cursor: Sized {
    /// Encodes the position.
    fn encode(&self) -> String;

    /// Decodes a position. Returns `None` for a text that `encode` does not make.
    fn decode(text: &str) -> Option<Self>;
}

impl Cursor for Uuid {
    fn encode(&self) -> String {
        self.simple().to_string()
    }

    fn decode(text: &str) -> Option<Self> {
        Self::try_parse(text).ok()
    }
}

impl<C> PageRequest<C> {
    /// The number of rows to fetch: one more than the page shows, which tells whether there is another page.
    pub(super) fn rows(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Makes the page of the rows that were fetched.
    pub(super) fn page<R, T>(&self, mut rows: Vec<R>, cursor: impl Fn(&R) -> C, view: impl Fn(R) -> T) -> Page<T>
    where
        C: Cursor,
    {
        let limit = usize::from(self.limit);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().filter(|_| has_more);
        let next_cursor = last.map(|row| URL_SAFE_NO_PAD.encode(cursor(row).encode()));
        Page { result: rows.into_iter().map(view).collect(), next_cursor }
    }
}

impl<C: Cursor> RequestField for PageRequest<C> {
    fn names(_: &'static str) -> Vec<&'static str> {
        vec!["limit", "next_cursor"]
    }

    fn properties(_: &'static str, _: &str) -> Vec<Property> {
        let limit = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(1))
            .maximum(Some(LARGEST_LIMIT))
            .default(Some(DEFAULT_LIMIT.into()));
        let cursor = string_schema().min_length(Some(1));
        vec![
            Property::new(
                "limit",
                false,
                RefOr::T(limit.build().into()),
                &format!(
                    "The maximum number of entries to return, from 1 to {LARGEST_LIMIT}. The default is {DEFAULT_LIMIT}."
                ),
            ),
            Property::new(
                "next_cursor",
                false,
                RefOr::T(cursor.build().into()),
                "The cursor of the page to return: `next_cursor` of the page before it. Omit it to get the first page.",
            ),
        ]
    }

    fn components(_: &mut Vec<Component>) {}

    fn take(fields: &mut Arguments, _: &'static str, _: Limits) -> Option<Self> {
        let limit = fields.optional("limit", decode_limit).unwrap_or(DEFAULT_LIMIT);
        let after = fields.optional("next_cursor", decode_cursor);
        Some(Self { limit, after })
    }
}

fn decode_limit(value: Value) -> Result<u16, Violations> {
    let text = exact::name(value)?;
    let limit = text.parse().ok().filter(|limit| (1..=LARGEST_LIMIT).contains(limit));
    let allowed = || format!("a whole number from 1 to {LARGEST_LIMIT}");
    limit.ok_or_else(|| Violations::new(format!("cannot be {}", quoted(&text)), allowed()))
}

fn decode_cursor<C: Cursor>(value: Value) -> Result<C, Violations> {
    let text = exact::name(value)?;
    let decoded = URL_SAFE_NO_PAD.decode(&text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let cursor = decoded.and_then(|text| C::decode(&text));
    cursor.ok_or_else(|| Violations::new("is not a cursor of this list", "`next_cursor` of the page before"))
}
