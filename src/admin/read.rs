//! Reading requests: bodies, queries and identifiers, all refused alike if they are not what they should be.

use axum::extract::{FromRequest, FromRequestParts, Path, Request};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use http::request::Parts;
use mcp_server::http::{Problem, read_body};
use serde_json::{Map, Value};
use tool_runtime::violation::{Violation, quoted};
use uuid::Uuid;

use super::answer::Refused;
use crate::registry::{Form, Refusal};

/// The longest body; nobody has that much to say.
const LONGEST_BODY: usize = 256 * 1024;

/// A body that is a JSON object.
pub(super) struct Object(pub(super) Map<String, Value>);

impl<S: Send + Sync> FromRequest<S> for Object {
    type Rejection = Refused;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Refused> {
        let media_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|value| value.split(';').next()).map(str::trim);
        if !media_type.is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json")) {
            let message = "The body must be JSON: send it with Content-Type: application/json.";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message).into());
        }
        let body = read_body(request.into_body(), LONGEST_BODY).await.map_err(Problem::from)?;
        let bad =
            |problem: &str| Problem::new(StatusCode::BAD_REQUEST, format!("The body is no JSON object: {problem}."));
        let text = std::str::from_utf8(&body).map_err(|_| bad("it is not UTF-8"))?;
        Ok(Self(strict_json::object(text).map_err(|error| bad(&error.to_string()))?))
    }
}

/// The pairs of a query.
pub(super) struct Query(pub(super) Map<String, Value>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Refused> {
        let mut pairs = Map::new();
        let mut twice = Vec::new();
        for (key, value) in url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes()) {
            if pairs.insert(key.clone().into_owned(), Value::String(value.into_owned())).is_some() {
                let shown = quoted(&key);
                let argument = shown.trim_matches('"').to_owned();
                twice.push(Violation { argument, problem: "is given twice".to_owned(), allowed: None });
            }
        }
        if twice.is_empty() { Ok(Self(pairs)) } else { Err(Refusal::Invalid(twice).into()) }
    }
}

/// Whether a request is only to be tried.
pub(super) fn is_dry_run(query: Query) -> Result<bool, Refused> {
    let mut form = Form::new(query.0);
    let dry_run = form.flag("dry_run");
    form.finish()?;
    Ok(dry_run)
}

/// For requests whose query says nothing.
pub(super) struct NoQuery;

impl<S: Send + Sync> FromRequestParts<S> for NoQuery {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let query = Query::from_request_parts(parts, state).await?;
        Form::new(query.0).finish()?;
        Ok(Self)
    }
}

/// The identifier of one thing in the path.
pub(super) struct Id(pub(super) Uuid);

/// The identifiers of an account and of one of its servers in the path.
pub(super) struct Ids(pub(super) Uuid, pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(id)) => Ok(Self(identifier(&id)?)),
            Err(_) => Err(nothing_there()),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Ids {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        match Path::<(String, String)>::from_request_parts(parts, state).await {
            Ok(Path((account, server))) => Ok(Self(identifier(&account)?, identifier(&server)?)),
            Err(_) => Err(nothing_there()),
        }
    }
}

/// What is no identifier names nothing.
fn identifier(text: &str) -> Result<Uuid, Refused> {
    Uuid::try_parse(text).map_err(|_| nothing_there())
}

fn nothing_there() -> Refused {
    Problem::new(StatusCode::NOT_FOUND, "There is nothing with this identifier: identifiers are UUIDs.").into()
}
