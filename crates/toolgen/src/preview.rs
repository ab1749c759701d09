//! Previews: a reply as a model reads it, by the views of a spec.

use std::fmt;

use tool_runtime::results::{self, Compact, Json, Options, TooLarge};

use crate::diagnostic::suggestion;
use crate::model::{Api, CodedField, Form, Label, Resource, Tool, View};

/// The reason why a reply has no preview.
#[derive(Debug)]
pub enum PreviewError {
    /// The spec has no tool with this name. The help names others.
    UnknownTool {
        /// The name.
        name: String,
        /// The nearest name, or all of them.
        help: String,
    },
    /// The replies of this tool are passed on as they are.
    NoView(String),
    /// The reply is not JSON.
    NotJson(serde_json::Error),
    /// The result does not fit.
    TooLarge(TooLarge),
}

impl fmt::Display for PreviewError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownTool { name, help } => write!(f, "the spec has no tool `{name}`: {help}"),
            Self::NoView(name) => write!(f, "the replies of `{name}` are passed on as they are"),
            Self::NotJson(error) => write!(f, "the reply is not JSON: {error}"),
            Self::TooLarge(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for PreviewError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NotJson(error) => Some(error),
            Self::TooLarge(error) => Some(error),
            Self::UnknownTool { .. } | Self::NoView(_) => None,
        }
    }
}

/// Returns the compact result of a reply to `tool`, of at most `max_result_chars` characters. The call is the first page of
/// a list, and for a write it sets what the tool's example sets.
///
/// # Errors
///
/// If the spec has no such tool, if its replies are not shown by a view, if the reply is not JSON, or if the result does
/// not fit.
pub fn preview<'r>(
    api: &Api,
    tool: &str,
    reply: &'r str,
    max_result_chars: usize,
) -> Result<Compact<'r>, PreviewError> {
    let tools = || api.resources.iter().flat_map(|resource| resource.tools.iter().map(move |tool| (resource, tool)));
    let (resource, found) = tools().find(|(_, candidate)| candidate.name == tool).ok_or_else(|| {
        let names: Vec<_> = tools().map(|(_, tool)| tool.name.as_str()).collect();
        PreviewError::UnknownTool { name: tool.to_owned(), help: suggestion(tool, &names) }
    })?;
    let Tool { view: Some(view), reply: shape, example, .. } = found else {
        return Err(PreviewError::NoView(tool.to_owned()));
    };
    let view = runtime_view(resource, view);
    let options = Options {
        page_size: shape.paging.as_ref().map(|paging| paging.rows),
        set: example.keys().map(|name| text(name)).collect(),
        ..Options::new(&view, max_result_chars)
    };
    let reply = Json::checked(reply).map_err(PreviewError::NotJson)?;
    results::compact(reply, &view, &options).map_err(PreviewError::TooLarge)
}

/// Returns a view as generated code has it. Its texts stay in memory until the program ends, as they do there.
fn runtime_view(resource: &Resource, view: &View) -> results::View {
    results::View {
        form: runtime_form(&view.form),
        fields: texts(&view.fields),
        optional: texts(&view.optional),
        twins: list(&view.twins, |(html, plain)| results::Twin { html: text(html), text: text(plain) }),
        codes: list(&resource.codes, |CodedField { field, labels }| results::CodedField {
            field: text(field),
            labels: list(labels, |(code, label)| (text(code), runtime_label(label))),
        }),
        long_texts: texts(&view.long_texts),
    }
}

fn runtime_form(form: &Form) -> results::Form {
    match form {
        Form::List { rows, total, extent, oldest_first } => results::Form::List(results::ListForm {
            rows: text(rows),
            total: total.as_deref().map(text),
            extent: *extent,
            oldest_first: *oldest_first,
        }),
        Form::Record => results::Form::Record,
        Form::Write { id, answered_as } => results::Form::Write(results::WriteForm {
            id: texts(id),
            answered_as: list(answered_as, |(argument, field)| (text(argument), text(field))),
        }),
    }
}

fn runtime_label(label: &Label) -> results::Label {
    match label {
        Label::Text(name) => results::Label::Text(text(name)),
        Label::Flag(flag) => results::Label::Flag(*flag),
    }
}

fn text(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn texts(all: &[String]) -> &'static [&'static str] {
    list(all, |one| text(one))
}

fn list<T, U>(items: &[T], of: impl Fn(&T) -> U) -> &'static [U] {
    Box::leak(items.iter().map(of).collect())
}
