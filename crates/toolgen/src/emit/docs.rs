//! Doc comments of the generated code: the texts of the spec, and what the generator knows beyond them.

use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnostic::listed;
use crate::model::{Attachments, Choice, Code, Empty, Field, Place, Rule, Type};

/// The place that a field's value is written to.
#[derive(Clone, Copy)]
pub(super) enum Target<'a> {
    /// A place in the HTTP request of a tool, with the encoding of its attachments if it takes any.
    Request(Place, Option<&'a Attachments>),
    /// A field of an object.
    Object,
    /// A placeholder in the text of a prompt.
    Prompt,
}

/// Returns the documentation of a struct's field: its description, then its target, constraints, default and clearing
/// text.
pub(super) fn field(field: &Field, target: Target<'_>) -> TokenStream {
    let presence = if field.required { "Required" } else { "Optional" };
    let presence = match constraints(&field.ty, field.empty == Empty::Refused) {
        Some(constraints) => format!("{presence}: {constraints}."),
        None => format!("{presence}."),
    };
    let default = field.default.as_ref().map(|value| format!("The API assumes `{value}` if it is omitted."));
    let clear = field.clear.as_ref().map(|text| format!("`{text:?}` clears it."));
    let sent = (field.empty == Empty::Sent).then(|| "An empty text is sent.".to_owned());
    let facts = [target_of(field, target), presence].into_iter().chain(default).chain(clear).chain(sent);
    let facts: Vec<_> = facts.collect();
    comment(&[field.about.clone().unwrap_or_default(), facts.join(" ")])
}

fn target_of(field: &Field, target: Target<'_>) -> String {
    let Field { argument, wire, .. } = field;
    match target {
        Target::Request(Place::Path, _) => format!("Path segment `{{{argument}}}`."),
        Target::Request(Place::Query, _) => format!("Query parameter `{wire}`."),
        Target::Request(Place::Json, None) => format!("JSON body field `{wire}`."),
        Target::Request(Place::Json, Some(attachments)) => format!("Field `{wire}` of `{}`.", attachments.metadata),
        Target::Request(Place::Files, Some(attachments)) => {
            format!("Form part `{}`, or a part `{}` for each of several files.", attachments.one, attachments.many)
        }
        Target::Request(Place::Files, None) => "Form parts.".to_owned(),
        Target::Object => format!("Object field `{wire}`."),
        Target::Prompt => format!("Placeholder `{{{argument}}}`."),
    }
}

/// Describes the values of a type that its Rust type does not show.
fn constraints(ty: &Type, non_empty: bool) -> Option<String> {
    match ty {
        Type::Integer(i64::MIN, i64::MAX) | Type::Number | Type::Boolean | Type::Object | Type::Record(_) => None,
        Type::Text => non_empty.then(|| "not empty".to_owned()),
        Type::Name => Some("a name".to_owned()),
        Type::Email => Some("an e-mail address".to_owned()),
        Type::Integer(min, i64::MAX) => Some(format!("at least {min}")),
        Type::Integer(i64::MIN, max) => Some(format!("at most {max}")),
        Type::Integer(min, max) => Some(format!("{min} to {max}")),
        Type::Flag => Some("sent as 1 or 0".to_owned()),
        Type::Timestamp => Some("`yyyy-mm-dd hh:mm:ss`".to_owned()),
        Type::Date => Some("`yyyy-mm-dd`".to_owned()),
        Type::Choice(choice) => Some(format!("one of {}", options(choice))),
        Type::Marked(ty, marks) => {
            let clear = marks.clear.as_ref().map(|sign| format!("`{sign:?}`"));
            let parts: Vec<_> = clear.into_iter().chain(constraints(ty, non_empty)).collect();
            (!parts.is_empty()).then(|| parts.join(" or "))
        }
        Type::List(item, None) => constraints(item, true).map(|item| format!("each item {item}")),
        Type::List(item, Some(separator)) => {
            let item = constraints(item, true).map(|item| format!("each item {item}, ")).unwrap_or_default();
            Some(format!("{item}joined by `{separator}`"))
        }
        Type::Files => Some("at least one file".to_owned()),
    }
}

fn options(choice: &Choice) -> String {
    let options = choice.options.iter().map(|(label, code)| match code {
        Code::Number(number) => format!("`{label}` ({number})"),
        Code::Text(text) if text != label => format!("`{label}` ({text})"),
        Code::Text(_) => format!("`{label}`"),
    });
    options.collect::<Vec<_>>().join(", ")
}

/// Returns the documentation of an enum's variant.
pub(super) fn variant(label: &str, code: &Code) -> TokenStream {
    comment(&[match code {
        Code::Number(number) => format!("`{label}`, sent as {number}."),
        Code::Text(text) if text != label => format!("`{label}`, sent as the text {text}."),
        Code::Text(_) => format!("`{label}`."),
    }])
}

/// Describes a rule between arguments.
pub(super) fn rule(rule: &Rule) -> String {
    let names = |names: &[String]| listed(names.iter().map(String::as_str));
    match rule {
        Rule::AtLeastOne(group) => format!("At least one of {} is required.", names(group)),
        Rule::ExactlyOne(group) => format!("Exactly one of {} is required.", names(group)),
        Rule::Requires(name, other) => format!("`{name}` requires `{other}`."),
        Rule::ChosenBy(chooser, group) => format!("`{chooser}` selects which of {} is required.", names(group)),
    }
}

/// Describes where the spec declares something.
pub(super) fn declared(file: &str, path: &str) -> String {
    format!("Declared in `{file}` as `{path}`.")
}

/// Returns a doc comment with these paragraphs. Skips empty ones.
pub(super) fn comment(paragraphs: &[String]) -> TokenStream {
    let paragraphs = paragraphs.iter().filter(|text| !text.trim().is_empty());
    let mut tokens = TokenStream::new();
    for (index, paragraph) in paragraphs.enumerate() {
        if index > 0 {
            tokens.extend(quote!(#[doc = ""]));
        }
        for line in wrapped(&escaped(paragraph)) {
            let line = format!(" {line}");
            tokens.extend(quote!(#[doc = #line]));
        }
    }
    tokens
}

/// Escapes a text so that rustdoc shows it unchanged: names as code, and nothing as a link or a tag.
fn escaped(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // The last of an odd number of backticks has no partner and needs an escape.
    let paired = text.matches('`').count() / 2 * 2;
    let part = |(index, part): (usize, &str)| match index % 2 {
        0 => prose(part),
        _ if index < paired => format!("`{part}`"),
        _ => format!("\\`{}", prose(part)),
    };
    text.split('`').enumerate().map(part).collect()
}

/// Escapes text without backticks.
fn prose(text: &str) -> String {
    let word = |word: &str| {
        let name = word.trim_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        if name.contains('_') || name.contains("://") {
            code_word(word)
        } else {
            let special = |c: char| if "[]<>*".contains(c) { format!("\\{c}") } else { c.to_string() };
            word.chars().map(special).collect()
        }
    };
    text.split(' ').map(word).collect::<Vec<_>>().join(" ")
}

/// Puts a word into backticks, without the punctuation around it.
fn code_word(word: &str) -> String {
    let body = word.trim_end_matches(['.', ',', ';', ':', ')', '?']);
    let tail = word.strip_prefix(body).expect("only the end was trimmed");
    let start = body.trim_start_matches('(');
    let head = body.strip_suffix(start).expect("only the start was trimmed");
    format!("{head}`{start}`{tail}")
}

fn wrapped(text: &str) -> Vec<String> {
    const WIDTH: usize = 100;
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + word.len() < WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
