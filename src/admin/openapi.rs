//! The OpenAPI document of the admin API.
//!
//! Routes, requests and replies describe themselves. This module adds what no single route can say: the error reply that
//! all share, the links from the reply of one operation to the next, and the fields that differ from API to API.

use tool_runtime::api::ApiDef;
use utoipa::ToSchema;
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Schema,
};

use crate::registry::request::{add_component, reference};
use crate::registry::variable_properties;

const SECURITY: &str = "api_token";

/// The operations that can follow a create operation, and the parameters that its reply gives them.
struct Links {
    from: &'static str,
    to: &'static [&'static str],
    parameters: &'static [(&'static str, &'static str)],
}

const LINKS: [Links; 3] = [
    Links {
        from: "create_account",
        to: &["get_account", "update_account", "create_server", "list_servers", "delete_account"],
        parameters: &[("id", "$response.body#/id")],
    },
    Links {
        from: "create_server",
        to: &["get_server", "update_server", "revoke_server"],
        parameters: &[("id", "$response.body#/integrated_account_id"), ("server_id", "$response.body#/id")],
    },
    Links { from: "create_api_token", to: &["revoke_api_token"], parameters: &[("id", "$response.body#/id")] },
];

/// The reply to a request that failed.
#[derive(ToSchema)]
#[schema(as = Problem, rename_all = "camelCase")]
#[expect(dead_code, reason = "the schema of a type that knows no OpenAPI")]
struct ProblemSchema {
    /// The HTTP status code.
    status_code: u16,
    /// The name of the status code.
    error: String,
    /// The reason for the failure, and the next step to take.
    message: String,
    /// The errors in the request, if it was invalid.
    #[schema(nullable = false)]
    violations: Option<Vec<ViolationSchema>>,
}

/// An error in the request.
#[derive(ToSchema)]
#[schema(as = Violation)]
#[expect(dead_code, reason = "the schema of a type that knows no OpenAPI")]
struct ViolationSchema {
    /// The field or parameter, such as `name` or `config.tags[0]`.
    argument: String,
    /// The problem with its value.
    problem: String,
    /// The values that are allowed.
    #[schema(nullable = false)]
    allowed: Option<String>,
}

/// The document before any route is added.
pub(super) fn skeleton(api: &ApiDef) -> OpenApi {
    let info = InfoBuilder::new()
        .title(format!("{} MCP servers: admin API", api.title))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Manage accounts, the scoped MCP servers of each account, and API tokens, and query the call log.\n\n\
             **Authentication.** Send an API token with the role `admin` as `Authorization: Bearer`.\n\n\
             **Errors.** A failed request gets a `Problem`. If the request is invalid, `violations` lists every error in \
             it. Unknown fields and parameters are errors.\n\n\
             **Secrets.** A token is returned once, by the request that creates it. API keys are never returned.\n\n\
             **Updates.** PATCH changes the fields that you send and keeps the others. Of two concurrent updates of one \
             object, both take effect if they set different fields; if they set the same field, the later one wins. \
             `ETag` and `If-Match` are not supported.",
        ))
        .build();
    let mut schemas = Vec::new();
    add_component::<ProblemSchema>(&mut schemas);
    let components = ComponentsBuilder::new()
        .security_scheme(SECURITY, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .schemas_from_iter(schemas)
        .build();
    let no_scopes: [&str; 0] = [];
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some([SecurityRequirement::new(SECURITY, no_scopes)]))
        .build()
}

/// Adds what routes and types cannot say of themselves.
pub(super) fn complete(document: &mut OpenApi) {
    if let Some(components) = document.components.as_mut() {
        add_variables(components);
        name_page_entries(components);
    }
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        add_error_responses(operation);
        add_links(operation);
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, patch, delete, .. } = item;
    [get, post, patch, delete].into_iter().flatten()
}

/// Adds the variables of the API's base URL, which an account's reply holds beside its fixed fields.
fn add_variables(components: &mut Components) {
    if let Some(RefOr::T(Schema::Object(account))) = components.schemas.get_mut("Account") {
        for property in variable_properties(true) {
            property.add_to(account);
        }
    }
}

/// Replaces the inlined schema of a page's entries by the reference to it.
fn name_page_entries(components: &mut Components) {
    for (name, schema) in &mut components.schemas {
        let (Some(entry), RefOr::T(Schema::Object(page))) = (name.strip_prefix("Page_"), schema) else { continue };
        if let Some(RefOr::T(Schema::Array(entries))) = page.properties.get_mut("result") {
            entries.items = ArrayItems::RefOrSchema(Box::new(Ref::from_schema_name(entry).into()));
        }
    }
}

fn add_error_responses(operation: &mut Operation) {
    for (status, description) in [("4XX", "The request was refused."), ("5XX", "The server failed.")] {
        let content = ContentBuilder::new().schema(Some(reference::<ProblemSchema>())).build();
        let response = ResponseBuilder::new().description(description).content("application/json", content).build();
        operation.responses.responses.insert(status.to_owned(), RefOr::T(response));
    }
}

fn add_links(operation: &mut Operation) {
    let links = LINKS.iter().find(|links| operation.operation_id.as_deref() == Some(links.from));
    let Some(Links { to, parameters, .. }) = links else { return };
    let Some(RefOr::T(created)) = operation.responses.responses.get_mut("201") else { return };
    for target in *to {
        let link = LinkBuilder::new().operation_id(*target);
        let link = parameters.iter().fold(link, |link, (name, value)| link.parameter(*name, *value));
        created.links.insert((*target).to_owned(), RefOr::T(link.build()));
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use axum::body::to_bytes;
    use axum::response::IntoResponse as _;
    use serde_json::{Value, json};
    use tool_runtime::violation::Violations;
    use utoipa::PartialSchema;

    use super::{ProblemSchema, ViolationSchema};
    use crate::admin::error::AdminError;

    fn keys(value: &Value) -> Vec<&str> {
        let mut keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    fn documented<T: PartialSchema>() -> Value {
        json!(T::schema()).pointer("/properties").unwrap().clone()
    }

    #[tokio::test]
    async fn problems_have_the_documented_fields() {
        let error = AdminError::from(Violations::new("is wrong", "anything else").under_key("name"));
        let body = to_bytes(error.into_response().into_body(), 1000).await.unwrap();
        let problem: Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(keys(&problem), keys(&documented::<ProblemSchema>()));
        assert_eq!(keys(problem.pointer("/violations/0").unwrap()), keys(&documented::<ViolationSchema>()));
    }
}
