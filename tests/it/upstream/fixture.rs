//! A small API with one tool of each kind, written as the generator writes it.

use std::time::Duration;

use desk365_mcp::call::ToolCaller;
use desk365_mcp::outcome::{Outcome, Success, ToolError};
use desk365_mcp::upstream::{Account, UpstreamClient, UpstreamOptions};
use secrecy::SecretString;
use serde_json::{Map, Value, json};
use tool_runtime::prelude::*;

/// The key of every account in these tests.
pub(crate) const KEY: &str = "k3y-that-must-stay-secret";

pub(crate) static API: ApiDef = ApiDef {
    slug: "example",
    title: "Example",
    instructions: "",
    base_url: "https://{team}.example.com/api",
    variables: &[Variable { name: "team", about: "Your team.", example: "acme" }],
    auth: Auth { header: "X-Key", prefix: "Token " },
    errors: ErrorShape { message: &[&["error", "text"]] },
    rate_limit: RateLimitHeaders { limit: &["x-limit"], remaining: &["x-left"], reset: &["retry-after"] },
    tags: &[Tag { name: "things", about: "Things." }],
    presets: &[],
    search: SearchWords { synonyms: &[], cannot: &[] },
    sandbox: None,
};

const DEF: ToolDef = ToolDef {
    name: "get_thing",
    title: "Get thing",
    description: "",
    method: ToolMethod::Get,
    tags: &["things"],
    hints: Hints { read_only: true, destructive: false, idempotent: true },
    input_schema: r#"{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}"#,
    arguments: &["id"],
    example: "{}",
    files: None,
    http_method: HttpMethod::Get,
    path: "/things/{id}",
    reply: ReplyFormat::Json,
    view: None,
    compact_note: None,
    paging: None,
    resource: None,
    cost: 1,
    gated: None,
    effects: Effects(&[]),
};

struct GetThing(String);

impl Endpoint for GetThing {
    const DEF: ToolDef = DEF;

    fn decode(arguments: &mut Arguments) -> Option<Self> {
        arguments.required("id", decode::path_segment).map(Self)
    }

    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/things/").segment(&self.0)
    }
}

struct SetThing(String, Map<String, Value>);

impl Endpoint for SetThing {
    const DEF: ToolDef = ToolDef {
        name: "set_thing",
        method: ToolMethod::Update,
        hints: Hints { read_only: false, destructive: true, idempotent: true },
        arguments: &["id", "fields"],
        http_method: HttpMethod::Put,
        cost: 5,
        gated: Some("Things must be switched on first: ask help@example.com."),
        ..DEF
    };

    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let id = arguments.required("id", decode::path_segment);
        let fields = arguments.required("fields", decode::object);
        Some(Self(id?, fields?))
    }

    fn request(&self) -> Request {
        Request::new(HttpMethod::Put, "/things").query("id", &self.0).json(JsonObject::new().field("fields", &self.1))
    }
}

struct AttachToThing(String, String, Vec<File>);

impl Endpoint for AttachToThing {
    const DEF: ToolDef = ToolDef {
        name: "attach_to_thing",
        method: ToolMethod::Custom,
        hints: Hints { read_only: false, destructive: false, idempotent: false },
        arguments: &["id", "note", "files"],
        files: Some("files"),
        http_method: HttpMethod::Post,
        ..DEF
    };

    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let id = arguments.required("id", decode::non_empty_string);
        let note = arguments.required("note", decode::non_empty_string);
        let files = arguments.required("files", decode::files);
        Some(Self(id?, note?, files?))
    }

    fn request(&self) -> Request {
        let layout = MultipartLayout { metadata: "about", one: "file", many: "files", url_limit: 200 };
        Request::new(HttpMethod::Post, "/attach").query("id", &self.0).attach(
            layout,
            JsonObject::new().field("note", &self.1),
            &self.2,
        )
    }
}

struct Ping;

impl Endpoint for Ping {
    const DEF: ToolDef = ToolDef {
        name: "ping",
        method: ToolMethod::List,
        input_schema: "{}",
        arguments: &[],
        reply: ReplyFormat::Text,
        view: None,
        compact_note: None,
        paging: None,
        ..DEF
    };

    fn decode(_arguments: &mut Arguments) -> Option<Self> {
        Some(Self)
    }

    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/ping")
    }
}

pub(crate) static GET: Tool = Tool::new::<GetThing>();
pub(crate) static SET: Tool = Tool::new::<SetThing>();
pub(crate) static ATTACH: Tool = Tool::new::<AttachToThing>();
pub(crate) static PING: Tool = Tool::new::<Ping>();

/// Returns a caller for the API at `base_url`.
pub(crate) fn caller(base_url: &str) -> ToolCaller {
    caller_with(base_url, UpstreamOptions::default())
}

/// Returns a caller for the API at `base_url`, whose client has these options.
pub(crate) fn caller_with(base_url: &str, options: UpstreamOptions) -> ToolCaller {
    let account = Account::new(base_url, SecretString::from(KEY)).unwrap();
    ToolCaller::new(UpstreamClient::new(options).unwrap(), account, &API)
}

/// Returns options with a short time-out.
pub(crate) fn impatient() -> UpstreamOptions {
    UpstreamOptions { call_timeout: Duration::from_millis(150), ..UpstreamOptions::default() }
}

pub(crate) async fn get(caller: &ToolCaller) -> Outcome {
    caller.call(&GET, object(json!({"id": 7}))).await
}

pub(crate) async fn set(caller: &ToolCaller) -> Outcome {
    caller.call(&SET, object(json!({"id": 7, "fields": {"colour": "red"}}))).await
}

pub(crate) fn object(value: Value) -> Map<String, Value> {
    let Value::Object(map) = value else { panic!("{value} is not an object") };
    map
}

/// Returns the success, or panics with the error's text.
#[track_caller]
pub(crate) fn ok(outcome: Outcome) -> Success {
    outcome.unwrap_or_else(|error| panic!("{}", error.to_text()))
}

/// Returns the error, after asserting that it does not contain the key.
#[track_caller]
pub(crate) fn failed(outcome: Outcome) -> ToolError {
    let error = outcome.expect_err("the call should have failed");
    assert!(!format!("{}{error:?}", error.to_text()).contains(KEY), "{error:?}");
    error
}
