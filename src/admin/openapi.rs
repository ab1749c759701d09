//! The OpenAPI document of the admin API.
//!
//! Routes, requests and responses describe themselves. This module adds what no single route can say: the error response that
//! all share, the links from the response of one operation to the next, and the fields that differ from API to API.

use tool_runtime::api::ApiDef;
use utoipa::ToSchema;
use utoipa::openapi::header::{Header, HeaderBuilder};
use utoipa::openapi::link::LinkBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::ArrayItems;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ComponentsBuilder, Content, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Required,
    Schema,
};

use crate::registry::request::{add_component, reference, string_schema};
use crate::registry::variable_properties;

const SECURITY: &str = "api_token";
/// The alternative to an API token: the header of a page, beside the cookie of its session.
const SESSION: &str = "session";

/// The operations that can follow a create operation, and the parameters that its response gives them.
struct Links {
    from: &'static str,
    to: &'static [&'static str],
    parameters: &'static [(&'static str, &'static str)],
}

const LINKS: [Links; 5] = [
    Links {
        from: "create_account",
        to: &["get_account", "update_account", "check_account", "create_server", "list_servers", "delete_account"],
        parameters: &[("id", "$response.body#/id")],
    },
    Links {
        from: "create_server",
        to: &["get_server", "update_server", "rotate_server_url", "revoke_server"],
        parameters: &[("id", "$response.body#/integrated_account_id"), ("server_id", "$response.body#/id")],
    },
    Links { from: "create_oauth_client", to: &["delete_oauth_client"], parameters: &[("id", "$response.body#/id")] },
    Links {
        from: "create_identity_provider",
        to: &["get_identity_provider", "update_identity_provider", "delete_identity_provider"],
        parameters: &[("id", "$response.body#/id")],
    },
    Links { from: "create_api_token", to: &["revoke_api_token"], parameters: &[("id", "$response.body#/id")] },
];

/// The schemas of responses with one object that has a revision.
const TAGGED: [&str; 9] = [
    "Account",
    "CheckedAccount",
    "Server",
    "NewServer",
    "RotatedServer",
    "NewApiToken",
    "NewOauthClient",
    "User",
    "IdentityProvider",
];

/// The response to a request that failed.
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
    /// The object as it is now, if it has changed since the revision in `If-Match`.
    #[schema(nullable = false, value_type = Option<Object>)]
    current: Option<serde_json::Value>,
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
            "Manage accounts, the scoped MCP servers of each account, API tokens, users and identity providers, and query the call log \
             and the audit log.\n\n\
             **Authentication.** Send an API token with the role `admin` as `Authorization: Bearer`. The console uses the \
             session of its user instead: the browser sends the cookie, the page repeats the session's CSRF token in \
             `X-CSRF-Token`, and a change must come from a page of this server. The routes below `/me` are for every user who \
             is signed in: they need a session, of any role.\n\n\
             **Errors.** A failed request gets a `Problem`. If the request is invalid, `violations` lists every error in \
             it. Unknown fields and parameters are errors.\n\n\
             **Secrets.** A token is returned once, by the request that creates it. API keys are never returned.\n\n\
             **Updates.** PATCH changes the fields that you send and keeps the others. Of two concurrent updates of one \
             object, both take effect if they set different fields; if they set the same field, the later one wins.\n\n\
             **Preconditions.** A response with one object has an `ETag`, which changes with the fields that can be edited and \
             with nothing else. PATCH and DELETE accept it as `If-Match`: if the object has changed since, nothing is done, \
             and the response is a 412 whose `current` is the object as it is now. Without the header they always apply.",
        ))
        .build();
    let mut schemas = Vec::new();
    add_component::<ProblemSchema>(&mut schemas);
    let components = ComponentsBuilder::new()
        .security_scheme(SECURITY, SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .security_scheme(SESSION, SecurityScheme::ApiKey(ApiKey::Header(ApiKeyValue::new("X-CSRF-Token"))))
        .schemas_from_iter(schemas)
        .build();
    let no_scopes: [&str; 0] = [];
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some([SECURITY, SESSION].map(|scheme| SecurityRequirement::new(scheme, no_scopes))))
        .build()
}

/// Adds what routes and types cannot say of themselves.
pub(super) fn complete(document: &mut OpenApi) {
    if let Some(components) = document.components.as_mut() {
        add_variables(components);
        name_page_entries(components);
    }
    for item in document.paths.paths.values_mut() {
        let PathItem { patch, delete, .. } = item;
        [patch, delete].into_iter().flatten().for_each(add_precondition);
    }
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        add_error_responses(operation);
        add_entity_tags(operation);
        add_links(operation);
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, post, patch, delete, .. } = item;
    [get, post, patch, delete].into_iter().flatten()
}

/// Adds the variables of the API's base URL, which an account's response holds beside its fixed fields.
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
        operation.responses.responses.insert(status.to_owned(), RefOr::T(problem(description).build()));
    }
}

fn problem(description: &str) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(reference::<ProblemSchema>())).build();
    ResponseBuilder::new().description(description).content("application/json", content)
}

/// Adds the optional precondition of an operation that changes or ends an object.
fn add_precondition(operation: &mut Operation) {
    let about = "The `ETag` of the object that this request is meant for. If the object has changed since, nothing is done, \
                 and the response is a 412 with the object as it is now.";
    let parameter = ParameterBuilder::new()
        .name("If-Match")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(RefOr::T(string_schema().build().into())));
    operation.parameters.get_or_insert_default().push(parameter.build().into());
    let response = problem("The object has changed since the revision in `If-Match`. Nothing was done.");
    let response = response.header("ETag", entity_tag("The revision of the object as it is now."));
    operation.responses.responses.insert("412".to_owned(), RefOr::T(response.build()));
}

/// Adds the `ETag` of each response with one object.
fn add_entity_tags(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(response) = response else { continue };
        let has_object = response.content.values().any(|content| {
            let RefOr::T(Content { schema: Some(RefOr::Ref(schema)), .. }) = content else { return false };
            TAGGED.iter().any(|name| schema.ref_location.ends_with(&format!("/{name}")))
        });
        if has_object {
            let tag = entity_tag("The revision of the object, to be sent as `If-Match`.");
            response.headers.insert("ETag".to_owned(), tag.into());
        }
    }
}

fn entity_tag(about: &str) -> Header {
    HeaderBuilder::new().schema(Some(string_schema())).description(Some(about)).build()
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

    use std::collections::BTreeSet;

    use axum::body::to_bytes;
    use axum::response::IntoResponse as _;
    use serde_json::{Value, json};
    use tool_runtime::violation::Violations;
    use utoipa::PartialSchema;

    use super::{ProblemSchema, ViolationSchema};
    use crate::admin::error::AdminError;
    use crate::registry::{Conflict, RegistryError, Revision};

    fn keys(value: &Value) -> Vec<&str> {
        let mut keys: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
        keys.sort_unstable();
        keys
    }

    fn documented<T: PartialSchema>() -> Value {
        json!(T::schema()).pointer("/properties").unwrap().clone()
    }

    async fn problem_of(error: AdminError) -> Value {
        let body = to_bytes(error.into_response().into_body(), 1000).await.unwrap();
        serde_json::from_slice(&body).unwrap()
    }

    #[tokio::test]
    async fn problems_have_the_documented_fields() {
        let invalid = Violations::new("is wrong", "anything else").under_key("name");
        let problem = problem_of(AdminError::from(invalid)).await;
        let revision = Revision::new(1, jiff::Timestamp::UNIX_EPOCH);
        let conflict = Conflict { kind: "server", revision, current: json!({}) };
        let conflict = problem_of(AdminError::from(RegistryError::Conflict(Box::new(conflict)))).await;
        let fields: BTreeSet<_> = [keys(&problem), keys(&conflict)].concat().into_iter().collect();
        assert_eq!(fields.into_iter().collect::<Vec<_>>(), keys(&documented::<ProblemSchema>()));
        assert_eq!(keys(problem.pointer("/violations/0").unwrap()), keys(&documented::<ViolationSchema>()));
    }
}
