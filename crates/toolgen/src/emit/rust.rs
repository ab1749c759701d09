//! Rust tokens for names, types and literals for things of the model.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens as _, quote};
use serde_json::Value;

use crate::identifier;
use crate::model::{Choice, Code, Field, Place, Record, Type};

/// The module in which code stands: it decides how named types are called there.
#[derive(Clone, Copy)]
pub(super) enum Home {
    /// The module of the named types.
    Types,
    /// The module of a resource.
    Resource,
}

/// The name of a resource's module.
pub(super) fn module(resource: &str) -> Ident {
    Ident::new(&identifier::module(resource), Span::call_site())
}

/// The name of a struct field or a variable.
pub(super) fn field(name: &str) -> Ident {
    let name = identifier::field(name);
    if identifier::is_name(&name) {
        Ident::new(&name, Span::call_site())
    } else {
        Ident::new_raw(&name, Span::call_site())
    }
}

/// The name of a named type's struct or enum.
pub(super) fn named(name: &str) -> Ident {
    Ident::new(&identifier::named(name), Span::call_site())
}

/// The names of an enum's variants, one a label.
pub(super) fn variants<'a>(labels: impl IntoIterator<Item = &'a str>) -> Vec<Ident> {
    identifier::variants(labels).iter().map(|name| Ident::new(name, Span::call_site())).collect()
}

/// The Rust type of a value.
pub(super) fn value_type(of: &Type, home: Home) -> TokenStream {
    match of {
        Type::Text | Type::Email => quote!(String),
        Type::Integer(..) => quote!(i64),
        Type::Number => quote!(Number),
        Type::Boolean => quote!(bool),
        Type::Flag => quote!(Flag),
        Type::Timestamp => quote!(Timestamp),
        Type::Date => quote!(Date),
        Type::Object => quote!(Map<String, Value>),
        Type::Choice(choice) => path_to(&choice.name, home),
        Type::Record(record) => path_to(&record.name, home),
        Type::List(_, Some(separator)) => quote!(Joined<#separator>),
        Type::List(item, None) => {
            let item = value_type(item, home);
            quote!(Vec<#item>)
        }
        Type::Files => quote!(Vec<File>),
    }
}

/// The Rust type of an argument.
pub(super) fn field_type(field: &Field, home: Home) -> TokenStream {
    let of = value_type(&field.of, home);
    if field.required { of } else { quote!(Option<#of>) }
}

/// The decoder of an argument.
pub(super) fn decoder(field: &Field, place: Place, home: Home) -> TokenStream {
    let decode = match &field.of {
        Type::Text if place == Place::Path => quote!(decode::path_segment),
        Type::Text if field.filled => quote!(decode::non_empty_string),
        Type::Text => quote!(decode::string),
        of => value_decoder(of, home),
    };
    match &field.clear {
        Some(sign) => quote!(decode::or_cleared(#sign, #decode)),
        None => decode,
    }
}

fn value_decoder(of: &Type, home: Home) -> TokenStream {
    match of {
        Type::Text => quote!(decode::non_empty_string),
        Type::Email => quote!(decode::email),
        Type::Integer(min, max) => {
            let (min, max) = (bound(*min), bound(*max));
            quote!(decode::integer(#min, #max))
        }
        Type::Number => quote!(decode::number),
        Type::Boolean => quote!(decode::boolean),
        Type::Flag => quote!(decode::flag),
        Type::Timestamp => quote!(decode::timestamp),
        Type::Date => quote!(decode::date),
        Type::Object => quote!(decode::object),
        Type::Choice(choice) => {
            let of = path_to(&choice.name, home);
            quote!(decode::choice::<#of>)
        }
        Type::Record(record) => {
            let of = path_to(&record.name, home);
            quote!(decode::record::<#of>)
        }
        Type::List(item, separator) => {
            let item = value_decoder(item, home);
            match separator {
                Some(_) => quote!(decode::joined(#item)),
                None => quote!(decode::list(#item)),
            }
        }
        Type::Files => quote!(decode::files),
    }
}

fn bound(number: i64) -> TokenStream {
    match number {
        i64::MIN => quote!(i64::MIN),
        i64::MAX => quote!(i64::MAX),
        _ => integer(&number),
    }
}

/// A whole number, its digits in groups of three.
pub(super) fn integer(number: &impl ToString) -> TokenStream {
    let plain = number.to_string();
    let mut grouped = String::new();
    for (index, c) in plain.char_indices() {
        if (plain.len() - index).is_multiple_of(3) && grouped.ends_with(|c: char| c.is_ascii_digit()) {
            grouped.push('_');
        }
        grouped.push(c);
    }
    grouped.parse().unwrap_or_default()
}

fn path_to(name: &str, home: Home) -> TokenStream {
    let name = named(name);
    match home {
        Home::Types => quote!(#name),
        Home::Resource => quote!(types::#name),
    }
}

/// A wire code.
pub(super) fn code(code: &Code) -> TokenStream {
    match code {
        Code::Number(number) => {
            let number = integer(number);
            quote!(Code::Number(#number))
        }
        Code::Text(text) => quote!(Code::Text(#text)),
    }
}

/// An optional text.
pub(super) fn optional(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

/// A doc comment of several paragraphs.
pub(super) fn docs(paragraphs: &[String]) -> TokenStream {
    let lines: Vec<_> = paragraphs.iter().filter(|text| !text.is_empty()).collect();
    let mut tokens = TokenStream::new();
    for (index, paragraph) in lines.into_iter().enumerate() {
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

/// Text that rustdoc shows as it stands: names as code, and nothing taken for a link or a tag.
fn escaped(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    // Without a partner, a backtick stands for itself.
    let partnered = text.matches('`').count() / 2 * 2;
    let part = |(index, part): (usize, &str)| match index % 2 {
        0 => prose(part),
        _ if index < partnered => format!("`{part}`"),
        _ => format!("\\`{}", prose(part)),
    };
    text.split('`').enumerate().map(part).collect()
}

/// Text without backticks.
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

/// Puts a word into backticks, its punctuation outside.
fn code_word(word: &str) -> String {
    let body = word.trim_end_matches(['.', ',', ';', ':', ')', '?']);
    let tail = word.strip_prefix(body).unwrap_or_default();
    let start = body.trim_start_matches('(');
    let head = body.strip_suffix(start).unwrap_or_default();
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

/// JSON as a raw string literal: readable where it stands.
pub(super) fn json(value: &Value) -> TokenStream {
    raw(&value.to_string())
}

/// Text as a raw string literal, if that spares it any escaping.
fn raw(text: &str) -> TokenStream {
    let plain = Literal::string(text).to_token_stream();
    if !text.contains(['"', '\\']) {
        return plain;
    }
    let mut hashes = String::new();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    format!("r{hashes}\"{text}\"{hashes}").parse().unwrap_or(plain)
}

/// Documentation of a named type.
pub(super) fn choice_docs(choice: &Choice, file: &str) -> TokenStream {
    let about = choice.about.clone().unwrap_or_else(|| "One of a few values.".to_owned());
    docs(&[about, format!("Declared at {file}:{}.", choice.line)])
}

/// Documentation of a named type.
pub(super) fn record_docs(record: &Record, file: &str) -> TokenStream {
    let about = record.about.clone().unwrap_or_else(|| "An object with known fields.".to_owned());
    docs(&[about, format!("Declared at {file}:{}.", record.line)])
}
