//! Compact results: from a reply and a view to the text that a model reads.

mod injections;
mod lists;
mod long_texts;
mod model;
mod options;
mod properties;
mod records;
mod summaries;
mod threads;
mod writes;

use tool_runtime::results::{self, Compact, Extent, Form, Json, ListForm, Options, TooLarge, View};

/// The limit of a result, as servers have it by default.
const LIMIT: usize = 25_000;

const RECORD: View = View { form: Form::Record, fields: &[], optional: &[], twins: &[], codes: &[], long_texts: &[] };

const PAGE: ListForm = ListForm { rows: "books", total: Some("count"), extent: Extent::Page, oldest_first: false };

const LIST: View = View { form: Form::List(PAGE), ..RECORD };

fn compact<'a>(reply: &'a str, view: &View, options: &Options) -> Result<Compact<'a>, TooLarge> {
    results::compact(Json::checked(reply).unwrap(), view, options)
}

fn options(view: &View) -> Options {
    Options::new(view, LIMIT)
}

/// Returns the result of a call that leaves everything to the view.
fn shown(reply: &str, view: &View) -> String {
    compact(reply, view, &options(view)).unwrap().text.into_owned()
}

/// Returns the result of a call that asks for fields.
fn shown_with(reply: &str, view: &View, fields: &[&str]) -> String {
    let fields = fields.iter().copied().map(str::to_owned).collect();
    let options = Options { fields, ..options(view) };
    compact(reply, view, &options).unwrap().text.into_owned()
}
