//! The choices of one call, taken out of its arguments.

use serde_json::Value;

use super::Options;
use super::view::{View, ViewArgument};
use crate::arguments::Arguments;
use crate::tool::Paging;
use crate::violation::Violations;
use crate::{decode, empty};

/// The number of fields that a call can ask for. A longer list would mostly consist of unknown ones.
const MAX_FIELDS: usize = 100;

/// The choices of one call: the arguments that a tool has because of its view, and the page that the call reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choices {
    /// The fields to show, in this order. Empty: those of the view.
    pub fields: Vec<String>,
    /// The maximum length of each text in characters, or `None` for whole texts.
    pub max_chars: Option<usize>,
    /// The number of characters to leave out at the front of long texts.
    pub text_from: usize,
    /// The number of rows to leave out at the front of the list.
    pub skip: u64,
    /// True if the newest row is shown first.
    pub newest: bool,
    /// The number of rows that the API is asked to skip.
    pub offset: u64,
    /// The number of rows of a whole page, if the list comes in pages.
    pub page_size: Option<u64>,
    /// The names of the arguments that the request sends.
    pub set: Vec<&'static str>,
}

impl Choices {
    /// Takes the arguments of a view out of `arguments`, which records what is wrong with them, and reads those that
    /// select a page.
    pub(crate) fn take(view: &View, paging: Option<&Paging>, arguments: &mut Arguments) -> Self {
        let mut choices = Self {
            fields: Vec::new(),
            max_chars: view.default_max_chars(),
            text_from: 0,
            skip: 0,
            newest: false,
            offset: paging.and_then(|paging| number_at(paging.offset, arguments)).unwrap_or_default(),
            page_size: paging.map(|paging| {
                let asked = paging.size.and_then(|size| number_at(size, arguments));
                asked.unwrap_or(paging.rows)
            }),
            set: Vec::new(),
        };
        for argument in ViewArgument::ALL.into_iter().filter(|argument| view.takes(*argument)) {
            let name = argument.name();
            arguments.add_name(name);
            let is_empty = if argument == ViewArgument::Fields { empty::list } else { empty::text };
            arguments.drop_if(is_empty, &[name]);
            match argument {
                ViewArgument::Fields => choices.fields = arguments.optional(name, field_names).unwrap_or_default(),
                ViewArgument::MaxChars => {
                    if let Some(length) = arguments.optional(name, count) {
                        choices.max_chars = (length > 0).then_some(to_usize(length));
                    }
                }
                ViewArgument::TextFrom => {
                    choices.text_from = arguments.optional(name, count).map(to_usize).unwrap_or_default();
                }
                ViewArgument::Skip => choices.skip = arguments.optional(name, count).unwrap_or_default(),
                ViewArgument::Newest => {
                    choices.newest = arguments.optional(name, decode::boolean).unwrap_or_default();
                }
            }
        }
        choices
    }

    /// Counts the call's offset from the end of the list, and reads the reply as the page after `offset` rows.
    pub fn count_from_end(&mut self, offset: u64) {
        self.skip = std::mem::replace(&mut self.offset, offset);
    }

    /// Returns the options of the result, which repeats `warnings`.
    pub fn options<'c>(&'c self, max_result_chars: usize, warnings: &'c [String]) -> Options<'c> {
        Options {
            fields: &self.fields,
            max_chars: self.max_chars,
            text_from: self.text_from,
            skip: self.skip,
            newest: self.newest,
            offset: self.offset,
            page_size: self.page_size,
            max_result_chars,
            set: &self.set,
            warnings,
        }
    }
}

/// Decodes a list of names. One text is a list of names with commas between them.
fn field_names(value: Value) -> Result<Vec<String>, Violations> {
    let value = match value {
        Value::String(text) if !text.trim_start().starts_with('[') => {
            text.split(',').map(|name| Value::from(name.trim())).filter(|name| !empty::text(name)).collect()
        }
        other => other,
    };
    let names = decode::list(decode::known_name)(value)?;
    match names.len() {
        ..=MAX_FIELDS => Ok(names),
        count => Err(Violations::new(format!("has {count} names"), format!("at most {MAX_FIELDS} names"))),
    }
}

/// Decodes a whole number that is not negative.
fn count(value: Value) -> Result<u64, Violations> {
    let number = decode::integer(0, i64::MAX)(value)?;
    Ok(u64::try_from(number).expect("the decoder accepts no negative number"))
}

/// Returns the number in an argument of the tool, which its own decoder checks later.
fn number_at(name: &str, arguments: &Arguments) -> Option<u64> {
    count(arguments.get(name)?.clone()).ok()
}

fn to_usize(count: u64) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
