//! The form in which a tool's reply is shown.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::rust;
use crate::model::{CodedField, Extent, Form, Label, Paging, Resource, View};

/// Returns the coded fields that the tools of a resource share, if it has any.
pub(super) fn codes(resource: &Resource) -> Option<TokenStream> {
    let fields = resource.codes.iter().map(|CodedField { field, labels }| {
        let labels = labels.iter().map(|(code, label)| {
            let label = match label {
                Label::Text(text) => quote!(results::Label::Text(#text)),
                Label::Flag(flag) => quote!(results::Label::Flag(#flag)),
            };
            quote!((#code, #label))
        });
        quote!(results::CodedField { field: #field, labels: &[#(#labels),*] })
    });
    let docs = docs::comment(&["Fields whose values are codes, with the labels that results show instead.".to_owned()]);
    (!resource.codes.is_empty()).then(|| quote!(#docs const CODES: &[results::CodedField] = &[#(#fields),*];))
}

/// Returns the arguments that select a page.
pub(super) fn paging(paging: Option<&Paging>) -> TokenStream {
    let Some(Paging { offset, size, rows }) = paging else { return quote!(None) };
    let (size, rows) = (rust::optional(size.as_deref()), rust::integer(rows));
    quote!(Some(Paging { offset: #offset, size: #size, rows: #rows }))
}

/// Returns the view of a tool of `resource`.
pub(super) fn view(resource: &Resource, view: Option<&View>) -> TokenStream {
    let Some(View { form, fields, optional, twins, long_texts, .. }) = view else { return quote!(None) };
    let form = self::form(form);
    let twins = twins.iter().map(|(html, text)| quote!(results::Twin { html: #html, text: #text }));
    let codes = if resource.codes.is_empty() { quote!(&[]) } else { quote!(CODES) };
    quote! {
        Some(results::View {
            form: #form,
            fields: &[#(#fields),*],
            optional: &[#(#optional),*],
            twins: &[#(#twins),*],
            codes: #codes,
            long_texts: &[#(#long_texts),*],
        })
    }
}

fn form(form: &Form) -> TokenStream {
    match form {
        Form::List { rows, total, extent, oldest_first } => {
            let total = rust::optional(total.as_deref());
            let extent = match extent {
                Extent::Page => quote!(results::Extent::Page),
                Extent::Part => quote!(results::Extent::Part),
                Extent::Whole => quote!(results::Extent::Whole),
                Extent::Thread => quote!(results::Extent::Thread),
            };
            quote! {
                results::Form::List(results::ListForm { rows: #rows, total: #total, extent: #extent, oldest_first: #oldest_first })
            }
        }
        Form::Record => quote!(results::Form::Record),
        Form::Write { id, answered_as } => {
            let answered_as = answered_as.iter().map(|(argument, field)| quote!((#argument, #field)));
            quote!(results::Form::Write(results::WriteForm { id: &[#(#id),*], answered_as: &[#(#answered_as),*] }))
        }
    }
}
