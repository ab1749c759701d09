//! The page of a list that has the newest rows, if the API returns the oldest rows first.

use tool_runtime::results::{self, Form, Options, View};

use crate::outcome::{ReplyBody, ToolReply};

/// The page with the rows that a call for the newest rows shows.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NewestPage {
    /// The page that was read.
    Here,
    /// The page after this number of rows.
    At(u64),
    /// Not known. The result warns of it.
    Unknown(String),
}

impl NewestPage {
    /// Finds the page by the number of all rows, which the reply states. The call's own offset counts from the newest row.
    pub(super) fn find(reply: &ToolReply, view: &View, options: &Options) -> Self {
        let (Form::List(form), ReplyBody::Json(json)) = (&view.form, &reply.body) else { return Self::Here };
        let (Some(total), Some(size)) = (results::stated_total(json.as_json(), form), options.page_size) else {
            let warning = "The API does not say how many rows there are, so the newest ones cannot be found. These are \
                           in the API's order.";
            return Self::Unknown(warning.to_owned());
        };
        match total.saturating_sub(options.offset.saturating_add(size)) {
            offset if offset == options.offset => Self::Here,
            offset => Self::At(offset),
        }
    }
}
