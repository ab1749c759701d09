//! One decoder per kind of argument: generous in form, strict in content.
//!
//! A decoder is a function from a JSON value to a Rust value or to [`Violations`](crate::violation::Violations).
//! Decoders compose: [`list()`], [`joined`], [`or_cleared`] and [`or_prefixed`] take another decoder and return one.
//!
//! Generous in form: a number may be a JSON string, `true` may be `1`, a list or an object may be its JSON text, a list of
//! one may be its item alone, and a choice may be its label or its code. Models write all of these, and none is ambiguous.
//! Strict in content: any other value is refused, and the violation says what is accepted.
#![expect(clippy::needless_pass_by_value, reason = "every decoder has the same signature, so that they compose")]

mod attachment;
mod base64_text;
mod checksum;
mod choice;
mod content;
mod email;
mod list;
mod number;
mod object;
mod text;
mod time;
mod value;

pub use self::attachment::files;
pub use self::choice::choice;
pub use self::email::email;
pub use self::list::{joined, list};
pub(crate) use self::number::range;
pub use self::number::{boolean, flag, integer, number, or_prefixed};
pub use self::object::{Fields, object, record};
pub use self::text::{known_name, name, non_empty_string, or_cleared, path_segment, string};
pub use self::time::{date, timestamp};
