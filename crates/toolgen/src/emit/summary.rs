//! The summary of a list: its definition, which differs from that of the list in what callers see, and what it groups.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::tool::schema_path;
use super::{docs, rust};
use crate::model::{Resource, Summary, Tool};

/// Returns the definitions of the summary of `list`.
pub(super) fn tokens(resource: &Resource, list: &Tool, summary: &Summary) -> TokenStream {
    let Summary { name, title, description, id, unset, offset, by, times, measures, .. } = summary;
    let list = rust::tool_struct(resource, list);
    let schema = schema_path(name);
    let arguments = summary.arguments.iter().map(|field| &field.argument);
    let example = rust::json(&Value::Object(summary.example.clone()));
    let size = match &summary.size {
        Some((parameter, largest)) => quote!(Some((#parameter, #largest))),
        None => quote!(None),
    };
    let tool_docs = docs::comment(&[format!("{title}: the tool `{name}`, which reads the pages of `{list}`.")]);
    let summary_docs = docs::comment(&["The fields that `SUMMARIZE` can group by and measure.".to_owned()]);
    quote! {
        #tool_docs
        pub static SUMMARIZE: ToolDef = ToolDef {
            name: #name,
            title: #title,
            description: #description,
            method: ToolMethod::Custom,
            input_schema: generated!(#schema),
            arguments: &[#(#arguments),*],
            example: #example,
            view: None,
            paging: None,
            resource: None,
            ..#list::DEF
        };

        #summary_docs
        pub static SUMMARY: results::summary::SummaryDef = results::summary::SummaryDef {
            id: &[#(#id),*],
            unset: &[#(#unset),*],
            page: results::summary::PageQuery { offset: #offset, size: #size },
            by: &[#(#by),*],
            times: &[#(#times),*],
            measures: &[#(#measures),*],
        };
    }
}
