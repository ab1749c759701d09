//! The stand-in as an HTTP server: which operation a request means, whether it may, and the reply's form.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock};
use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::response::{IntoResponse, Response};
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::request::Parts as Head;
use http::{HeaderMap, StatusCode};
use percent_encoding::percent_decode_str;
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use super::behaviour::Behaviour;
use super::change::{self, Attached, Call};
use super::clock::Clock;
use super::definition::{Definition, Format, Operation};
use super::failure::Failure;
use super::listing;
use super::rate::Budget;
use super::request::{self, Parts};
use super::scope::Scope;
use super::template::Template;
use super::world::{Record, World};

/// The records, made when the first request comes: it takes longer than all else that a start does, and a client that
/// only lists tools needs none.
type Seeded = LazyLock<RwLock<World>, Box<dyn FnOnce() -> RwLock<World> + Send>>;

/// Everything a request needs.
pub(super) struct Engine {
    pub(super) definition: Arc<Definition>,
    pub(super) world: Seeded,
    pub(super) budget: Mutex<Budget>,
    pub(super) clock: Clock,
    pub(super) key: SecretString,
    /// Resources that are not kept shut.
    pub(super) granted: HashSet<String>,
}

/// What a call answers.
enum Body {
    Json(Value),
    Text(String),
}

/// Answers one request.
pub(super) async fn handle(State(engine): State<Arc<Engine>>, request: Request) -> Response {
    let limits = &engine.definition.data.limits;
    if request.uri().to_string().len() > limits.url_bytes {
        return engine.refusal(&engine.failure(414, &engine.definition.data.errors.long_url));
    }
    let Some((operation, path)) = engine.operation(request.method().as_str(), request.uri().path()) else {
        let mut response = engine.refusal(&engine.failure(404, &engine.definition.data.errors.unknown_path));
        engine.say_rate(response.headers_mut(), None);
        return response;
    };
    let behaviour = engine.behaviour(operation);
    let open = matches!(behaviour, Some(Behaviour::Say(say)) if say.open);
    if open {
        return engine
            .answer(operation, behaviour, Parts::default(), &[])
            .unwrap_or_else(|failure| engine.refusal(&failure));
    }
    let mut retry_after = None;
    let mut response = match engine.admit(operation, request.headers(), &mut retry_after) {
        Err(failure) => engine.refusal(&failure),
        Ok(()) => match engine.take_apart(operation, path, request).await {
            Err(failure) => engine.refusal(&failure),
            Ok((parts, files)) => {
                engine.answer(operation, behaviour, parts, &files).unwrap_or_else(|failure| engine.refusal(&failure))
            }
        },
    };
    engine.say_rate(response.headers_mut(), retry_after);
    response
}

impl Engine {
    fn operation(&self, method: &str, path: &str) -> Option<(&Operation, Vec<(String, String)>)> {
        let path = path.strip_prefix(self.definition.data.base.as_str())?;
        self.definition
            .operations
            .iter()
            .filter(|operation| operation.method == method)
            .find_map(|operation| matched(&operation.path, path).map(|variables| (operation, variables)))
    }

    fn behaviour(&self, operation: &Operation) -> Option<&Behaviour> {
        let operations = &self.definition.data.operations;
        match operations.get(&operation.key()) {
            Some(Behaviour::SameAs(same)) => operations.get(&same.operation),
            other => other,
        }
    }

    /// Whether the request has a key, a budget, and access.
    fn admit(&self, operation: &Operation, headers: &HeaderMap, retry_after: &mut Option<u64>) -> Result<(), Failure> {
        let errors = &self.definition.data.errors;
        let auth = &self.definition.auth;
        let given = headers.get(auth.header.as_str()).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if given.strip_prefix(auth.prefix.as_str()) != Some(self.key.expose_secret()) {
            return Err(self.failure(401, &errors.unauthorized));
        }
        let taken = self.budget().take(operation.cost, Instant::now());
        if let Err(seconds) = taken {
            *retry_after = Some(seconds);
            return Err(self.failure(429, &errors.rate_limited));
        }
        if operation.gated && !self.granted.contains(&operation.resource) {
            return Err(self.failure(403, &errors.gated));
        }
        Ok(())
    }

    async fn take_apart(
        &self,
        operation: &Operation,
        path: Vec<(String, String)>,
        request: Request,
    ) -> Result<(Parts, Vec<Attached>), Failure> {
        let query = request.uri().query().unwrap_or_default();
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let mut parts = Parts { path, query, ..Parts::default() };
        let mut files = Vec::new();
        let (head, body) = request.into_parts();
        if let Some(names) = &operation.multipart {
            if !is_form(&head) {
                return Err(self.bad_request("The body must be multipart/form-data"));
            }
            let form = Multipart::from_request(Request::from_parts(head, body), &()).await;
            let mut form = form.map_err(|error| self.bad_body(error.status()))?;
            while let Some(field) = form.next_field().await.map_err(|error| self.bad_body(error.status()))? {
                let name = field.name().unwrap_or_default().to_owned();
                if name == names.one && !files.is_empty() {
                    return Err(self.bad_request(&format!("Several files go as '{}'", names.many)));
                }
                if name == names.one || name == names.many {
                    files.push(self.attached(field).await?);
                } else {
                    parts.form.push((name, field.text().await.map_err(|error| self.bad_body(error.status()))?));
                }
            }
            if files.is_empty() {
                return Err(self.bad_request(&format!("'{}' or '{}' is missing", names.one, names.many)));
            }
        } else {
            let body = Bytes::from_request(Request::from_parts(head, body), &()).await;
            parts.body = body.map_err(|error| self.bad_body(error.into_response().status()))?.to_vec();
        }
        Ok((parts, files))
    }

    /// What is kept of a file. Its bytes are counted and let go.
    async fn attached(&self, mut field: axum::extract::multipart::Field<'_>) -> Result<Attached, Failure> {
        let name = field.file_name().unwrap_or("file").to_owned();
        let content_type = field.content_type().unwrap_or("application/octet-stream").to_owned();
        let mut size = 0;
        while let Some(chunk) = field.chunk().await.map_err(|error| self.bad_body(error.status()))? {
            size += chunk.len();
        }
        Ok(Attached { name, content_type, size })
    }

    fn answer(
        &self,
        operation: &Operation,
        behaviour: Option<&Behaviour>,
        parts: Parts,
        files: &[Attached],
    ) -> Result<Response, Failure> {
        let arguments = request::read(operation, &parts).map_err(|problem| self.bad_request(&problem))?;
        drop(parts);
        let body = match behaviour {
            Some(behaviour) => self.act(operation, behaviour, &arguments, files)?,
            None => {
                tracing::warn!(tool = operation.tool, "the stand-in does not play this tool yet");
                return Err(self.failure(404, &self.definition.data.errors.unknown_path));
            }
        };
        Ok(match (body, operation.reply.format) {
            (Body::Text(text), _) => text.into_response(),
            (Body::Json(json), Format::Json) => json_response(StatusCode::OK, &json),
            (Body::Json(json), Format::Text) => json.to_string().into_response(),
        })
    }

    fn act(
        &self,
        operation: &Operation,
        behaviour: &Behaviour,
        arguments: &Record,
        files: &[Attached],
    ) -> Result<Body, Failure> {
        let call = Call { definition: &self.definition, operation, arguments, files, now: self.clock.now() };
        let read = || self.world.read().unwrap_or_else(PoisonError::into_inner);
        let write = || self.world.write().unwrap_or_else(PoisonError::into_inner);
        match behaviour {
            Behaviour::Say(say) => return Ok(Body::Text(say.text.clone())),
            Behaviour::List(list) => listing::list(operation, list, &call.scope(&read())),
            Behaviour::Get(get) => {
                let world = read();
                let scope = call.scope(&world);
                let index = change::find(&get.collection, &get.by, get.missing.as_ref(), &scope)?;
                let view = world.collection(&get.collection).and_then(|collection| collection.views.get(&get.view));
                let record = world.records(&get.collection).get(index);
                Ok(match (view, record) {
                    (Some(view), Some(record)) => view.show(&scope.at(&get.collection, record)),
                    _ => Value::Null,
                })
            }
            Behaviour::Create(change) => call.create(&mut write(), change),
            Behaviour::Update(change) => call.update(&mut write(), change),
            Behaviour::Delete(change) => call.delete(&mut write(), change),
            Behaviour::SameAs(_) => Err(self.failure(404, &self.definition.data.errors.unknown_path)),
        }
        .map(Body::Json)
    }

    fn budget(&self) -> std::sync::MutexGuard<'_, Budget> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say_rate(&self, headers: &mut HeaderMap, retry_after: Option<u64>) {
        let rate = &self.definition.data.rate;
        let (calls, left) = {
            let budget = self.budget();
            (u64::from(budget.calls()), u64::from(budget.left(Instant::now())))
        };
        let limit = rate.limit.iter().map(|name| (name, calls));
        let remaining = rate.remaining.iter().map(|name| (name, left));
        let retry_after =
            retry_after.into_iter().flat_map(|seconds| rate.retry_after.iter().map(move |name| (name, seconds)));
        for (name, value) in limit.chain(remaining).chain(retry_after) {
            if let Ok(name) = name.parse::<HeaderName>() {
                headers.insert(name, HeaderValue::from(value));
            }
        }
    }

    fn bad_body(&self, status: StatusCode) -> Failure {
        if status == StatusCode::PAYLOAD_TOO_LARGE {
            self.failure(413, &self.definition.data.errors.too_large)
        } else {
            self.bad_request("The body cannot be read")
        }
    }

    fn failure(&self, status: u16, message: &Template) -> Failure {
        let world = self.world.read().unwrap_or_else(PoisonError::into_inner);
        Failure::new(status, message, &Scope::new(&world, self.clock.now()))
    }

    fn bad_request(&self, problem: &str) -> Failure {
        let world = self.world.read().unwrap_or_else(PoisonError::into_inner);
        Failure::bad_request(&self.definition.data.errors, problem, &Scope::new(&world, self.clock.now()))
    }

    fn refusal(&self, failure: &Failure) -> Response {
        let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let said = Record::from_iter([
            ("status".to_owned(), json!(status.as_u16())),
            ("reason".to_owned(), json!(status.canonical_reason())),
            ("message".to_owned(), json!(failure.message)),
        ]);
        let world = self.world.read().unwrap_or_else(PoisonError::into_inner);
        let scope = Scope::new(&world, self.clock.now()).request(&said);
        json_response(status, &self.definition.data.errors.body.fill(&scope))
    }
}

fn json_response(status: StatusCode, body: &Value) -> Response {
    (status, [(CONTENT_TYPE, "application/json")], body.to_string()).into_response()
}

fn is_form(head: &Head) -> bool {
    let value = head.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.is_some_and(|value| value.starts_with("multipart/form-data"))
}

/// The variables of a path template, if `path` fits it.
fn matched(template: &str, path: &str) -> Option<Vec<(String, String)>> {
    let (mut wanted, mut given) = (template.split('/'), path.split('/'));
    let mut variables = Vec::new();
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(variables),
            (Some(wanted), Some(given)) => match wanted.strip_prefix('{').and_then(|wanted| wanted.strip_suffix('}')) {
                Some(name) => {
                    let text = percent_decode_str(given).decode_utf8().ok()?;
                    variables.push((name.to_owned(), text.into_owned()));
                }
                None if wanted == given => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::matched;

    #[test]
    fn a_path_fits_its_template_segment_by_segment() {
        assert_eq!(matched("/a/list/", "/a/list/"), Some(Vec::new()));
        assert_eq!(matched("/a/list/", "/a/list"), None);
        assert_eq!(matched("/a/{id}", "/a/x%2Fy"), Some(vec![("id".to_owned(), "x/y".to_owned())]));
        assert_eq!(matched("/a/{id}", "/a/x/y"), None);
    }
}
