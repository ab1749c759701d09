//! The options of one result, and how they are taken out of the arguments of a call.

use serde_json::Value;

use super::view::{View, ViewArgument};
use super::writer::Limits;
use crate::arguments::Arguments;
use crate::tool::Paging;
use crate::violation::Violations;
use crate::{decode, empty};

/// The number of fields that a call can ask for. A longer list would mostly consist of unknown ones.
const MAX_FIELDS: usize = 100;

/// The options of one result: the choices of the call, the page that it reads, and the limit of its length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The fields to show, in this order. Empty: those of the view. `*` asks for the reply as it is.
    pub fields: Vec<String>,
    /// The maximum length of each text in characters, or `None` for whole texts.
    pub max_chars: Option<usize>,
    /// The number of characters to leave out at the front of long texts.
    pub text_from: usize,
    /// The number of rows to leave out at the front of the list, in the order in which the rows are shown.
    pub skip: u64,
    /// True if the last row of the reply is shown first.
    pub newest: bool,
    /// The number of rows before the first one of the reply, in the order of the API.
    pub offset: u64,
    /// The number of rows of a whole page, if the list comes in pages. A shorter page is the last one if the API does not
    /// say the total.
    pub page_size: Option<u64>,
    /// The maximum length of the result in characters.
    pub max_result_chars: usize,
    /// The names of the arguments that a write set.
    pub set: Vec<&'static str>,
    /// Warnings that the result repeats.
    pub warnings: Vec<String>,
}

impl Options {
    /// Returns the options of a call that leaves everything to the view.
    pub fn new(view: &View, max_result_chars: usize) -> Self {
        Self {
            fields: Vec::new(),
            max_chars: view.default_max_chars(),
            text_from: 0,
            skip: 0,
            newest: false,
            offset: 0,
            page_size: None,
            max_result_chars,
            set: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Takes the arguments of a view out of `arguments`, which records what is wrong with them, and reads those that
    /// select a page.
    pub(crate) fn take(
        view: &View,
        paging: Option<&Paging>,
        arguments: &mut Arguments,
        max_result_chars: usize,
    ) -> Self {
        let mut options = Self {
            offset: paging.and_then(|paging| number_at(paging.offset, arguments)).unwrap_or_default(),
            page_size: paging.map(|paging| {
                let asked = paging.size.and_then(|size| number_at(size, arguments));
                asked.unwrap_or(paging.rows)
            }),
            ..Self::new(view, max_result_chars)
        };
        for argument in ViewArgument::ALL.into_iter().filter(|argument| view.takes(*argument)) {
            let name = argument.name();
            arguments.add_name(name);
            let is_empty = if argument == ViewArgument::Fields { empty::list } else { empty::text };
            arguments.drop_if(is_empty, &[name]);
            match argument {
                ViewArgument::Fields => options.fields = arguments.optional(name, field_names).unwrap_or_default(),
                ViewArgument::MaxChars => {
                    if let Some(length) = arguments.optional(name, count) {
                        options.max_chars = (length > 0).then_some(to_usize(length));
                    }
                }
                ViewArgument::TextFrom => {
                    options.text_from = arguments.optional(name, count).map(to_usize).unwrap_or_default();
                }
                ViewArgument::Skip => options.skip = arguments.optional(name, count).unwrap_or_default(),
                ViewArgument::Newest => {
                    options.newest = arguments.optional(name, decode::boolean).unwrap_or_default();
                }
            }
        }
        options
    }

    /// Counts the call's offset from the end of the list, and reads the reply as the page after `offset` rows.
    pub fn count_from_end(&mut self, offset: u64) {
        self.skip = std::mem::replace(&mut self.offset, offset);
    }

    /// Returns the number of fields of an object that are looked at. More names would not fit in the result.
    pub(super) fn max_fields(&self) -> usize {
        const MOST: usize = 10_000;
        (self.max_result_chars / r#""","#.len()).min(MOST)
    }

    pub(super) fn limits(&self, shrink: Option<usize>) -> Limits {
        Limits { max_chars: self.max_chars, text_from: self.text_from, shrink }
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
