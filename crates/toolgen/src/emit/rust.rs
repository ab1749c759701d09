//! Rust tokens for the names, types and literals of the model.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens as _, quote};
use serde_json::Value;

use crate::identifier;
use crate::model::{Code, Empty, Field, Place, Resource, Tool, Type};

/// The module that contains the code: it decides the path of named types.
#[derive(Clone, Copy)]
pub(super) enum Home {
    /// The module of the named types.
    Types,
    /// The module of a resource.
    Resource,
}

/// Returns the name of a resource's module.
pub(super) fn module(resource: &str) -> Ident {
    Ident::new(&identifier::module(resource), Span::call_site())
}

/// Returns the name of a struct field or a variable.
pub(super) fn field(name: &str) -> Ident {
    let name = identifier::field(name);
    if identifier::is_name(&name) {
        Ident::new(&name, Span::call_site())
    } else {
        Ident::new_raw(&name, Span::call_site())
    }
}

/// Returns the name of a tool's struct.
pub(super) fn tool_struct(resource: &Resource, tool: &Tool) -> Ident {
    let name = identifier::tool(tool.method, &tool.operation, &resource.name, &resource.plural);
    Ident::new(&name, Span::call_site())
}

/// Returns the name of the struct or enum of a named type or a prompt.
pub(super) fn named(name: &str) -> Ident {
    Ident::new(&identifier::named(name), Span::call_site())
}

/// Returns the names of an enum's variants, one for each label.
pub(super) fn variants<'a>(labels: impl IntoIterator<Item = &'a str>) -> Vec<Ident> {
    identifier::variants(labels).iter().map(|name| Ident::new(name, Span::call_site())).collect()
}

fn value_type(ty: &Type, home: Home) -> TokenStream {
    match ty {
        Type::Text | Type::Name | Type::Email => quote!(String),
        Type::Integer(..) => quote!(i64),
        Type::Number => quote!(Number),
        Type::Boolean => quote!(bool),
        Type::Flag => quote!(Flag),
        Type::Timestamp => quote!(Timestamp),
        Type::Date => quote!(Date),
        Type::Object => quote!(Map<String, Value>),
        Type::Choice(choice) => path_to(&choice.name, home),
        Type::Record(record) => path_to(&record.name, home),
        Type::Marked(ty, _) => value_type(ty, home),
        Type::List(_, Some(separator)) => quote!(Joined<#separator>),
        Type::List(item, None) => {
            let item = value_type(item, home);
            quote!(Vec<#item>)
        }
        Type::Files => quote!(Vec<File>),
    }
}

/// Returns the Rust type of an argument.
pub(super) fn field_type(field: &Field, home: Home) -> TokenStream {
    let ty = value_type(&field.ty, home);
    if field.required { ty } else { quote!(Option<#ty>) }
}

/// Returns the decoder of an argument.
pub(super) fn decoder(field: &Field, place: Place, home: Home) -> TokenStream {
    let decode = match &field.ty {
        Type::Text | Type::Name if place == Place::Path => quote!(decode::path_segment),
        Type::Name if place == Place::Json => quote!(decode::name),
        Type::Text if field.empty == Empty::Sent => quote!(decode::string),
        ty => value_decoder(ty, home),
    };
    marked(decode, field.clear.as_deref(), field.prefix.as_deref())
}

/// Returns a decoder that accepts another way to write a value as well. Only texts are cleared, and only numbers have a
/// prefix.
fn marked(decode: TokenStream, clear: Option<&str>, prefix: Option<&str>) -> TokenStream {
    match (clear, prefix) {
        (Some(sign), _) => quote!(decode::or_cleared(#sign, #decode)),
        (None, Some(prefix)) => quote!(decode::or_prefixed(#prefix, #decode)),
        (None, None) => decode,
    }
}

fn value_decoder(ty: &Type, home: Home) -> TokenStream {
    match ty {
        Type::Text => quote!(decode::non_empty_string),
        Type::Name => quote!(decode::known_name),
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
            let ty = path_to(&choice.name, home);
            quote!(decode::choice::<#ty>)
        }
        Type::Record(record) => {
            let ty = path_to(&record.name, home);
            quote!(decode::record::<#ty>)
        }
        Type::Marked(ty, marks) => marked(value_decoder(ty, home), marks.clear.as_deref(), marks.prefix.as_deref()),
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

/// Returns a whole number with its digits in groups of three.
pub(super) fn integer(number: &impl ToString) -> TokenStream {
    let plain = number.to_string();
    let mut grouped = String::new();
    for (index, c) in plain.char_indices() {
        if (plain.len() - index).is_multiple_of(3) && grouped.ends_with(|c: char| c.is_ascii_digit()) {
            grouped.push('_');
        }
        grouped.push(c);
    }
    grouped.parse().expect("digits and underscores are a literal")
}

fn path_to(name: &str, home: Home) -> TokenStream {
    let name = named(name);
    match home {
        Home::Types => quote!(#name),
        Home::Resource => quote!(types::#name),
    }
}

/// Returns a wire code.
pub(super) fn code(code: &Code) -> TokenStream {
    match code {
        Code::Number(number) => {
            let number = integer(number);
            quote!(Code::Number(#number))
        }
        Code::Text(text) => quote!(Code::Text(#text)),
    }
}

/// Returns an optional text.
pub(super) fn optional(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(Some(#text)),
        None => quote!(None),
    }
}

/// Returns JSON as a raw string literal, which is easier to read.
pub(super) fn json(value: &Value) -> TokenStream {
    raw(&value.to_string())
}

/// Returns a text as a raw string literal if it would otherwise need escapes.
fn raw(text: &str) -> TokenStream {
    let plain = Literal::string(text).to_token_stream();
    if !text.contains(['"', '\\']) {
        return plain;
    }
    let mut hashes = String::new();
    while text.contains(&format!("\"{hashes}")) {
        hashes.push('#');
    }
    // A raw string literal allows at most 255 hashes.
    format!("r{hashes}\"{text}\"{hashes}").parse().unwrap_or(plain)
}
