//! The API's definition, the tables of all tools and prompts, and the perfect hash over their names.

use proc_macro2::TokenStream;
use quote::quote;

use super::{prompt, resource, rust};
use crate::model::{Api, Preset};

pub(super) fn tokens(api: &Api) -> TokenStream {
    let definition = definition(api);
    let rows = api.resources.iter().flat_map(|resource| {
        let module = rust::module(&resource.name);
        resource.tools.iter().map(move |tool| {
            let name = resource::struct_name(resource, tool);
            quote!(Tool::new::<#module::#name>())
        })
    });
    let index = index(api);
    let prompts = api.prompts.iter().map(|prompt| {
        let name = prompt::struct_name(prompt);
        quote!(Prompt::new::<prompts::#name>())
    });
    quote! {
        use ::tool_runtime::prelude::*;

        #definition

        /// Every tool, in the order of the specification.
        pub static TOOLS: &[Tool] = &[#(#rows),*];

        /// Every prompt, in the order of the specification.
        pub static PROMPTS: &[Prompt] = &[#(#prompts),*];

        #index

        /// The tool of that name.
        pub fn find(name: &str) -> Option<&'static Tool> {
            TOOLS.get(*INDEX.get(name)?)
        }
    }
}

fn definition(api: &Api) -> TokenStream {
    let Api { slug, title, instructions, base_url, auth_header, auth_prefix, error_message, .. } = api;
    let variables = api.variables.iter().map(|variable| {
        let (name, about, example) = (&variable.name, &variable.about, &variable.example);
        quote!(Variable { name: #name, about: #about, example: #example })
    });
    let [limit, remaining, reset] = &api.rate_limit;
    let tags = api.tags.iter().map(|(name, about)| quote!(Tag { name: #name, about: #about }));
    let presets = api.presets.iter().map(|preset| {
        let Preset { name, about, methods, tags, tools } = preset;
        quote! {
            Preset {
                name: #name,
                about: #about,
                methods: &[#(#methods),*],
                tags: &[#(#tags),*],
                tools: &[#(#tools),*],
            }
        }
    });
    quote! {
        /// The API that the tools call.
        pub static API: ApiDef = ApiDef {
            slug: #slug,
            title: #title,
            instructions: #instructions,
            base_url: #base_url,
            variables: &[#(#variables),*],
            auth: Auth { header: #auth_header, prefix: #auth_prefix },
            errors: ErrorShape { message: &[#(#error_message),*] },
            rate_limit: RateLimitHeaders {
                limit: &[#(#limit),*],
                remaining: &[#(#remaining),*],
                reset: &[#(#reset),*],
            },
            tags: &[#(#tags),*],
            presets: &[#(#presets),*],
            sandbox: SANDBOX,
        };
    }
}

fn index(api: &Api) -> TokenStream {
    let names: Vec<_> = api.resources.iter().flat_map(|resource| &resource.tools).map(|tool| &tool.name).collect();
    let mut map = phf_codegen::Map::new();
    for (position, name) in names.iter().enumerate() {
        map.entry(name.as_str(), position.to_string());
    }
    let map: TokenStream = map.build().to_string().parse().unwrap_or_default();
    quote! {
        /// Where each tool stands in [`TOOLS`].
        #[allow(clippy::unreadable_literal, reason = "nobody reads the numbers of a hash table")]
        static INDEX: ::phf::Map<&'static str, usize> = #map;
    }
}
