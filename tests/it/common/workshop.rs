//! A service with a tool for everything that a call can come to, and a prompt and a resource of each kind.

use std::sync::Arc;

use http::HeaderName;
use mcp_server::{
    CallError, Content, EncodedList, Prompt, PromptArgument, PromptEntry, PromptError, PromptMessage, ReadError,
    ReadResult, RequestContext, ResourceBody, ResourceContents, ResourceEntry, Resources, Revision, Role, ServerInfo,
    Service, TemplateEntry, ToolAnnotations, ToolEntry, ToolResult, Unreadable,
};
use serde_json::{Map, Value, json};
use tokio::sync::{Semaphore, mpsc};

/// The longest message it reads.
pub(crate) const LONGEST_MESSAGE: usize = 100_000;

/// How long the text is that the tool `long` has for an answer.
pub(crate) const LONG_TEXT: usize = 20_000_000;

/// What a held call goes through.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    /// It runs.
    Begun(String),
    /// It was let go and has come to its end.
    Ended(String),
    /// It was dropped before that.
    Dropped(String),
}

/// The service under test.
pub(crate) struct Workshop {
    info: ServerInfo,
    tools: EncodedList,
    prompts: EncodedList,
    resources: Resources,
    events: mpsc::UnboundedSender<Event>,
    released: Arc<Semaphore>,
}

/// What a test holds of a workshop that is being served.
pub(crate) struct Door {
    /// What its held calls go through.
    pub(crate) events: mpsc::UnboundedReceiver<Event>,
    /// How many of its held calls may end.
    pub(crate) released: Arc<Semaphore>,
}

fn tool(name: &'static str, title: &'static str, read_only: bool) -> ToolEntry<'static> {
    let schema = json!({ "type": "object", "properties": { "tag": { "type": "string", "description": "Any text." } } });
    let Value::Object(input_schema) = schema else { panic!("an object") };
    ToolEntry {
        name,
        title: Some(title),
        description: Some("For tests."),
        input_schema,
        annotations: ToolAnnotations { read_only, destructive: !read_only, idempotent: true, open_world: true },
    }
}

const SIGN: ResourceEntry<'_> = ResourceEntry {
    uri: "workshop:sign",
    name: "sign",
    title: Some("Sign"),
    description: Some("What is written over the door."),
    mime_type: Some("text/plain"),
};

const PLAN: ResourceEntry<'_> =
    ResourceEntry { uri: "workshop:plan", name: "plan", title: None, description: None, mime_type: None };

const DRAWER: TemplateEntry<'_> = TemplateEntry {
    uri_template: "workshop:drawer/{number}",
    name: "drawer",
    title: Some("Drawer"),
    description: Some("What is in a drawer."),
    mime_type: Some("application/json"),
};

fn prompts() -> [PromptEntry<'static>; 2] {
    let argument = |name, required| PromptArgument { name, description: Some("Any text."), required };
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

impl Workshop {
    /// A workshop, and the door to it.
    pub(crate) fn open() -> (Self, Door) {
        let info = ServerInfo {
            name: "workshop".to_owned(),
            title: "Workshop".to_owned(),
            version: "1.2.3".to_owned(),
            instructions: "Tools that do as they are told.".to_owned(),
            max_message_bytes: LONGEST_MESSAGE,
        };
        let (events, seen) = mpsc::unbounded_channel();
        let released = Arc::new(Semaphore::new(0));
        let workshop = Self {
            tools: EncodedList::tools(&[tool("hold", "Hold", false), tool("echo", "Echo", true)], &info),
            prompts: EncodedList::prompts(&prompts(), &info),
            resources: Resources {
                list: EncodedList::resources(&[SIGN, PLAN], &info),
                templates: EncodedList::templates(&[DRAWER], &info),
            },
            info,
            events,
            released: Arc::clone(&released),
        };
        (workshop, Door { events: seen, released })
    }

    async fn hold(&self, tag: String) {
        let mut held = Held { tag, ended: false, events: self.events.clone() };
        let _ = self.events.send(Event::Begun(held.tag.clone()));
        self.released.acquire().await.unwrap().forget();
        held.ended = true;
    }
}

struct Held {
    tag: String,
    ended: bool,
    events: mpsc::UnboundedSender<Event>,
}

impl Drop for Held {
    fn drop(&mut self) {
        let tag = std::mem::take(&mut self.tag);
        let _ = self.events.send(if self.ended { Event::Ended(tag) } else { Event::Dropped(tag) });
    }
}

impl Service for Workshop {
    fn info(&self) -> &ServerInfo {
        &self.info
    }

    fn tools(&self) -> &EncodedList {
        &self.tools
    }

    fn prompts(&self) -> Option<&EncodedList> {
        Some(&self.prompts)
    }

    fn prompt(&self, name: &str, arguments: Map<String, Value>) -> Result<Prompt, PromptError> {
        let message = |content| PromptMessage { role: Role::User, content };
        let messages = match name {
            "order" => match arguments.get("part").and_then(Value::as_str) {
                Some(part) => vec![message(Content::text(format!("Order a {part}.")))],
                None => {
                    let facts = Some(json!({ "missing": "part" }));
                    return Err(PromptError::Arguments { message: "Which part?".to_owned(), facts });
                }
            },
            "show" => {
                let resource = contents(SIGN.uri, "text/plain", ResourceBody::Text("Open".to_owned()));
                vec![
                    message(Content::Image { data: vec![137, 80, 78, 71], mime_type: "image/png".to_owned() }),
                    message(Content::Resource { resource }),
                    PromptMessage { role: Role::Assistant, content: Content::text("I see.") },
                ]
            }
            "panic" => panic!("as told"),
            _ => return Err(PromptError::Unknown),
        };
        Ok(Prompt { description: None, messages })
    }

    fn resources(&self) -> Option<&Resources> {
        Some(&self.resources)
    }

    async fn read(&self, uri: &str, _context: &RequestContext) -> Result<ReadResult, ReadError> {
        match uri.strip_prefix("workshop:").ok_or_else(ReadError::not_found)? {
            "sign" => Ok(ReadResult::from(contents(uri, "text/plain", ResourceBody::Text("Open".to_owned())))),
            "plan" => Ok(ReadResult::from(contents(uri, "image/png", ResourceBody::Blob(vec![137, 80, 78, 71])))),
            "drawer/1" => {
                let Value::Object(meta) = json!({ "workshop/key": true }) else { panic!("an object") };
                let headers = vec![(HeaderName::from_static("ratelimit-remaining"), 3)];
                let text = ResourceBody::Text("[]".to_owned());
                Ok(ReadResult { meta, headers, ..ReadResult::from(contents(uri, "application/json", text)) })
            }
            "drawer/x" => {
                let message = "A drawer has a number.".to_owned();
                Err(ReadError { reason: Unreadable::Invalid, message, ..ReadError::not_found() })
            }
            "drawer/2" => Err(ReadError {
                reason: Unreadable::Failed,
                message: "It is stuck.".to_owned(),
                facts: Box::new(Map::from_iter([("stuck".to_owned(), json!(true))])),
                headers: vec![(HeaderName::from_static("ratelimit-reset"), 9)],
            }),
            "drawer/hold" => {
                self.hold("drawer".to_owned()).await;
                Ok(ReadResult::from(contents(uri, "text/plain", ResourceBody::Text("held".to_owned()))))
            }
            "drawer/panic" => panic!("as told"),
            _ => Err(ReadError::not_found()),
        }
    }

    async fn call(
        &self,
        name: &str,
        mut arguments: Map<String, Value>,
        context: &RequestContext,
    ) -> Result<ToolResult, CallError> {
        match name {
            "echo" => Ok(ToolResult::from_text(Value::Object(arguments).to_string())),
            "hold" => {
                let tag = arguments.remove("tag").as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
                self.hold(tag.clone()).await;
                Ok(ToolResult::from_text(tag))
            }
            "long" => Ok(ToolResult::from_text("x".repeat(LONG_TEXT))),
            "fail" => Ok(ToolResult { is_error: true, ..ToolResult::from_text("It did not work.") }),
            "facts" => {
                let Value::Object(meta) = json!({ "workshop/ratelimit": { "remaining": 3 } }) else {
                    panic!("an object")
                };
                let blocks = ["one", "two"].map(Content::text).into();
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
            "panic" => panic!("as told"),
            _ => Err(CallError::UnknownTool),
        }
    }
}
