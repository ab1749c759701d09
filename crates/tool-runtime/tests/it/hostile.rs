//! Hostile arguments: no text can change the host, the path, another parameter or a header.

use serde_json::{Value, json};
use tool_runtime::decode;
use tool_runtime::prelude::*;
use tool_runtime::request::RequestBody;
use tool_runtime::text::{Joiners, first_unseen};

struct Everywhere {
    segment: String,
    query: String,
    body: String,
}

impl Endpoint for Everywhere {
    const DEF: ToolDef = ToolDef {
        name: "everywhere",
        title: "",
        description: "",
        method: ToolMethod::Custom,
        tags: &[],
        hints: Hints { read_only: true, destructive: false, idempotent: true },
        input_schema: "{}",
        arguments: &["segment", "query", "body"],
        example: "{}",
        files: None,
        http_method: HttpMethod::Post,
        path: "/a/{segment}/z",
        reply: ReplyFormat::Json,
        view: None,
        compact_note: None,
        paging: None,
        resource: None,
        cost: 1,
        gated: None,
        effects: Effects(&[]),
    };

    fn decode(arguments: &mut Arguments) -> Option<Self> {
        let segment = arguments.required("segment", decode::path_segment);
        let query = arguments.required("query", decode::string);
        let body = arguments.required("body", decode::string);
        Some(Self { segment: segment?, query: query?, body: body? })
    }

    fn request(&self) -> Request {
        Request::new(HttpMethod::Post, "/a/")
            .segment(&self.segment)
            .literal("/z")
            .query("q", &self.query)
            .json(JsonObject::new().field("b", &self.body))
    }
}

static TOOL: Tool = Tool::new::<Everywhere>();

/// Puts `text` into every place of a request, and asserts that it stays there.
fn check(text: &str) {
    let Value::Object(arguments) = json!({"segment": text, "query": text, "body": text}) else { unreachable!() };
    let Ok(request) = TOOL.prepare(arguments) else {
        let is_unseen = first_unseen(text, Joiners::Anywhere).is_some();
        assert!(is_unseen || text.trim().is_empty() || text == "." || text == "..", "{text:?} is refused");
        return;
    };
    let target = request.target();
    let inner = target.strip_prefix("/a/").unwrap();
    let (segment, query) = inner.split_once("/z?q=").unwrap();
    for part in [segment, query] {
        assert!(
            part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte)),
            "{text:?} reaches the URL as {part}"
        );
        let decoded = percent_encoding::percent_decode_str(part).decode_utf8().unwrap();
        assert_eq!(decoded, text, "nothing is lost");
    }
    assert!(segment != "." && segment != "..");
    let RequestBody::Json(body) = request.body() else { panic!("{request}") };
    assert_eq!(serde_json::from_str::<Value>(body).unwrap(), json!({ "b": text }));
}

#[test]
fn arguments_cannot_leave_their_place() {
    for text in [
        "..",
        ".",
        "",
        " ",
        "../..",
        "..\\..",
        "....//",
        "%2e%2e",
        "%2E%2E%2F",
        "//evil.example/",
        "https://evil.example",
        "@evil.example",
        "user:pass@evil.example",
        ":8080",
        "a?b=c",
        "a#b",
        "a&q=other",
        "a;b",
        "a=b",
        "+",
        "a\r\nX-Evil: 1",
        "a\nHost: evil.example",
        "\0",
        "\u{2028}",
        "。。/",
        "\u{ff0f}",
        "\"}, \"x\": {\"",
        "\\\"",
        "\u{feff}",
        "{segment}",
        "$(id)",
    ] {
        check(text);
    }
}

#[test]
fn no_character_leaves_its_place() {
    let characters = (0..0x3100).chain((0xf000..0x1_1000).step_by(7)).filter_map(char::from_u32);
    for character in characters {
        check(&format!("{character}x"));
    }
}
