//! A tool: its struct, its definition, its decoder, and its request.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::docs::{self, Target};
use super::effect;
use super::examples::Examples;
use super::rust::{self, Home};
use super::{named_values, types, view};
use crate::model::{Api, Place, Resource, ResourceUri, Rule, Segment, Tool, ToolMethod};

/// Returns the path of the file with the tool's schema.
pub(super) fn schema_path(tool: &str) -> String {
    format!("schemas/{tool}.json")
}

/// Returns the items.
pub(super) fn tokens(api: &Api, resource: &Resource, tool: &Tool, examples: &Examples<'_>) -> TokenStream {
    let name = rust::tool_struct(resource, tool);
    let docs = struct_docs(api, resource, tool);
    let members = tool.arguments.iter().map(|argument| {
        let target = Target::Request(argument.place, tool.attachments.as_ref());
        types::member(&argument.field, target, Home::Resource)
    });
    let body = if tool.arguments.is_empty() { quote!(;) } else { quote!({ #(#members,)* }) };
    let definition = definition(resource, tool);
    let fields = tool.arguments.iter().map(|argument| &argument.field);
    let guidance = types::guidance(fields, |field| examples.of(field, Some(&tool.example), Some(&resource.name)));
    let decode = decode(tool);
    let request = request(tool);
    let named_values = named_values::tokens(api, tool);
    let has_effect = effect::method(tool);
    let lookup = effect::lookup(tool);
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct #name #body

        impl Endpoint for #name {
            const DEF: ToolDef = #definition;

            #guidance
            #lookup

            #decode

            fn request(&self) -> Request {
                #request
            }

            #named_values
            #has_effect
        }
    }
}

fn struct_docs(api: &Api, resource: &Resource, tool: &Tool) -> TokenStream {
    let path = format!("resources.{}.tools.{}", resource.name, tool.operation);
    let request =
        format!("Sends `{} {}`. {}", tool.http_method, tool.path_template(), docs::declared(&api.file, &path));
    let rules: Vec<_> = tool.rules.iter().map(docs::rule).collect();
    let inferred = tool.inferred.as_ref().map(|why| format!("Inferred: {why}")).unwrap_or_default();
    docs::comment(&[format!("{}: the tool `{}`.", tool.title, tool.name), request, rules.join(" "), inferred])
}

fn definition(resource: &Resource, tool: &Tool) -> TokenStream {
    let Tool { name, title, description, tags, read_only, destructive, idempotent, cost, .. } = tool;
    let method = match tool.method {
        ToolMethod::List => quote!(ToolMethod::List),
        ToolMethod::Get => quote!(ToolMethod::Get),
        ToolMethod::Create => quote!(ToolMethod::Create),
        ToolMethod::Update => quote!(ToolMethod::Update),
        ToolMethod::Delete => quote!(ToolMethod::Delete),
        ToolMethod::Custom => quote!(ToolMethod::Custom),
    };
    let schema = schema_path(name);
    let arguments = tool.arguments.iter().map(|argument| &argument.field.argument);
    let example = rust::json(&Value::Object(tool.example.clone()));
    let files = rust::optional(tool.fields_in(Place::Files).next().map(|field| field.argument.as_str()));
    let http_method = http_method(tool);
    let path = tool.path_template();
    let reply = if tool.reply.text { quote!(ReplyFormat::Text) } else { quote!(ReplyFormat::Json) };
    let paging = view::paging(tool.reply.paging.as_ref());
    let compact_note = rust::optional(tool.view.as_ref().and_then(|view| view.note.as_deref()));
    let view = view::view(resource, tool.view.as_ref());
    let read_at = match &tool.resource {
        Some(ResourceUri { uri, name, title }) => {
            quote!(Some(ResourceDef { uri: #uri, name: #name, title: #title }))
        }
        None => quote!(None),
    };
    let cost = rust::integer(cost);
    let gated = rust::optional(tool.gated.as_deref());
    let effects = tool.effects.iter().map(effect::definition);
    quote! {
        ToolDef {
            name: #name,
            title: #title,
            description: #description,
            method: #method,
            tags: &[#(#tags),*],
            hints: Hints { read_only: #read_only, destructive: #destructive, idempotent: #idempotent },
            input_schema: generated!(#schema),
            arguments: &[#(#arguments),*],
            example: #example,
            files: #files,
            http_method: #http_method,
            path: #path,
            reply: #reply,
            view: #view,
            compact_note: #compact_note,
            paging: #paging,
            resource: #read_at,
            cost: #cost,
            gated: #gated,
            effects: Effects(&[#(#effects),*]),
        }
    }
}

fn http_method(tool: &Tool) -> TokenStream {
    match tool.http_method.as_str() {
        "POST" => quote!(HttpMethod::Post),
        "PUT" => quote!(HttpMethod::Put),
        "PATCH" => quote!(HttpMethod::Patch),
        "DELETE" => quote!(HttpMethod::Delete),
        _ => quote!(HttpMethod::Get),
    }
}

/// Returns the decoder. Empty values that count as not given are dropped first. Rules about which arguments are given come next, before any argument is taken out. Then come the
/// selecting arguments, each followed by its rule, then all others.
fn decode(tool: &Tool) -> TokenStream {
    if tool.arguments.is_empty() {
        return quote! {
            fn decode(_: &mut Arguments) -> Option<Self> {
                Some(Self)
            }
        };
    }
    let from = quote!(arguments);
    let chooser =
        |name: &str| tool.rules.iter().any(|rule| matches!(rule, Rule::ChosenBy(chooser, _) if chooser == name));
    let (choosers, others): (Vec<_>, Vec<_>) =
        tool.arguments.iter().partition(|argument| chooser(&argument.field.argument));
    let drops = types::drop_empty(&from, tool.arguments.iter().map(|argument| &argument.field));
    let first = tool.rules.iter().filter_map(rule);
    let chosen = choosers.iter().map(|argument| {
        let binding = types::binding(&from, &argument.field, argument.place, Home::Resource);
        let rules = tool.rules.iter().filter_map(|rule| match rule {
            Rule::ChosenBy(chooser, options) if *chooser == argument.field.argument => {
                let variable = rust::field(chooser);
                Some(quote!(arguments.chosen(#chooser, #variable.map(Choice::label), &[#(#options),*]);))
            }
            _ => None,
        });
        quote!(#binding #(#rules)*)
    });
    let lets = others.iter().map(|argument| types::binding(&from, &argument.field, argument.place, Home::Resource));
    let inits = tool.arguments.iter().map(|argument| types::initialiser(&argument.field));
    quote! {
        fn decode(arguments: &mut Arguments) -> Option<Self> {
            #drops
            #(#first)*
            #(#chosen)*
            #(#lets)*
            Some(Self { #(#inits),* })
        }
    }
}

fn rule(rule: &Rule) -> Option<TokenStream> {
    match rule {
        Rule::AtLeastOne(names) => Some(quote!(arguments.at_least_one(&[#(#names),*]);)),
        Rule::ExactlyOne(names) => Some(quote!(arguments.exactly_one(&[#(#names),*]);)),
        Rule::Requires(name, other) => Some(quote!(arguments.requires(#name, #other);)),
        Rule::ChosenBy(..) => None,
    }
}

fn request(tool: &Tool) -> TokenStream {
    let http_method = http_method(tool);
    let start = match tool.path.as_slice() {
        [Segment::Literal(path), rest @ ..] => {
            let rest = rest.iter().map(segment);
            quote!(Request::new(#http_method, #path) #(#rest)*)
        }
        path => {
            let rest = path.iter().map(segment);
            quote!(Request::new(#http_method, "") #(#rest)*)
        }
    };
    let query = tool.fields_in(Place::Query).map(|field| {
        let (name, wire) = (rust::field(&field.argument), &field.wire);
        if field.required { quote!(.query(#wire, &self.#name)) } else { quote!(.query_opt(#wire, self.#name.as_ref())) }
    });
    let setters = || tool.fields_in(Place::Json).map(types::setter);
    if let Some(attachments) = &tool.attachments {
        let (metadata, one, many) = (&attachments.metadata, &attachments.one, &attachments.many);
        let url_limit = rust::integer(&attachments.url_limit);
        let files = tool.fields_in(Place::Files).next().expect("a tool with attachments has the argument for them");
        let files = rust::field(&files.argument);
        let setters = setters();
        return quote! {
            let layout = MultipartLayout { metadata: #metadata, one: #one, many: #many, url_limit: #url_limit };
            let metadata = JsonObject::new() #(#setters)*;
            #start #(#query)* .attach(layout, metadata, &self.#files)
        };
    }
    if tool.fields_in(Place::Json).next().is_some() {
        let setters = setters();
        return quote! {
            let body = JsonObject::new() #(#setters)*;
            #start #(#query)* .json(body)
        };
    }
    quote!(#start #(#query)*)
}

fn segment(segment: &Segment) -> TokenStream {
    match segment {
        Segment::Literal(text) => quote!(.literal(#text)),
        Segment::Argument(name) => {
            let name = rust::field(name);
            quote!(.segment(&self.#name))
        }
    }
}
