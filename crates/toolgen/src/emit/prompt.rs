//! The module `prompts`: a struct for each prompt, its decoder, and its text.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::docs::{self, Target};
use super::examples::Examples;
use super::rust::{self, Home};
use super::types;
use crate::model::{Api, Field, Place, Prompt, Segment, Type};

/// Returns the module.
pub(super) fn module(api: &Api, examples: &Examples<'_>) -> TokenStream {
    let doc = format!(" {}: prompts.", api.title);
    let prompts = api.prompts.iter().map(|prompt| self::prompt(api, prompt, examples));
    let import = types::import(api.prompts.iter().flat_map(|prompt| &prompt.arguments));
    quote! {
        #![doc = #doc]

        use tool_runtime::prelude::*;
        #import

        #(#prompts)*
    }
}

fn prompt(api: &Api, prompt: &Prompt, examples: &Examples<'_>) -> TokenStream {
    let name = rust::named(&prompt.name);
    let docs = docs::comment(&[
        format!("{}: the prompt `{}`.", prompt.title, prompt.name),
        docs::declared(&api.file, &format!("prompts.{}", prompt.name)),
    ]);
    let members = prompt.arguments.iter().map(|field| types::member(field, Target::Prompt, Home::Resource));
    let body = if prompt.arguments.is_empty() { quote!(;) } else { quote!({ #(#members,)* }) };
    let names = prompt.arguments.iter().map(|field| &field.argument);
    let definition = definition(prompt);
    let guidance = types::guidance(prompt.arguments.iter(), |field| examples.of(field, Some(&prompt.example), None));
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

            #guidance

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
        let (name, required) = (&field.argument, field.required);
        let about = field.about.as_deref().expect("every argument of a prompt has a description");
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

/// Returns the calls that add a piece of text, one for each line.
fn piece(prompt: &Prompt, segment: &Segment) -> Vec<TokenStream> {
    match segment {
        Segment::Literal(text) => text.split_inclusive('\n').map(|line| quote!(.literal(#line))).collect(),
        Segment::Argument(name) => prompt.arguments.iter().filter(|field| field.argument == *name).map(value).collect(),
    }
}

fn value(field: &Field) -> TokenStream {
    let name = rust::field(&field.argument);
    match (&field.ty, field.required) {
        // A text contains labels, not codes.
        (Type::Choice(_), true) => quote!(.value(&self.#name.label())),
        (Type::Choice(_), false) => quote!(.value_opt(self.#name.map(Choice::label).as_ref())),
        (_, true) => quote!(.value(&self.#name)),
        (_, false) => quote!(.value_opt(self.#name.as_ref())),
    }
}
