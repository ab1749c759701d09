//! The admin API's own description, in OpenAPI.
//!
//! Routes, forms and answers describe themselves. What is added here is what they cannot: what is common to all of them,
//! how one request follows from another's answer, and what differs from API to API. Tests hold the document to what is
//! really accepted and answered.

pub(super) mod forms;

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue};
use tool_runtime::api::ApiDef;
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{AdditionalProperties, ArrayItems, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, ContentBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, Ref, RefOr,
    Schema,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use self::forms::ProblemBody;
use crate::registry::config;

const SECURITY: &str = "api_token";
const PROBLEM: &str = "Problem";

/// What takes no other keys than those documented.
const FORMS: [&str; 6] =
    ["NewAccount", "AccountChange", "NewServerRequest", "ServerChange", "NewApiTokenRequest", "ServerConfig"];

/// Which requests follow from the answer to one, and with which of its values.
struct Links {
    from: &'static str,
    to: &'static [&'static str],
    with: &'static [(&'static str, &'static str)],
}

const LINKS: [Links; 3] = [
    Links {
        from: "create_account",
        to: &["show_account", "change_account", "create_server", "list_servers", "remove_account"],
        with: &[("id", "$response.body#/id")],
    },
    Links {
        from: "create_server",
        to: &["show_server", "change_server", "remove_server"],
        with: &[("id", "$response.body#/integrated_account_id"), ("server_id", "$response.body#/id")],
    },
    Links { from: "create_api_token", to: &["remove_api_token"], with: &[("id", "$response.body#/id")] },
];

/// What every document begins with.
pub(super) fn start(api: &ApiDef) -> OpenApi {
    let info = InfoBuilder::new()
        .title(format!("MCP servers for {}: admin API", api.title))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Accounts, the scoped MCP servers handed out for them, API tokens and the call log. Unknown fields are \
             refused. A secret is shown once, in the answer that makes it.\n\n\
             PATCH changes what is given and leaves the rest. Of two changes to one thing at the same time, both count \
             where they name different fields; where they name the same field, the later one stands. There is no \
             `ETag`, and `If-Match` is not looked at.",
        ))
        .build();
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let mut nested = Vec::new();
    ProblemBody::schemas(&mut nested);
    let components = ComponentsBuilder::new()
        .security_scheme(SECURITY, scheme)
        .schema(PROBLEM, ProblemBody::schema())
        .schemas_from_iter(nested)
        .build();
    let none: [&str; 0] = [];
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some([SecurityRequirement::new(SECURITY, none)]))
        .build()
}

/// Adds what routes and forms cannot say of themselves.
pub(super) fn finish(document: &mut OpenApi, api: &ApiDef) {
    if let Some(components) = document.components.as_mut() {
        address(components, api);
        scopes(components, api);
        pages(components);
        for name in FORMS {
            if let Some(RefOr::T(Schema::Object(form))) = components.schemas.get_mut(name) {
                form.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            }
        }
    }
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        refusals(operation);
        links(operation);
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, patch, delete, .. } = item;
    [get, post, patch, delete].into_iter().flatten()
}

/// The fields that make up an account's address are named by the API.
fn address(components: &mut Components, api: &ApiDef) {
    for name in ["Account", "NewAccount", "AccountChange"] {
        let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(name) else { continue };
        for variable in api.variables {
            let field = ObjectBuilder::new()
                .schema_type(SchemaType::Array(vec![Type::String, Type::Null]))
                .description(Some(variable.about))
                .examples([serde_json::json!(variable.example)]);
            object.properties.insert(variable.name.to_owned(), RefOr::T(Schema::Object(field.build())));
            if name == "Account" {
                object.required.push(variable.name.to_owned());
            }
        }
    }
}

/// The words that a scope is made of are the API's as well.
fn scopes(components: &mut Components, api: &ApiDef) {
    for (name, keys, words) in config::words(api) {
        if let Some(RefOr::T(Schema::Object(config))) = components.schemas.get_mut("ServerConfig") {
            for key in keys {
                if let Some(RefOr::T(Schema::Array(list))) = config.properties.get_mut(*key) {
                    list.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(name).into()));
                    list.min_items = Some(1);
                }
            }
        }
        let word = ObjectBuilder::new().schema_type(SchemaType::Type(Type::String)).enum_values(Some(words));
        components.schemas.insert(name.to_owned(), RefOr::T(Schema::Object(word.build())));
    }
}

/// A page's entries are what stands in the document by its own name.
fn pages(components: &mut Components) {
    for (name, schema) in &mut components.schemas {
        let (Some(entry), RefOr::T(Schema::Object(page))) = (name.strip_prefix("List_"), schema) else { continue };
        if let Some(RefOr::T(Schema::Array(entries))) = page.properties.get_mut("result") {
            entries.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(entry).into()));
        }
    }
}

/// Every request can be refused, and always in the same way.
fn refusals(operation: &mut Operation) {
    for (status, description) in [("4XX", "Why it was not done"), ("5XX", "Why it could not be done")] {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(PROBLEM))).build();
        let response = ResponseBuilder::new().description(description).content("application/json", content).build();
        operation.responses.responses.insert(status.to_owned(), RefOr::T(response));
    }
}

fn links(operation: &mut Operation) {
    let found = LINKS.iter().find(|links| operation.operation_id.as_deref() == Some(links.from));
    let Some(Links { to, with, .. }) = found else { return };
    let Some(RefOr::T(made)) = operation.responses.responses.get_mut("201") else { return };
    for target in *to {
        let link = LinkBuilder::new().operation_id(*target);
        let link = with.iter().fold(link, |link, (name, value)| link.parameter(*name, *value));
        made.links.insert((*target).to_owned(), RefOr::T(link.build()));
    }
}

pub(super) fn answer(document: &str) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], document.to_owned()).into_response()
}
