//! A service with a tool for everything that a call can come to.

use std::sync::Arc;

use desk365_mcp::mcp::{CallError, CallResult, Content, Context, Revision, ServerInfo, Service, ToolList};
use http::HeaderName;
use serde_json::{Map, Value, json};
use tokio::sync::{Semaphore, mpsc};
use tool_runtime::request::Method;
use tool_runtime::tool::{Class, Hints, ReplyFormat, ToolDef};

/// The longest message it reads.
pub(crate) const LONGEST_MESSAGE: usize = 100_000;

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
    tools: ToolList,
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

const fn tool(name: &'static str, title: &'static str, read_only: bool) -> ToolDef {
    ToolDef {
        name,
        title,
        description: "For tests.",
        class: Class::Custom,
        tags: &[],
        hints: Hints { read_only, destructive: !read_only, idempotent: true },
        input_schema: r#"{"type":"object","properties":{"tag":{"type":"string","description":"Any text."}}}"#,
        arguments: &["tag"],
        example: "{}",
        files: None,
        method: Method::Get,
        path: "/",
        reply: ReplyFormat::Text,
        rows: None,
        cost: 1,
        gated: None,
        inferred: false,
        source: "spec/workshop.yaml:1",
    }
}

const ECHO: ToolDef = tool("echo", "Echo", true);
const HOLD: ToolDef = tool("hold", "Hold", false);

impl Workshop {
    /// A workshop, and the door to it.
    pub(crate) fn open() -> (Self, Door) {
        let info = ServerInfo {
            name: "workshop".to_owned(),
            title: "Workshop".to_owned(),
            version: "1.2.3".to_owned(),
            instructions: "Tools that do as they are told.".to_owned(),
            longest_message: LONGEST_MESSAGE,
        };
        let (events, seen) = mpsc::unbounded_channel();
        let released = Arc::new(Semaphore::new(0));
        let list = ToolList::of(&[&HOLD, &ECHO], false, &info).unwrap();
        (Self { info, tools: list, events, released: Arc::clone(&released) }, Door { events: seen, released })
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

    fn tools(&self) -> &ToolList {
        &self.tools
    }

    async fn call(
        &self,
        name: &str,
        mut arguments: Map<String, Value>,
        context: &Context,
    ) -> Result<CallResult, CallError> {
        match name {
            "echo" => Ok(CallResult::text(Value::Object(arguments).to_string())),
            "hold" => {
                let tag = arguments.remove("tag").as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
                self.hold(tag.clone()).await;
                Ok(CallResult::text(tag))
            }
            "fail" => Ok(CallResult { is_error: true, ..CallResult::text("It did not work.") }),
            "facts" => {
                let Value::Object(meta) = json!({ "workshop/ratelimit": { "remaining": 3 } }) else {
                    panic!("an object")
                };
                let blocks = ["one", "two"].map(|text| Content::Text { text: text.to_owned() }).into();
                let headers = vec![(HeaderName::from_static("ratelimit-remaining"), 3)];
                Ok(CallResult { content: blocks, meta, headers, ..CallResult::text("") })
            }
            "report" => {
                let steps = [(1, Some(2), None), (2, Some(2), Some("done"))];
                for (done, total, message) in steps {
                    context.progress.iter().for_each(|progress| progress.report(done, total, message));
                    tokio::task::yield_now().await;
                }
                self.hold("report".to_owned()).await;
                Ok(CallResult::text("reported"))
            }
            "asked_by" => {
                let Context { revision, client, request_id, .. } = context;
                let revision = revision.map(Revision::name);
                Ok(CallResult::text(format!("{revision:?} {client:?} {request_id:?}")))
            }
            "sample" if !context.capabilities.contains_key("sampling") => Err(CallError::MissingCapability("sampling")),
            "sample" => Ok(CallResult::text("sampled")),
            "panic" => panic!("as told"),
            _ => Err(CallError::UnknownTool),
        }
    }
}
