//! Compact results: the reply of an API as text for a model, as a view declares it.
//!
//! A [`View`] is data that the generator writes next to a tool. [`compact`] is a pure function of a reply, a view and the
//! [`Options`] of one call. Its result has one of three forms:
//!
//! * A list has `columns` and `rows`, beside the number of all rows and the place of the first one.
//! * A record is one object without fields that have no data; `omitted` names the fields that are left out.
//! * A write answers with the ID of the record and with the fields that the call set.
//!
//! A result never loses data without saying so. A text that was cut ends in `… [+N characters]`, a `data:` URI becomes
//! `[data: image/png, 1.2 MB]`, rows that do not fit are marked by `cut`, and `other_fields`, `omitted` or `warnings` names
//! the rest. Invisible characters are removed and counted in the [`Facts`]. Numbers keep their digits. A reply of a shape
//! that the view does not describe is returned as it is.
//!
//! No tree is built: values are slices of the reply, and everything else is bounded by the length of the result.
//!
//! ```
//! use tool_runtime::results::{self, Extent, Form, Json, ListForm, Options, View};
//!
//! static BOOKS: View = View {
//!     form: Form::List(ListForm { rows: "books", total: Some("count"), extent: Extent::Page, oldest_first: false }),
//!     fields: &["isbn", "title"],
//!     optional: &[],
//!     twins: &[],
//!     codes: &[],
//!     long_texts: &[],
//! };
//!
//! let reply = Json::checked(r#"{"count": 31, "books": [{"isbn": "978-0", "title": "Emma", "pages": 474.50}]}"#)?;
//! let result = results::compact(reply, &BOOKS, &Options::new(&BOOKS, 25_000))?;
//! assert_eq!(
//!     result.text,
//!     r#"{"total":31,"offset":0,"next_offset":1,"columns":["isbn","title"],"rows":[["978-0","Emma"]],"other_fields":["pages"]}"#
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assembly;
mod chars;
mod clean;
mod columns;
mod json;
mod list;
mod marks;
mod names;
mod object;
mod options;
mod record;
mod row_reader;
mod rows;
mod sink;
pub mod summary;
mod taught;
mod view;
mod words;
mod writer;
mod written;

use std::borrow::Cow;
use std::fmt;

use serde::Serialize;

pub use self::json::{Json, JsonText};
use self::list::{List, Page};
pub use self::marks::find_mark;
use self::object::Object;
pub use self::options::Options;
use self::record::Record;
pub use self::taught::Teaches;
pub use self::view::{CodedField, Extent, Form, Label, ListForm, Twin, View, ViewArgument, WriteForm};
use self::writer::Losses;
pub(crate) use self::written::marked_texts;

/// Returns the lengths to which all values are cut, one after the other, until the result fits.
fn shrinks() -> impl Iterator<Item = Option<usize>> {
    [None, Some(500), Some(100), Some(20), Some(0)].into_iter()
}

/// A compact result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compact<'a> {
    /// The result. It borrows a reply that is passed on as it is.
    pub text: Cow<'a, str>,
    /// Facts about the result that are not part of it.
    pub facts: Facts,
}

impl Compact<'_> {
    /// Returns the text, unless it is the reply as it is, and the facts.
    pub fn detached(self) -> (Option<String>, Facts) {
        let own = match self.text {
            Cow::Owned(text) => Some(text),
            Cow::Borrowed(_) => None,
        };
        (own, self.facts)
    }
}

/// Facts about a result, for the `_meta` of a protocol message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The reply has another shape than the view describes, and is passed on as it is.
    #[serde(skip_serializing_if = "is_default")]
    pub unknown_shape: bool,
    /// The rows are in reverse order: the newest comes first.
    #[serde(skip_serializing_if = "is_default")]
    pub newest_first: bool,
    /// The number of values that end in a mark.
    #[serde(skip_serializing_if = "is_default")]
    pub cut_texts: usize,
    /// The number of invisible characters that were removed.
    #[serde(skip_serializing_if = "is_default")]
    pub invisible_characters: usize,
}

fn is_default<T: Default + PartialEq>(fact: &T) -> bool {
    *fact == T::default()
}

impl Facts {
    fn of(losses: Losses, newest_first: bool) -> Self {
        Self { newest_first, cut_texts: losses.cut, invisible_characters: losses.invisible, ..Self::default() }
    }
}

/// The error that a result does not fit, not even with every text cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    /// The length of the reply in characters.
    pub chars: usize,
    /// The maximum length of a result in characters.
    pub max_result_chars: usize,
}

impl fmt::Display for TooLarge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { chars, max_result_chars } = self;
        write!(
            f,
            "the API's reply has {chars} characters, and a result has at most {max_result_chars}; ask for fewer rows, or \
             name the fields you need in `fields`"
        )
    }
}

impl std::error::Error for TooLarge {}

/// Returns the number of all rows of a list that a reply states, or `None` if it states none.
pub fn stated_total(reply: Json, form: &ListForm) -> Option<u64> {
    let name = form.total?;
    reply.root().members().filter(|(key, _)| key.is(name)).find_map(|(_, value)| value.count())
}

/// A reply that was read for a view.
pub struct ReadReply<'a, 'v> {
    reply: Json<'a>,
    view: &'v View,
    content: Content<'a>,
    has_no_rows: bool,
}

/// The content of a reply.
#[expect(clippy::large_enum_variant, reason = "a call has one of them")]
enum Content<'a> {
    List(ListForm, List<'a>),
    Record(Object<'a>),
    Write(WriteForm, Object<'a>),
    /// It has another shape than the view describes.
    Unknown,
}

/// Reads a reply once, for a result with these options, and passes the values that it teaches to `learn`.
pub fn read<'a, 'v>(
    reply: Json<'a>,
    view: &'v View,
    options: &Options,
    teaches: &Teaches,
    mut learn: impl FnMut(&'static str, &str),
) -> ReadReply<'a, 'v> {
    let max_fields = options.max_fields();
    let mut taught = teaches.reader(&mut learn);
    let object = |taught| Object::read(reply.root(), max_fields, taught);
    let content = match view.form {
        Form::List(form) => {
            List::read(reply.root(), &form, max_fields, &mut taught).map(|list| Content::List(form, list))
        }
        Form::Record => object(&mut taught).map(Content::Record),
        Form::Write(form) => object(&mut taught).map(|object| Content::Write(form, object)),
    };
    let has_no_rows = match &content {
        Some(Content::List(_, list)) => *teaches != Teaches::NOTHING && list.rows.count == 0,
        Some(_) if teaches.rows.is_none() => false,
        // Another shape may teach, too.
        _ => teaches.read(reply, learn),
    };
    ReadReply { reply, view, content: content.unwrap_or(Content::Unknown), has_no_rows }
}

/// Returns the result for a reply.
///
/// # Errors
///
/// As for [`ReadReply::compact`].
pub fn compact<'a>(reply: Json<'a>, view: &View, options: &Options) -> Result<Compact<'a>, TooLarge> {
    read(reply, view, options, &Teaches::NOTHING, |_, _| {}).compact(options)
}

impl<'a> ReadReply<'a, '_> {
    /// Returns whether the reply is a list without rows of values that arguments take.
    pub fn has_no_rows(&self) -> bool {
        self.has_no_rows
    }

    /// Returns the result.
    ///
    /// # Errors
    ///
    /// If the result does not fit within [`Options::max_result_chars`]. The answer to a write always fits, unless the limit
    /// is shorter than one sentence: the write has been carried out, and an error would suggest otherwise.
    pub fn compact(&self, options: &Options) -> Result<Compact<'a>, TooLarge> {
        let Self { reply, view, content, .. } = self;
        let unchanged = |unknown_shape| {
            let facts = Facts { unknown_shape, ..Facts::default() };
            let chars = reply.text().chars().count();
            match options.max_result_chars {
                max_result_chars if chars > max_result_chars => Err(TooLarge { chars, max_result_chars }),
                _ => Ok(Compact { text: reply.text().into(), facts }),
            }
        };
        let is_read = !matches!(view.form, Form::Write(_));
        if is_read && options.fields.iter().any(|field| field == "*") {
            return unchanged(false);
        }
        let shown = match content {
            Content::List(form, list) => Some(Page::new(list, form, view, options).result()),
            Content::Record(object) => Some(Record::read(object, view, options).result()),
            Content::Write(form, object) => Record::written(object, form, view, options).map(|record| record.result()),
            Content::Unknown => None,
        };
        match shown {
            Some(Some(shown)) => Ok(shown),
            Some(None) if is_read => {
                Err(TooLarge { chars: reply.text().chars().count(), max_result_chars: options.max_result_chars })
            }
            Some(None) => not_shown(*reply, options),
            None if is_read => unchanged(true),
            None => unchanged(true).or_else(|_| not_shown(*reply, options)),
        }
    }
}

/// Returns the result of a write whose reply does not fit.
fn not_shown<'a>(reply: Json, options: &Options) -> Result<Compact<'a>, TooLarge> {
    let chars = reply.text().chars().count();
    let text =
        format!("{{\"warnings\":[\"The API carried out the call. Its reply of {chars} characters is not shown.\"]}}");
    let facts = Facts { unknown_shape: true, ..Facts::default() };
    match options.max_result_chars {
        max_result_chars if text.len() > max_result_chars => Err(TooLarge { chars, max_result_chars }),
        _ => Ok(Compact { text: text.into(), facts }),
    }
}
