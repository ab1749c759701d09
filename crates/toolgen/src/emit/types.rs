//! The module `types`: an enum for each choice and a struct for each record. Also the parts that all structs share.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use serde_json::Value;

use super::docs::{self, Target};
use super::examples::Examples;
use super::rust::{self, Home};
use crate::model::{Api, Choice, Empty, Field, NamedType, Place, Record, Type};

/// Returns the module.
pub(super) fn module(api: &Api, examples: &Examples<'_>) -> TokenStream {
    let doc = " Types that arguments share.";
    let items = api.types.iter().map(|named| match named {
        NamedType::Choice(choice) => self::choice(choice, &api.file),
        NamedType::Record(record) => self::record(record, api, examples),
    });
    quote! {
        #![doc = #doc]

        use tool_runtime::prelude::*;

        #(#items)*
    }
}

/// Returns the import of this module, if one of the fields needs it.
pub(super) fn import<'a>(mut fields: impl Iterator<Item = &'a Field>) -> Option<TokenStream> {
    fields.any(|field| uses_named_type(&field.ty)).then(|| {
        quote!(
            use super::types;
        )
    })
}

fn uses_named_type(ty: &Type) -> bool {
    match ty {
        Type::Choice(_) | Type::Record(_) => true,
        Type::List(item, None) | Type::Marked(item, _) => uses_named_type(item),
        _ => false,
    }
}

fn choice(choice: &Choice, file: &str) -> TokenStream {
    let about = choice.about.clone().unwrap_or_else(|| "One of a fixed set of values.".to_owned());
    let docs = docs::comment(&[about, docs::declared(file, &format!("types.{}", choice.name))]);
    let name = rust::named(&choice.name);
    let variants = rust::variants(choice.options.iter().map(|(label, _)| label.as_str()));
    let variant_docs = choice.options.iter().map(|(label, code)| docs::variant(label, code));
    let labels = choice.options.iter().map(|(label, _)| label);
    let codes = choice.options.iter().map(|(_, code)| rust::code(code));
    quote! {
        #docs
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum #name {
            #(#variant_docs #variants,)*
        }

        impl Choice for #name {
            const ALL: &'static [Self] = &[#(Self::#variants),*];

            fn label(self) -> &'static str {
                match self {
                    #(Self::#variants => #labels,)*
                }
            }

            fn code(self) -> Code {
                match self {
                    #(Self::#variants => #codes,)*
                }
            }
        }
    }
}

fn record(record: &Record, api: &Api, examples: &Examples<'_>) -> TokenStream {
    let about = record.about.clone().unwrap_or_else(|| "An object with known fields.".to_owned());
    let docs = docs::comment(&[about, docs::declared(&api.file, &format!("types.{}", record.name))]);
    let name = rust::named(&record.name);
    let guidance = guidance(record.fields.iter(), |field| examples.of(field, None, None));
    let text = record.text.as_ref().map(|field| quote!(const TEXT: Option<&'static str> = Some(#field);));
    let names = record.fields.iter().map(|field| field.argument.as_str());
    let members = record.fields.iter().map(|field| member(field, Target::Object, Home::Types));
    let from = quote!(fields);
    let drops = drop_empty(&from, record.fields.iter());
    let at_least_one = (!record.at_least_one.is_empty()).then(|| {
        let names = &record.at_least_one;
        quote!(fields.at_least_one(&[#(#names),*]);)
    });
    let lets = record.fields.iter().map(|field| binding(&from, field, Place::Json, Home::Types));
    let inits = record.fields.iter().map(initialiser);
    let setters = record.fields.iter().map(setter);
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #name {
            #(#members,)*
        }

        impl Fields for #name {
            const NAMES: &'static [&'static str] = &[#(#names),*];

            #guidance

            #text

            fn decode(fields: &mut Arguments) -> Option<Self> {
                #drops
                #at_least_one
                #(#lets)*
                Some(Self { #(#inits),* })
            }
        }

        impl Wire for #name {
            fn append_json(&self, to: &mut String) {
                to.push_str(&JsonObject::new() #(#setters)* .into_text());
            }
        }
    }
}

/// Returns the constants that help callers: the synonyms of the fields, and an example of each.
pub(super) fn guidance<'a>(
    fields: impl Iterator<Item = &'a Field> + Clone,
    example: impl Fn(&Field) -> Value,
) -> TokenStream {
    let pairs: Vec<_> = fields
        .clone()
        .flat_map(|field| field.also.iter().map(move |synonym| (synonym, &field.argument)))
        .map(|(synonym, name)| quote!((#synonym, #name)))
        .collect();
    let synonyms =
        (!pairs.is_empty()).then(|| quote!(const SYNONYMS: &'static [(&'static str, &'static str)] = &[#(#pairs),*];));
    let examples: Vec<_> = fields.map(|field| rust::json(&example(field))).collect();
    let examples = (!examples.is_empty()).then(|| quote!(const EXAMPLES: &'static [&'static str] = &[#(#examples),*];));
    quote!(#synonyms #examples)
}

/// Returns `pub name: Type`, with documentation.
pub(super) fn member(field: &Field, target: Target<'_>, home: Home) -> TokenStream {
    let docs = docs::field(field, target);
    let name = rust::field(&field.argument);
    let ty = rust::field_type(field, home);
    quote!(#docs pub #name: #ty)
}

/// Returns `let name = from.required("name", decoder);`
pub(super) fn binding(from: &TokenStream, field: &Field, place: Place, home: Home) -> TokenStream {
    let name = rust::field(&field.argument);
    let key = &field.argument;
    let decoder = rust::decoder(field, place, home);
    let take = if field.required { quote!(required) } else { quote!(optional) };
    quote!(let #name = #from.#take(#key, #decoder);)
}

/// Returns the statements that drop the empty values of arguments that then count as not given.
pub(super) fn drop_empty<'a>(from: &TokenStream, fields: impl Iterator<Item = &'a Field>) -> TokenStream {
    let fields: Vec<_> = fields.filter(|field| field.empty == Empty::Absent).collect();
    let statements = ["text", "list", "object", "record"].map(|kind| {
        let names: Vec<_> =
            fields.iter().filter(|field| empty_as(&field.ty) == kind).map(|field| &field.argument).collect();
        let predicate = format_ident!("{kind}");
        (!names.is_empty()).then(|| quote!(#from.drop_if(empty::#predicate, &[#(#names),*]);))
    });
    quote!(#(#statements)*)
}

/// Returns the function of the runtime that recognises an empty value of a type.
fn empty_as(ty: &Type) -> &'static str {
    match ty {
        Type::List(..) | Type::Files => "list",
        Type::Record(record) if record.fields.iter().all(|field| field.empty != Empty::Sent) => "record",
        Type::Record(_) | Type::Object => "object",
        _ => "text",
    }
}

/// Returns `name: name?` or `name`.
pub(super) fn initialiser(field: &Field) -> TokenStream {
    let name = rust::field(&field.argument);
    if field.required { quote!(#name: #name?) } else { quote!(#name) }
}

/// Returns `.field("wire", &self.name)`
pub(super) fn setter(field: &Field) -> TokenStream {
    let name = rust::field(&field.argument);
    let wire = &field.wire;
    if field.required { quote!(.field(#wire, &self.#name)) } else { quote!(.field_opt(#wire, self.#name.as_ref())) }
}
