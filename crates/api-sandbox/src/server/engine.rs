//! The sandbox as an HTTP server: which operation a request means, whether it is allowed, and the reply.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use jiff::Zoned;
use jiff::civil::DateTime;
use minijinja::{Value, context};
use secrecy::{ExposeSecret, SecretString};

use super::arguments::{self, Parts};
use super::body;
use super::change::{Attachment, Call};
use super::failure::Failure;
use super::rate::Budget;
use super::world::World;
use super::{listing, route, seed};
use crate::definition::Definition;
use crate::definition::data::{Behaviour, Errors};
use crate::definition::operation::Operation;

/// Everything that a request needs.
pub(super) struct Engine {
    pub(super) definition: Arc<Definition>,
    /// Seeded by the first request that needs records: that takes longer than the rest of a start, and a client that
    /// only lists tools needs none.
    pub(super) world: Mutex<Option<Arc<World>>>,
    pub(super) budget: Mutex<Budget>,
    /// A fixed current time; the system clock if absent.
    pub(super) now: Option<DateTime>,
    pub(super) key: SecretString,
    pub(super) granted: HashSet<String>,
}

/// The body of a successful reply.
enum Body {
    Json(Value),
    Text(String),
}

/// Replies to one request.
pub(super) async fn handle(State(engine): State<Arc<Engine>>, request: Request) -> Response {
    let errors = engine.errors();
    if request.uri().to_string().len() > engine.definition.data.limits.url_bytes {
        return engine.refusal(&Failure::new(414, &errors.long_url, ()));
    }
    let found = route::operation(&engine.definition, request.method().as_str(), request.uri().path());
    let Some((operation, variables)) = found else {
        let mut response = engine.refusal(&Failure::new(404, &errors.unknown_path, ()));
        engine.add_rate_headers(response.headers_mut(), None);
        return response;
    };
    if let Some(Behaviour::Say(say)) = engine.definition.data.operations.get(&operation.key())
        && say.open
    {
        return say.text.clone().into_response();
    }
    let mut retry_after = None;
    let reply = match engine.admit(operation, request.headers(), &mut retry_after) {
        Err(failure) => Err(failure),
        Ok(()) => match body::read_request(operation, variables, request, errors).await {
            Err(failure) => Err(failure),
            Ok((parts, files)) => engine.reply(operation, &parts, &files),
        },
    };
    let mut response = match reply {
        Ok(Body::Text(text)) => text.into_response(),
        Ok(Body::Json(json)) => json_response(StatusCode::OK, &json),
        Err(failure) => engine.refusal(&failure),
    };
    engine.add_rate_headers(response.headers_mut(), retry_after);
    response
}

impl Engine {
    fn errors(&self) -> &Errors {
        &self.definition.data.errors
    }

    /// Refuses a request without the key, without budget, or for a resource that is not granted.
    fn admit(&self, operation: &Operation, headers: &HeaderMap, retry_after: &mut Option<u64>) -> Result<(), Failure> {
        let auth = &self.definition.auth;
        let given = headers.get(auth.header.as_str()).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if given.strip_prefix(auth.prefix.as_str()) != Some(self.key.expose_secret()) {
            return Err(Failure::new(401, &self.errors().unauthorized, ()));
        }
        if let Err(seconds) = self.budget().take(operation.cost, Instant::now()) {
            *retry_after = Some(seconds);
            return Err(Failure::new(429, &self.errors().rate_limited, ()));
        }
        if operation.gated && !self.granted.contains(&operation.resource) {
            return Err(Failure::new(403, &self.errors().gated, ()));
        }
        Ok(())
    }

    fn reply(&self, operation: &Operation, parts: &Parts, files: &[Attachment]) -> Result<Body, Failure> {
        let read = arguments::read_arguments(operation, parts);
        let arguments = &read.map_err(|problem| Failure::bad_request(self.errors(), &problem))?;
        let now = self.now.unwrap_or_else(|| Zoned::now().datetime());
        let call = Call { data: &self.definition.data, operation, arguments, files, now };
        match self.definition.data.operations.get(&operation.key()) {
            Some(Behaviour::Say(say)) => return Ok(Body::Text(say.text.clone())),
            Some(Behaviour::List(list)) => listing::list(operation, list, arguments, &call.scope(&self.world(now)?)),
            Some(Behaviour::Get(method)) => call.get(&self.world(now)?, method),
            Some(Behaviour::Create(method)) => self.change(now, |world| call.create(world, method)),
            Some(Behaviour::Update(method)) => self.change(now, |world| call.update(world, method)),
            Some(Behaviour::Delete(method)) => self.change(now, |world| call.delete(world, method)),
            None => {
                tracing::warn!(tool = operation.tool, "the sandbox does not imitate this tool yet");
                Err(Failure::new(404, &self.errors().unknown_path, ()))
            }
        }
        .map(Body::Json)
    }

    /// The world as it is now.
    fn world(&self, now: DateTime) -> Result<Arc<World>, Failure> {
        self.seeded(&mut self.world.lock().unwrap_or_else(PoisonError::into_inner), now)
    }

    /// Changes the world, one change at a time. A change that fails leaves it as it was.
    fn change(
        &self,
        now: DateTime,
        change: impl FnOnce(&mut Arc<World>) -> Result<Value, Failure>,
    ) -> Result<Value, Failure> {
        let mut current = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let mut world = self.seeded(&mut current, now)?;
        let reply = change(&mut world)?;
        *current = Some(world);
        Ok(reply)
    }

    fn seeded(&self, current: &mut Option<Arc<World>>, now: DateTime) -> Result<Arc<World>, Failure> {
        if let Some(world) = current {
            return Ok(Arc::clone(world));
        }
        let world = seed::world(&self.definition, now)?;
        *current = Some(Arc::clone(&world));
        Ok(world)
    }

    fn budget(&self) -> MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add_rate_headers(&self, headers: &mut HeaderMap, retry_after: Option<u64>) {
        let rate = &self.definition.data.rate;
        let (calls, left) = {
            let budget = self.budget();
            (u64::from(budget.calls()), u64::from(budget.left(Instant::now())))
        };
        for (names, value) in
            [(&rate.limit, Some(calls)), (&rate.remaining, Some(left)), (&rate.retry_after, retry_after)]
        {
            for name in names.iter().filter_map(|name| name.parse::<HeaderName>().ok()) {
                headers.extend(value.map(|value| (name, HeaderValue::from(value))));
            }
        }
    }

    fn refusal(&self, failure: &Failure) -> Response {
        if failure.status >= 500 {
            tracing::error!(
                status = failure.status,
                message = failure.message,
                "the sandbox failed to reply to a request"
            );
        }
        let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let reason = status.canonical_reason();
        let body = self.errors().body.fill(context! { status => status.as_u16(), reason, message => &failure.message });
        match body {
            Ok(body) => json_response(status, &body),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        }
    }
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    let json = serde_json::to_string(body).expect("values come from JSON and from code whose objects have text keys");
    (status, [(CONTENT_TYPE, "application/json")], json).into_response()
}
