//! The effects of a tool: their definitions, the method that evaluates their conditions, and the record that a question
//! about them shows.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::rust;
use crate::model::{Argument, Condition, Effect, RecordLookup, Tool, Type};

/// Returns the definition of an effect.
pub(super) fn definition(effect: &Effect) -> TokenStream {
    let kind = rust::named(effect.kind.name());
    let (what, condition) = (&effect.what, rust::optional(effect.condition().as_deref()));
    quote!(Effect { kind: EffectKind::#kind, what: #what, condition: #condition })
}

/// Returns the method that evaluates the conditions, if it has any.
pub(super) fn method(tool: &Tool) -> Option<TokenStream> {
    let arms: Vec<_> = tool
        .effects
        .iter()
        .enumerate()
        .filter_map(|(index, effect)| {
            let index = rust::integer(&index);
            let test = |condition: &Option<Condition>| condition.as_ref().map(|condition| test(tool, condition));
            match (test(&effect.when), test(&effect.unless)) {
                (None, None) => None,
                (Some(when), None) => Some(quote!(#index => #when)),
                (None, Some(unless)) => Some(quote!(#index => !(#unless))),
                (Some(when), Some(unless)) => Some(quote!(#index => (#when) && !(#unless))),
            }
        })
        .collect();
    (!arms.is_empty()).then(|| {
        quote! {
            fn has_effect(&self, index: usize) -> bool {
                match index {
                    #(#arms,)*
                    _ => true,
                }
            }
        }
    })
}

/// Returns the constant with the read of the record that calls are about, if there is one.
pub(super) fn lookup(tool: &Tool) -> Option<TokenStream> {
    let RecordLookup { tool, arguments, fields } = tool.lookup.as_ref()?;
    Some(quote! {
        const LOOKUP: Option<RecordLookupDef> =
            Some(RecordLookupDef { tool: #tool, arguments: &[#(#arguments),*], fields: &[#(#fields),*] });
    })
}

fn test(tool: &Tool, condition: &Condition) -> TokenStream {
    match condition {
        Condition::Given(names) => {
            let tests = names.iter().map(|name| {
                let variable = rust::field(name);
                if argument(tool, name).field.required { quote!(true) } else { quote!(self.#variable.is_some()) }
            });
            quote!(#(#tests)||*)
        }
        Condition::Equals(name, value) => {
            let (argument, variable) = (argument(tool, name), rust::field(name));
            let pattern = pattern(&argument.field.ty, value);
            // Without the argument, the API assumes its default.
            let pattern = match &argument.field {
                field if field.required => pattern,
                field if field.default.as_ref() == Some(value) => quote!(None | Some(#pattern)),
                _ => quote!(Some(#pattern)),
            };
            quote!(matches!(self.#variable, #pattern))
        }
    }
}

fn argument<'t>(tool: &'t Tool, name: &str) -> &'t Argument {
    let argument = tool.arguments.iter().find(|argument| argument.field.argument == name);
    argument.expect("a condition names an argument of its tool")
}

fn pattern(ty: &Type, value: &Value) -> TokenStream {
    match (ty, value) {
        (Type::Flag, Value::Bool(flag)) => quote!(Flag(#flag)),
        (Type::Choice(choice), Value::String(label)) => {
            let variants = rust::variants(choice.options.iter().map(|(label, _)| label.as_str()));
            let labelled = choice.options.iter().zip(variants).find(|((option, _), _)| option == label);
            let (_, variant) = labelled.expect("a condition names a label of its type");
            let name = rust::named(&choice.name);
            quote!(types::#name::#variant)
        }
        (_, value) => {
            let flag = value.as_bool().expect("a condition compares booleans and labels only");
            quote!(#flag)
        }
    }
}
