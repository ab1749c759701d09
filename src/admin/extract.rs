//! Extractors: bodies, queries and IDs of requests.

use axum::extract::{FromRequest, FromRequestParts, Path};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use mcp_server::http::{Problem, read_body};
use serde_json::{Map, Value};
use tool_runtime::violation::{Violation, Violations, quoted};
use uuid::Uuid;

use super::error::AdminError;
use super::state::AdminApi;
use crate::registry::request::{FormRequest, Limits, QueryFlag, request};

/// The longest body, in bytes.
const LONGEST_BODY: usize = 256 * 1024;

/// A body that is a JSON object.
pub(super) struct JsonBody(pub(super) Map<String, Value>);

impl FromRequest<AdminApi> for JsonBody {
    type Rejection = AdminError;

    async fn from_request(request: axum::extract::Request, admin: &AdminApi) -> Result<Self, AdminError> {
        let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|value| value.split(';').next()).map(str::trim);
        if !media_type.is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json")) {
            let message = "The body must be JSON. Send it with Content-Type: application/json.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).into());
        }
        let body = read_body(request.into_body(), LONGEST_BODY, &mut admin.bodies.open_request())
            .await
            .map_err(Problem::from)?;
        let invalid =
            |reason: &str| Problem::new(StatusCode::BAD_REQUEST, format!("The body is not a JSON object: {reason}."));
        let text = std::str::from_utf8(&body.bytes).map_err(|_| invalid("it is not UTF-8"))?;
        Ok(Self(strict_json::object(text).map_err(|error| invalid(&error.to_string()))?))
    }
}

/// The parameters of a query, not yet read.
pub(super) struct QueryObject(pub(super) Map<String, Value>);

impl<S: Send + Sync> FromRequestParts<S> for QueryObject {
    type Rejection = AdminError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, AdminError> {
        let mut pairs = Map::new();
        let mut repeated = Violations::default();
        for (key, value) in url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            if pairs.insert(key.clone().into_owned(), Value::String(value.into_owned())).is_some() {
                let argument = quoted(&key).trim_matches('"').to_owned();
                repeated.add(Violation { argument, problem: "is given more than once".to_owned(), allowed: None });
            }
        }
        if repeated.is_empty() { Ok(Self(pairs)) } else { Err(repeated.into()) }
    }
}

/// A query that was read as `T`.
pub(super) struct Query<T>(pub(super) T);

impl<S: Send + Sync, T: FormRequest> FromRequestParts<S> for Query<T> {
    type Rejection = AdminError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AdminError> {
        let QueryObject(given) = QueryObject::from_request_parts(parts, state).await?;
        Ok(Self(T::read(given, Limits::NONE)?))
    }
}

request! {
    /// No parameters.
    pub(super) struct NoQuery as "NoQuery" {}
}

request! {
    /// True if the request is a dry run.
    pub(super) struct DryRunQuery as "DryRunQuery" {
        /// If true, the request is checked and nothing is stored. The default is `false`.
        dry_run: Option<QueryFlag>,
    }
}

impl DryRunQuery {
    /// True if the request is a dry run.
    pub(super) fn is_dry_run(&self) -> bool {
        self.dry_run.is_some_and(|flag| flag.0)
    }
}

/// The ID of an object, from the path.
pub(super) struct PathId(pub(super) Uuid);

/// The IDs of an account and of one of its servers, from the path.
pub(super) struct PathIds(pub(super) Uuid, pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for PathId {
    type Rejection = AdminError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AdminError> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(parse_id(&id)?)),
            Err(_) => Err(not_found()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PathIds {
    type Rejection = AdminError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AdminError> {
        match Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(Path((account, server))) => Ok(Self(parse_id(&account)?, parse_id(&server)?)),
            Err(_) => Err(not_found()),
        }
    }
}

/// A text that is not an ID is answered like an ID that does not exist.
fn parse_id(text: &str) -> Result<Uuid, AdminError> {
    Uuid::try_parse(text).map_err(|_| not_found())
}

fn not_found() -> AdminError {
    Problem::new(StatusCode::NOT_FOUND, "There is no object with this ID. IDs are UUIDs.").into()
}
