//! The admin API's own description, in OpenAPI.
//!
//! Routes and answers describe themselves. What is here is what they cannot: what requests hold (they are read key by
//! key, so that everything wrong with one can be said), and the fields whose names differ from API to API. A test
//! holds both to what is really accepted.

use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderValue};
use jiff::Timestamp;
use serde::Serialize;
use tool_runtime::api::ApiDef;
use utoipa::ToSchema;
use utoipa::openapi::schema::{AdditionalProperties, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, ObjectBuilder, OpenApi, OpenApiBuilder, RefOr, Schema};

use super::Finding;
use crate::registry::config::ServerConfig;
use crate::store::Role;

/// A request that was refused.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProblemBody {
    /// The HTTP status.
    status_code: u16,
    /// Its name.
    error: String,
    /// What is wrong and what to do.
    message: String,
    /// Everything that is wrong with what was given.
    #[schema(nullable = false)]
    violations: Option<Vec<ViolationBody>>,
}

/// One thing wrong with what was given.
#[derive(Serialize, ToSchema)]
#[schema(as = Violation)]
pub(super) struct ViolationBody {
    /// The place: `name`, `config.tags`.
    argument: String,
    /// What is wrong there.
    problem: String,
    /// What would be accepted.
    #[schema(nullable = false)]
    allowed: Option<String>,
}

/// What trying an account has found.
#[derive(Serialize, ToSchema)]
pub(super) struct Trial {
    /// One for each thing that must hold.
    pub(super) findings: Vec<Finding>,
}

/// An account to be added.
#[derive(Serialize, ToSchema)]
pub(super) struct NewAccount {
    /// What people call it. Names may repeat.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The key to the API. It is kept sealed and never shown.
    #[schema(min_length = 1)]
    api_key: String,
    /// The whole address of the API, in place of what makes it up. `https`, or `http` to this machine.
    base_url: Option<String>,
}

/// What is to be changed about an account.
#[derive(Serialize, ToSchema)]
pub(super) struct AccountChange {
    /// What people call it.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    /// A new key to the API.
    #[schema(min_length = 1, nullable = false)]
    api_key: Option<String>,
    /// The whole address of the API; `null` goes back to what makes it up.
    base_url: Option<String>,
}

/// A server to be made.
#[derive(Serialize, ToSchema)]
#[schema(as = NewServerRequest)]
pub(super) struct NewServerBody {
    /// What people call it. Names may repeat.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What it is limited to; without it, to nothing.
    #[schema(nullable = false)]
    config: Option<ServerConfig>,
    /// When it ends, at least 60 seconds ahead.
    expires_at: Option<Timestamp>,
}

/// What is to be changed about a server.
#[derive(Serialize, ToSchema)]
pub(super) struct ServerChange {
    /// What people call it.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    /// Keys to be changed; `null` removes a key.
    #[schema(nullable = false)]
    config: Option<ServerConfig>,
    /// When it ends, at least 60 seconds ahead; `null` lets it live on.
    expires_at: Option<Timestamp>,
}

/// An API token to be made.
#[derive(Serialize, ToSchema)]
#[schema(as = NewApiTokenRequest)]
pub(super) struct NewApiTokenBody {
    /// What people call it. Names may repeat.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What its holder may do.
    role: Role,
    /// When it ends, at least 60 seconds ahead.
    expires_at: Option<Timestamp>,
}

/// What every document begins with.
pub(super) fn start(api: &ApiDef) -> OpenApi {
    const SCHEME: &str = "api_token";
    let info = InfoBuilder::new()
        .title(format!("MCP servers for {}: admin API", api.title))
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Accounts, the scoped MCP servers handed out for them, API tokens and the call log. Unknown fields are \
             refused. A secret is shown once, in the answer that makes it.",
        ))
        .build();
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = ComponentsBuilder::new().security_scheme(SCHEME, scheme).build();
    let none: [&str; 0] = [];
    OpenApiBuilder::new()
        .info(info)
        .components(Some(components))
        .security(Some([SecurityRequirement::new(SCHEME, none)]))
        .build()
}

/// Adds the fields whose names follow from the API, and says that no request takes any other.
pub(super) fn finish(document: &mut OpenApi, api: &ApiDef) {
    let Some(components) = document.components.as_mut() else { return };
    for name in ["Account", "NewAccount", "AccountChange"] {
        let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(name) else { continue };
        for variable in api.variables {
            let text = match name {
                "NewAccount" => SchemaType::Type(Type::String),
                _ => SchemaType::Array(vec![Type::String, Type::Null]),
            };
            let field = ObjectBuilder::new()
                .schema_type(text)
                .description(Some(variable.about))
                .examples([serde_json::json!(variable.example)]);
            object.properties.insert(variable.name.to_owned(), RefOr::T(Schema::Object(field.build())));
            if name == "Account" {
                object.required.push(variable.name.to_owned());
            }
        }
    }
    for name in
        ["NewAccount", "AccountChange", "NewServerRequest", "ServerChange", "NewApiTokenRequest", "ServerConfig"]
    {
        if let Some(RefOr::T(Schema::Object(object))) = components.schemas.get_mut(name) {
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

pub(super) fn answer(document: &str) -> Response {
    ([(CONTENT_TYPE, HeaderValue::from_static("application/json"))], document.to_owned()).into_response()
}
