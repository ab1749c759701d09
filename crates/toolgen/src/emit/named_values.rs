//! The values of a call that are names of the account, and the fields of replies that show such names.

use proc_macro2::TokenStream;
use quote::quote;

use super::rust;
use crate::model::{Api, Field, Tool, Type};

/// Returns the constant and the function of a tool that have something to say.
pub(super) fn tokens(api: &Api, tool: &Tool) -> TokenStream {
    let calls = calls(api, tool.arguments.iter().map(|argument| &argument.field), "", &quote!(self));
    let function = (!calls.is_empty()).then(|| {
        quote! {
            fn named_values(&self) -> Vec<NamedValue> {
                NamedValues::new() #calls .into_values()
            }
        }
    });
    // A list without rows says that a value was not found, even if its rows have no such fields.
    let teaches = (!tool.teaches.is_empty() || function.is_some()).then(|| {
        let rows = rust::optional(tool.reply.rows.as_deref());
        let fields = tool.teaches.iter().map(|(field, kind)| quote!((#field, #kind)));
        quote!(const TEACHES: Teaches = Teaches { rows: #rows, fields: &[#(#fields),*] };)
    });
    quote!(#teaches #function)
}

/// Returns the calls that add the values of fields of `owner`, whose place is `path`.
fn calls<'f>(api: &Api, fields: impl Iterator<Item = &'f Field>, path: &str, owner: &TokenStream) -> TokenStream {
    fields.map(|field| call(api, field, path, owner)).collect()
}

fn call(api: &Api, field: &Field, path: &str, owner: &TokenStream) -> TokenStream {
    let name = rust::field(&field.argument);
    let place = format!("{path}{}", field.argument);
    if let Some(kind) = &field.kind {
        return match unset(api, kind) {
            Some(sign) => quote!(.add_unless(#sign, #place, #kind, &#owner.#name)),
            None => quote!(.add(#place, #kind, &#owner.#name)),
        };
    }
    let Type::Record(record) = &field.ty else { return TokenStream::new() };
    let calls = calls(api, record.fields.iter(), &format!("{place}."), &quote!(object));
    if calls.is_empty() {
        return calls;
    }
    let object = if field.required { quote!(Some(&#owner.#name)) } else { quote!(#owner.#name.as_ref()) };
    quote!(.within(#object, |values, object| values #calls))
}

/// Returns the text that clears a field of a kind: in a filter, it finds the records without a value.
fn unset<'a>(api: &'a Api, kind: &str) -> Option<&'a str> {
    let arguments = api.resources.iter().flat_map(|resource| &resource.tools).flat_map(|tool| &tool.arguments);
    arguments
        .map(|argument| &argument.field)
        .filter(|field| field.kind.as_deref() == Some(kind))
        .find_map(|field| field.clear.as_deref())
}
