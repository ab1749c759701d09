//! The module `prompts`: a struct for each prompt, how it is decoded, and the text it stands for.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use serde_json::Value;

use super::rust::{self, Home};
use super::{resource, types};
use crate::model::{Api, Field, Place, Prompt, Segment, Type};

pub(super) fn module(api: &Api) -> TokenStream {
    let doc = format!(" {}: prompts.", api.title);
    let prompts = api.prompts.iter().map(|prompt| self::prompt(api, prompt));
    let uses_types = api.prompts.iter().flat_map(|prompt| &prompt.arguments).any(|field| resource::is_named(&field.of));
    let import = uses_types.then(|| {
        quote!(
            use super::types;
        )
    });
    quote! {
        #![doc = #doc]

        use tool_runtime::prelude::*;
        #import

        #(#prompts)*
    }
}

/// The struct of a prompt.
pub(super) fn struct_name(prompt: &Prompt) -> Ident {
    rust::named(&prompt.name)
}

fn prompt(api: &Api, prompt: &Prompt) -> TokenStream {
    let name = struct_name(prompt);
    let docs = rust::docs(&[
        format!("`{}`: {}.", prompt.name, prompt.title),
        format!("Declared at {}:{}.", api.file, prompt.line),
    ]);
    let members = prompt.arguments.iter().map(|field| types::member(field, Home::Resource));
    let body = if prompt.arguments.is_empty() { quote!(;) } else { quote!({ #(#members,)* }) };
    let names = prompt.arguments.iter().map(|field| &field.argument);
    let definition = definition(prompt);
    let decode = decode(prompt);
    let passages = prompt.passages.iter().map(|passage| {
        let pieces = passage.iter().flat_map(|segment| piece(prompt, segment));
        quote!(#(#pieces)* .end())
    });
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #name #body

        impl PromptTemplate for #name {
            const DEF: PromptDef = #definition;

            const NAMES: &'static [&'static str] = &[#(#names),*];

            #decode

            fn render(&self) -> String {
                Passages::new() #(#passages)* .into()
            }
        }
    }
}

fn definition(prompt: &Prompt) -> TokenStream {
    let Prompt { name, title, description, uses, .. } = prompt;
    let arguments = prompt.arguments.iter().map(|field| {
        let (name, about, required) = (&field.argument, field.about.as_deref().unwrap_or_default(), field.required);
        quote!(PromptArgument { name: #name, about: #about, required: #required })
    });
    let example = rust::json(&Value::Object(prompt.example.clone()));
    quote! {
        PromptDef {
            name: #name,
            title: #title,
            description: #description,
            arguments: &[#(#arguments),*],
            uses: &[#(#uses),*],
            example: #example,
        }
    }
}

fn decode(prompt: &Prompt) -> TokenStream {
    if prompt.arguments.is_empty() {
        return quote! {
            fn decode(_: &mut Arguments) -> Option<Self> {
                Some(Self)
            }
        };
    }
    let from = quote!(arguments);
    let lets = prompt.arguments.iter().map(|field| types::binding(&from, field, Place::Json, Home::Resource));
    let inits = prompt.arguments.iter().map(types::initialiser);
    quote! {
        fn decode(arguments: &mut Arguments) -> Option<Self> {
            #(#lets)*
            Some(Self { #(#inits),* })
        }
    }
}

/// The calls that add a piece of text, a line each so that it can be read.
fn piece(prompt: &Prompt, segment: &Segment) -> Vec<TokenStream> {
    match segment {
        Segment::Literal(text) => text.split_inclusive('\n').map(|line| quote!(.literal(#line))).collect(),
        Segment::Argument(name) => prompt.arguments.iter().filter(|field| field.argument == *name).map(value).collect(),
    }
}

fn value(field: &Field) -> TokenStream {
    let name = rust::field(&field.argument);
    match (&field.of, field.required) {
        // People are told labels, not codes.
        (Type::Choice(_), true) => quote!(.value(&self.#name.label())),
        (Type::Choice(_), false) => quote!(.value_opt(self.#name.map(Choice::label).as_ref())),
        (_, true) => quote!(.value(&self.#name)),
        (_, false) => quote!(.value_opt(self.#name.as_ref())),
    }
}
