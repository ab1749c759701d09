//! A service for tests, with a tool for every way in which a call can end, and prompts and resources of each kind.

use std::sync::Arc;

use http::HeaderName;
use mcp_server::{
    Answer, CallError, Content, EncodedList, FilledPrompt, Icon, InputRequired, MessageRole, Operation,
    PromptArgumentEntry, PromptEntry, PromptError, PromptMessage, Question, ReadError, ReadResult, RequestContext,
    ResourceBody, ResourceContents, ResourceEntry, Resources, Revision, ServerInfo, Service, TemplateEntry,
    ToolAnnotations, ToolEntry, ToolResult, Unreadable,
};
use serde_json::{Map, Value, json};
use tokio::sync::{Semaphore, mpsc};

/// The maximum length of a message, in bytes.
pub(crate) const LONGEST_MESSAGE: usize = 100_000;

/// The length of the text that the tool `long` returns.
pub(crate) const LONG_TEXT: usize = 20_000_000;

/// An event in the life of a held call.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// The call runs.
    Started(String),
    /// The call was released and has finished.
    Finished(String),
    /// The call was dropped before that.
    Dropped(String),
}

/// The service.
pub(crate) struct FixtureService {
    info: ServerInfo,
    tools: EncodedList,
    prompts: EncodedList,
    resources: Resources,
    events: mpsc::UnboundedSender<Event>,
    released: Arc<Semaphore>,
}

/// A test's handle on a [`FixtureService`] that is being served.
pub(crate) struct FixtureHandle {
    /// The events of held calls.
    pub(crate) events: mpsc::UnboundedReceiver<Event>,
    /// A permit for each held call that may finish.
    pub(crate) released: Arc<Semaphore>,
}

fn tool(name: &'static str, title: &'static str, read_only: bool) -> ToolEntry<'static> {
    let schema = json!({ "type": "object", "properties": { "tag": { "type": "string", "description": "Any text." } } });
    let Value::Object(input_schema) = schema else { panic!("an object") };
    ToolEntry {
        name,
        title: Some(title),
        description: Some("For tests.".into()),
        input_schema,
        annotations: ToolAnnotations { read_only, destructive: !read_only, idempotent: true, open_world: true },
        meta: Map::new(),
    }
}

const TEXT_RESOURCE: ResourceEntry<'_> = ResourceEntry {
    uri: "fixture:text",
    name: "text",
    title: Some("Text"),
    description: Some("A resource of text."),
    mime_type: Some("text/plain"),
};

const IMAGE_RESOURCE: ResourceEntry<'_> =
    ResourceEntry { uri: "fixture:image", name: "image", title: None, description: None, mime_type: None };

const RECORD_TEMPLATE: TemplateEntry<'_> = TemplateEntry {
    uri_template: "fixture:record/{id}",
    name: "record",
    title: Some("Record"),
    description: Some("A record by its ID."),
    mime_type: Some("application/json"),
};

fn prompts() -> [PromptEntry<'static>; 2] {
    let argument = |name, required| PromptArgumentEntry { name, description: Some("Any text."), required };
    [
        PromptEntry {
            name: "order",
            title: Some("Order a part"),
            description: Some("For tests."),
            arguments: vec![argument("part", true), argument("colour", false)],
        },
        PromptEntry { name: "show", title: None, description: None, arguments: Vec::new() },
    ]
}

fn contents(uri: &str, mime_type: &str, body: ResourceBody) -> ResourceContents {
    ResourceContents { uri: uri.to_owned(), mime_type: Some(mime_type.to_owned()), body }
}

impl FixtureService {
    /// The service, and the handle on it.
    pub(crate) fn new() -> (Self, FixtureHandle) {
        let info = ServerInfo {
            name: "fixture".to_owned(),
            title: "Fixture".to_owned(),
            version: "1.2.3".to_owned(),
            icons: vec![Icon { src: "data:image/png;base64,AAAA".to_owned(), mime_type: "image/png", sizes: ["any"] }],
            instructions: "Tools for tests.".to_owned(),
            max_message_bytes: LONGEST_MESSAGE,
            max_result_bytes: LONG_TEXT,
        };
        let (events, received) = mpsc::unbounded_channel();
        let released = Arc::new(Semaphore::new(0));
        let service = Self {
            tools: EncodedList::tools(&[tool("hold", "Hold", false), tool("echo", "Echo", true)], &info),
            prompts: EncodedList::prompts(&prompts(), &info),
            resources: Resources {
                list: EncodedList::resources(&[TEXT_RESOURCE, IMAGE_RESOURCE], &info),
                templates: EncodedList::templates(&[RECORD_TEMPLATE], &info),
            },
            info,
            events,
            released: Arc::clone(&released),
        };
        (service, FixtureHandle { events: received, released })
    }

    async fn hold(&self, tag: String) {
        let mut held = HeldCall { tag, finished: false, events: self.events.clone() };
        let _ = self.events.send(Event::Started(held.tag.clone()));
        self.released.acquire().await.unwrap().forget();
        held.finished = true;
    }
}

/// Asks for a name, and returns what came of it.
fn ask(arguments: &Map<String, Value>, context: &RequestContext) -> Result<ToolResult, CallError> {
    if !context.can_ask() {
        return Ok(ToolResult::from_text("cannot ask"));
    }
    let tag = arguments.get("tag").and_then(Value::as_str).unwrap_or_default();
    if context.input.state.as_ref().is_some_and(|state| *state != format!("state of {tag}")) {
        return Err(CallError::InvalidInput("The state is another one".to_owned()));
    }
    Ok(ToolResult::from_text(match context.input.answer("name") {
        Some(Answer::Accepted(form)) => {
            format!("accepted by {} for {tag}", form.get("name").and_then(Value::as_str).unwrap_or_default())
        }
        Some(Answer::Declined) => "declined".to_owned(),
        Some(Answer::Cancelled) => "cancelled".to_owned(),
        None => {
            let schema = json!({ "type": "object", "properties": { "name": { "type": "string" } } });
            let question = Question { message: "Your name?".to_owned(), schema };
            let state = Some(format!("state of {tag}"));
            return Err(CallError::InputRequired(Box::new(InputRequired {
                questions: vec![("name", question)],
                state,
            })));
        }
    }))
}

/// The guard of a held call, which sends the event of its end.
struct HeldCall {
    tag: String,
    finished: bool,
    events: mpsc::UnboundedSender<Event>,
}

impl Drop for HeldCall {
    fn drop(&mut self) {
        let tag = std::mem::take(&mut self.tag);
        let _ = self.events.send(if self.finished { Event::Finished(tag) } else { Event::Dropped(tag) });
    }
}

impl Service for FixtureService {
    fn info(&self) -> &ServerInfo {
        &self.info
    }

    fn tools(&self) -> &EncodedList {
        &self.tools
    }

    fn prompts(&self) -> Option<&EncodedList> {
        Some(&self.prompts)
    }

    fn prompt(&self, name: &str, arguments: Map<String, Value>) -> Result<FilledPrompt, PromptError> {
        let message = |content| PromptMessage { role: MessageRole::User, content };
        let messages = match name {
            "order" => match arguments.get("part").and_then(Value::as_str) {
                Some(part) => vec![message(Content::from_text(format!("Order a {part}.")))],
                None => {
                    let facts = Some(json!({ "missing": "part" }));
                    return Err(PromptError::Arguments { message: "Which part?".to_owned(), facts });
                }
            },
            "show" => {
                let resource = contents(TEXT_RESOURCE.uri, "text/plain", ResourceBody::Text("Open".to_owned()));
                vec![
                    message(Content::Image { data: vec![137, 80, 78, 71], mime_type: "image/png".to_owned() }),
                    message(Content::Resource { resource }),
                    PromptMessage { role: MessageRole::Assistant, content: Content::from_text("An image.") },
                ]
            }
            "panic" => panic!("requested by the test"),
            _ => return Err(PromptError::Unknown),
        };
        Ok(FilledPrompt { description: None, messages })
    }

    fn resources(&self) -> Option<&Resources> {
        Some(&self.resources)
    }

    async fn read_resource(&self, uri: &str, _context: &RequestContext) -> Result<ReadResult, ReadError> {
        match uri.strip_prefix("fixture:").ok_or_else(ReadError::not_found)? {
            "text" => Ok(ReadResult::from(contents(uri, "text/plain", ResourceBody::Text("Open".to_owned())))),
            "image" => Ok(ReadResult::from(contents(uri, "image/png", ResourceBody::Blob(vec![137, 80, 78, 71])))),
            "record/1" => {
                let Value::Object(meta) = json!({ "fixture/key": true }) else { panic!("an object") };
                let headers = vec![(HeaderName::from_static("ratelimit-remaining"), 3)];
                let text = ResourceBody::Text("[]".to_owned());
                Ok(ReadResult { meta, headers, ..ReadResult::from(contents(uri, "application/json", text)) })
            }
            "record/x" => {
                let message = "A record ID is a number.".to_owned();
                Err(ReadError { reason: Unreadable::Invalid, message, ..ReadError::not_found() })
            }
            "record/2" => Err(ReadError {
                reason: Unreadable::Failed,
                message: "The record is locked.".to_owned(),
                facts: Box::new(Map::from_iter([("locked".to_owned(), json!(true))])),
                headers: vec![(HeaderName::from_static("ratelimit-reset"), 9)],
            }),
            "record/hold" => {
                self.hold("record".to_owned()).await;
                Ok(ReadResult::from(contents(uri, "text/plain", ResourceBody::Text("held".to_owned()))))
            }
            "record/panic" => panic!("requested by the test"),
            _ => Err(ReadError::not_found()),
        }
    }

    fn observe(&self, operation: &Operation) {
        desk365_mcp::metrics::record_operation(operation);
    }

    async fn call(
        &self,
        name: &str,
        mut arguments: Map<String, Value>,
        context: &RequestContext,
    ) -> Result<ToolResult, CallError> {
        match name {
            "ask" => ask(&arguments, context),
            "echo" => Ok(ToolResult::from_text(Value::Object(arguments).to_string())),
            "hold" => {
                let tag = arguments.remove("tag").as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
                self.hold(tag.clone()).await;
                Ok(ToolResult::from_text(tag))
            }
            "long" => Ok(ToolResult::from_text("x".repeat(LONG_TEXT))),
            "long_report" => {
                context.progress.iter().for_each(|progress| progress.report(1, None, None));
                tokio::task::yield_now().await;
                Ok(ToolResult::from_text("x".repeat(LONG_TEXT)))
            }
            "fail" => Ok(ToolResult { is_error: true, ..ToolResult::from_text("It failed.") }),
            "facts" => {
                let Value::Object(meta) = json!({ "fixture/ratelimit": { "remaining": 3 } }) else {
                    panic!("an object")
                };
                let blocks = ["one", "two"].map(Content::from_text).into();
                let headers = vec![(HeaderName::from_static("ratelimit-remaining"), 3)];
                Ok(ToolResult { content: blocks, meta, headers, ..ToolResult::from_text("") })
            }
            "report" => {
                let steps = [(1, Some(2), None), (2, Some(2), Some("done"))];
                for (done, total, message) in steps {
                    context.progress.iter().for_each(|progress| progress.report(done, total, message));
                    tokio::task::yield_now().await;
                }
                self.hold("report".to_owned()).await;
                Ok(ToolResult::from_text("reported"))
            }
            "report_and_end" => {
                for done in [1, 2] {
                    context.progress.iter().for_each(|progress| progress.report(done, Some(2), None));
                }
                Ok(ToolResult::from_text("reported"))
            }
            "asked_by" => {
                let RequestContext { revision, client, request_id, .. } = context;
                let revision = revision.map(Revision::name);
                Ok(ToolResult::from_text(format!("{revision:?} {client:?} {request_id:?}")))
            }
            "sample" if !context.capabilities.contains_key("sampling") => Err(CallError::MissingCapability("sampling")),
            "sample" => Ok(ToolResult::from_text("sampled")),
            "panic" => panic!("requested by the test"),
            _ => Err(CallError::UnknownTool),
        }
    }
}
