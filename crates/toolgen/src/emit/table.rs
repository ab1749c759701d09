//! The definition of the API, and the tables of all tools and prompts.

use proc_macro2::TokenStream;
use quote::quote;

use super::rust;
use crate::model::{Api, Auth, Cannot, Preset};

/// Path of the sandbox's definition.
pub(super) const SANDBOX: &str = "sandbox.json";

/// Returns the items. `sandbox` says whether the sandbox's definition is generated as well.
pub(super) fn tokens(api: &Api, sandbox: bool) -> TokenStream {
    let definition = definition(api, sandbox);
    let rows = api.resources.iter().flat_map(|resource| {
        let module = rust::module(&resource.name);
        resource.tools.iter().map(move |tool| {
            let name = rust::tool_struct(resource, tool);
            let summary = tool.summary.as_ref();
            let summary =
                summary.map(|_| quote!(, Tool::summary::<#module::#name>(&#module::SUMMARIZE, &#module::SUMMARY)));
            quote!(Tool::new::<#module::#name>() #summary)
        })
    });
    let prompts = api.prompts.iter().map(|prompt| {
        let name = rust::named(&prompt.name);
        quote!(Prompt::new::<prompts::#name>())
    });
    quote! {
        use ::tool_runtime::prelude::*;

        #definition

        /// All tools, in the order of the spec.
        pub static TOOLS: &[Tool] = &[#(#rows),*];

        /// All prompts, in the order of the spec.
        pub static PROMPTS: &[Prompt] = &[#(#prompts),*];

        /// Returns the tool with a name.
        pub fn find(name: &str) -> Option<&'static Tool> {
            TOOLS.iter().find(|tool| tool.def.name == name)
        }
    }
}

fn definition(api: &Api, sandbox: bool) -> TokenStream {
    let Api { slug, title, instructions, base_url, auth, error_message, .. } = api;
    let error_message = error_message.iter().map(|path| quote!(&[#(#path),*]));
    let variables = api.variables.iter().map(|variable| {
        let (name, about, example) = (&variable.name, &variable.about, &variable.example);
        quote!(Variable { name: #name, about: #about, example: #example })
    });
    let Auth::Header { name: header, prefix } = auth;
    let [limit, remaining, reset] = &api.rate_limit;
    let tags = api.tags.iter().map(|(name, about)| quote!(Tag { name: #name, about: #about }));
    let presets = api.presets.iter().map(|preset| {
        let Preset { name, about, methods, tags, tools, confirm } = preset;
        quote! {
            Preset {
                name: #name,
                about: #about,
                methods: &[#(#methods),*],
                tags: &[#(#tags),*],
                tools: &[#(#tools),*],
                confirm: #confirm,
            }
        }
    });
    let synonyms = api.search.synonyms.iter().map(|group| quote!(&[#(#group),*]));
    let cannot = api
        .search
        .cannot
        .iter()
        .map(|Cannot { asked, answer }| quote!(Cannot { asked: &[#(#asked),*], answer: #answer }));
    let sandbox = if sandbox { quote!(sandbox!(#SANDBOX)) } else { quote!(None) };
    quote! {
        /// The API that the tools call.
        pub static API: ApiDef = ApiDef {
            slug: #slug,
            title: #title,
            instructions: #instructions,
            base_url: #base_url,
            variables: &[#(#variables),*],
            auth: Auth { header: #header, prefix: #prefix },
            errors: ErrorShape { message: &[#(#error_message),*] },
            rate_limit: RateLimitHeaders {
                limit: &[#(#limit),*],
                remaining: &[#(#remaining),*],
                reset: &[#(#reset),*],
            },
            tags: &[#(#tags),*],
            presets: &[#(#presets),*],
            search: SearchWords { synonyms: &[#(#synonyms),*], cannot: &[#(#cannot),*] },
            sandbox: #sandbox,
        };
    }
}
