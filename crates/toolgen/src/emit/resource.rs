//! The module of one resource: its tools.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::tool;
use crate::identifier;
use crate::model::{Api, Resource, Tool, Type};

pub(super) fn module(api: &Api, resource: &Resource) -> TokenStream {
    let docs = format!(" {}: the tools of `{}`.", api.title, resource.name);
    let tools = resource.tools.iter().map(|tool| tool::tokens(api, resource, tool));
    let uses_types =
        resource.tools.iter().flat_map(|tool| &tool.arguments).any(|argument| is_named(&argument.field.of));
    let import = uses_types.then(|| {
        quote!(
            use super::types;
        )
    });
    quote! {
        #![doc = #docs]

        use tool_runtime::prelude::*;
        #import

        #(#tools)*
    }
}

/// Whether a type has, or contains, a Rust type of its own.
pub(super) fn is_named(of: &Type) -> bool {
    match of {
        Type::Choice(_) | Type::Record(_) => true,
        Type::List(item, None) => is_named(item),
        _ => false,
    }
}

/// The struct of a tool.
pub(super) fn struct_name(resource: &Resource, tool: &Tool) -> Ident {
    let name = identifier::tool(tool.class, &tool.operation, &resource.name, &resource.plural);
    Ident::new(&name, Span::call_site())
}
