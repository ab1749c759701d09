//! The module of a resource: its tools.

use proc_macro2::TokenStream;
use quote::quote;

use super::examples::Examples;
use super::{summary, tool, types, view};
use crate::model::{Api, Resource};

/// Returns the module.
pub(super) fn module(api: &Api, resource: &Resource, examples: &Examples<'_>) -> TokenStream {
    let docs = format!(" {}: the tools of `{}`.", api.title, resource.name);
    let tools = resource.tools.iter().map(|tool| {
        let summary = tool.summary.as_ref().map(|summary| summary::tokens(resource, tool, summary));
        let tool = tool::tokens(api, resource, tool, examples);
        quote!(#tool #summary)
    });
    let fields = resource.tools.iter().flat_map(|tool| &tool.arguments).map(|argument| &argument.field);
    let import = types::import(fields);
    let codes = view::codes(resource);
    quote! {
        #![doc = #docs]

        use tool_runtime::prelude::*;
        #import

        #codes

        #(#tools)*
    }
}
