//! Desk365: the tools of `ping`.

use tool_runtime::prelude::*;

/// Ping: the tool `list_all_desk_365_ping`.
///
/// Sends `GET /v3/ping`. Declared in `spec/desk365.yaml` as `resources.ping.tools.list`.
#[derive(Clone, Debug)]
pub struct ListPing;

impl Endpoint for ListPing {
    const DEF: ToolDef = ToolDef {
        name: "list_all_desk_365_ping",
        title: "Ping",
        description: "Check that Desk365 replies at all, with a line of plain text. It does not prove the API key; any other read does. For when it is unclear whether Desk365 is down.",
        method: ToolMethod::List,
        tags: &["system"],
        hints: Hints {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        input_schema: generated!("schemas/list_all_desk_365_ping.json"),
        arguments: &[],
        example: "{}",
        files: None,
        http_method: HttpMethod::Get,
        path: "/v3/ping",
        reply: ReplyFormat::Text,
        view: None,
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };
    fn decode(_: &mut Arguments) -> Option<Self> {
        Some(Self)
    }
    fn request(&self) -> Request {
        Request::new(HttpMethod::Get, "/v3/ping")
    }
}
