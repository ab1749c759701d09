//! A service with the tools, prompts and resources that the conformance suite requires.

use mcp_server::{
    Answer, CallError, Content, EncodedList, FilledPrompt, InputRequired, MessageRole, PromptArgumentEntry,
    PromptEntry, PromptError, PromptMessage, Question, ReadError, ReadResult, RequestContext, ResourceBody,
    ResourceContents, ResourceEntry, Resources, ServerInfo, Service, TemplateEntry, ToolAnnotations, ToolEntry,
    ToolResult,
};
use serde_json::{Map, Value, json};

/// An image of one pixel.
const PIXEL: &[u8] =
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\xdac\xfc\
    \xcf\xc0P\x0f\0\x04\x85\x01\x80\x84\xa9\x8c!\0\0\0\0IEND\xaeB`\x82";

/// A sound without samples.
const SILENCE: &[u8] = b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0data\0\0\0\0";

const NO_ARGUMENTS: &str = r#"{"type":"object","properties":{}}"#;

/// A schema with the JSON Schema keywords that must not be changed.
const WHOLE_SCHEMA: &str = r##"{
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "$defs": {
        "address": {
            "$anchor": "addressDef",
            "type": "object",
            "properties": { "street": { "type": "string" }, "city": { "type": "string" } }
        }
    },
    "properties": {
        "name": { "type": "string" },
        "address": { "$ref": "#/$defs/address" },
        "contactMethod": { "type": "string", "enum": ["phone", "email"] },
        "phone": { "type": "string" },
        "email": { "type": "string" }
    },
    "allOf": [{ "anyOf": [{ "required": ["phone"] }, { "required": ["email"] }] }],
    "if": { "properties": { "contactMethod": { "const": "phone" } }, "required": ["contactMethod"] },
    "then": { "required": ["phone"] },
    "else": { "required": ["email"] },
    "additionalProperties": false
}"##;

/// The tools that take no arguments.
const PLAIN_TOOLS: [&str; 14] = [
    "test_simple_text",
    "test_image_content",
    "test_audio_content",
    "test_embedded_resource",
    "test_multiple_content_types",
    "test_error_handling",
    "test_tool_with_progress",
    "test_missing_capability",
    "test_streaming_elicitation",
    "test_logging_tool",
    "test_input_required_result_elicitation",
    "test_input_required_result_request_state",
    "test_input_required_result_multi_round",
    "test_input_required_result_tampered_state",
];

fn tools() -> Vec<ToolEntry<'static>> {
    let plain = PLAIN_TOOLS.into_iter().map(|name| tool(name, NO_ARGUMENTS));
    plain.chain([tool("json_schema_2020_12_tool", WHOLE_SCHEMA)]).collect()
}

fn tool(name: &'static str, input_schema: &str) -> ToolEntry<'static> {
    ToolEntry {
        name,
        title: Some(name),
        description: Some("A tool that the conformance suite calls by this name.".into()),
        input_schema: serde_json::from_str(input_schema).unwrap(),
        annotations: ToolAnnotations { read_only: true, destructive: false, idempotent: true, open_world: true },
        meta: Map::new(),
    }
}

fn prompts() -> [PromptEntry<'static>; 4] {
    let prompt = |name, arguments: &[&'static str]| PromptEntry {
        name,
        title: None,
        description: Some("A prompt that the conformance suite asks for by this name."),
        arguments: arguments
            .iter()
            .map(|name| PromptArgumentEntry { name, description: Some("Any text."), required: true })
            .collect(),
    };
    [
        prompt("test_simple_prompt", &[]),
        prompt("test_prompt_with_arguments", &["arg1", "arg2"]),
        prompt("test_prompt_with_embedded_resource", &["resourceUri"]),
        prompt("test_prompt_with_image", &[]),
    ]
}

fn resource(uri: &'static str, mime_type: &'static str) -> ResourceEntry<'static> {
    ResourceEntry {
        uri,
        name: uri,
        title: None,
        description: Some("A resource that the conformance suite reads."),
        mime_type: Some(mime_type),
    }
}

/// The service.
pub(crate) struct Everything {
    info: ServerInfo,
    tools: EncodedList,
    prompts: EncodedList,
    resources: Resources,
}

impl Everything {
    pub(crate) fn new() -> Self {
        let info = ServerInfo {
            name: "everything".to_owned(),
            title: "Everything".to_owned(),
            version: "1".to_owned(),
            icons: Vec::new(),
            instructions: "Fixtures for the conformance suite.".to_owned(),
            max_message_bytes: 1_000_000,
            max_result_bytes: 1_000_000,
        };
        let template = TemplateEntry {
            uri_template: "test://template/{id}/data",
            name: "template",
            title: None,
            description: Some("Resources that the conformance suite reads."),
            mime_type: Some("application/json"),
        };
        let resources = [resource("test://static-text", "text/plain"), resource("test://static-binary", "image/png")];
        Self {
            tools: EncodedList::tools(&tools(), &info),
            prompts: EncodedList::prompts(&prompts(), &info),
            resources: Resources {
                list: EncodedList::resources(&resources, &info),
                templates: EncodedList::templates(&[template], &info),
            },
            info,
        }
    }
}

fn text_resource(uri: &str, mime_type: &str, text: String) -> ResourceContents {
    ResourceContents { uri: uri.to_owned(), mime_type: Some(mime_type.to_owned()), body: ResourceBody::Text(text) }
}

fn image() -> Content {
    Content::Image { data: PIXEL.to_vec(), mime_type: "image/png".to_owned() }
}

fn result(content: Vec<Content>) -> ToolResult {
    ToolResult { content, ..ToolResult::from_text("") }
}

/// One round of questions, whose state must come back unchanged.
struct Round<'a> {
    key: &'static str,
    state: Option<&'static str>,
    next: Option<&'a Round<'a>>,
}

impl Round<'_> {
    fn call(&self, context: &RequestContext) -> Result<ToolResult, CallError> {
        let given = context.input.state.as_deref();
        if let (Some(next), true) = (self.next, given.is_some() && given == self.next.and_then(|next| next.state)) {
            return next.call(context);
        }
        if given.is_some() && given != self.state {
            return Err(CallError::InvalidInput("The state of the request was changed".to_owned()));
        }
        match (context.input.answer(self.key), self.next) {
            (Some(Answer::Accepted(_)), Some(next)) => Err(next.question()),
            (Some(Answer::Accepted(_)), None) => Ok(ToolResult::from_text("state-ok")),
            _ => Err(self.question()),
        }
    }

    fn question(&self) -> CallError {
        let schema = json!({ "type": "object", "properties": { "name": { "type": "string" } } });
        let question = Question { message: "What is your name?".to_owned(), schema };
        let state = self.state.map(str::to_owned);
        CallError::InputRequired(Box::new(InputRequired { questions: vec![(self.key, question)], state }))
    }
}

impl Service for Everything {
    fn info(&self) -> &ServerInfo {
        &self.info
    }

    fn tools(&self) -> &EncodedList {
        &self.tools
    }

    async fn call(
        &self,
        name: &str,
        _arguments: Map<String, Value>,
        context: &RequestContext,
    ) -> Result<ToolResult, CallError> {
        match name {
            "test_simple_text" => Ok(ToolResult::from_text("This is a simple text response for testing.")),
            "test_image_content" => Ok(result(vec![image()])),
            "test_audio_content" => {
                Ok(result(vec![Content::Audio { data: SILENCE.to_vec(), mime_type: "audio/wav".to_owned() }]))
            }
            "test_embedded_resource" => {
                let text = "This is an embedded resource content.".to_owned();
                Ok(result(vec![Content::Resource {
                    resource: text_resource("test://embedded-resource", "text/plain", text),
                }]))
            }
            "test_multiple_content_types" => {
                let text = json!({ "test": "data", "value": 123 }).to_string();
                let resource = text_resource("test://mixed-content-resource", "application/json", text);
                let text = Content::from_text("Multiple content types test:");
                Ok(result(vec![text, image(), Content::Resource { resource }]))
            }
            "test_error_handling" => {
                let text = "This tool intentionally returns an error for testing";
                Ok(ToolResult { is_error: true, ..ToolResult::from_text(text) })
            }
            "test_tool_with_progress" => {
                for done in [0, 50, 100] {
                    context.progress.iter().for_each(|progress| progress.report(done, Some(100), None));
                }
                Ok(ToolResult::from_text("Done."))
            }
            "test_missing_capability" if !context.capabilities.contains_key("sampling") => {
                Err(CallError::MissingCapability("sampling"))
            }
            "test_missing_capability" | "test_streaming_elicitation" | "test_logging_tool" => {
                Ok(ToolResult::from_text("Done."))
            }
            "test_input_required_result_elicitation" => {
                let asked = Round { key: "user_name", state: None, next: None };
                asked.call(context)
            }
            "test_input_required_result_request_state" | "test_input_required_result_tampered_state" => {
                let asked = Round { key: "confirm", state: Some("state of a question"), next: None };
                asked.call(context)
            }
            "test_input_required_result_multi_round" => {
                let second = Round { key: "step2", state: Some("second state"), next: None };
                Round { key: "step1", state: Some("first state"), next: Some(&second) }.call(context)
            }
            "json_schema_2020_12_tool" => Ok(ToolResult::from_text("Done.")),
            _ => Err(CallError::UnknownTool),
        }
    }

    fn prompts(&self) -> Option<&EncodedList> {
        Some(&self.prompts)
    }

    fn prompt(&self, name: &str, arguments: Map<String, Value>) -> Result<FilledPrompt, PromptError> {
        let message = |content| PromptMessage { role: MessageRole::User, content };
        let argument = |name: &str| {
            let text = arguments.get(name).and_then(Value::as_str);
            text.ok_or_else(|| PromptError::Arguments { message: format!("`{name}` is missing"), facts: None })
        };
        let messages = match name {
            "test_simple_prompt" => vec![message(Content::from_text("This is a simple prompt for testing."))],
            "test_prompt_with_arguments" => {
                let (first, second) = (argument("arg1")?, argument("arg2")?);
                let text = format!("Prompt with arguments: arg1='{first}', arg2='{second}'");
                vec![message(Content::from_text(text))]
            }
            "test_prompt_with_embedded_resource" => {
                let text = "Embedded resource content for testing.".to_owned();
                let resource = text_resource(argument("resourceUri")?, "text/plain", text);
                vec![
                    message(Content::Resource { resource }),
                    message(Content::from_text("Please process the embedded resource above.")),
                ]
            }
            "test_prompt_with_image" => {
                vec![message(image()), message(Content::from_text("Please analyze the image above."))]
            }
            _ => return Err(PromptError::Unknown),
        };
        Ok(FilledPrompt { description: None, messages })
    }

    fn resources(&self) -> Option<&Resources> {
        Some(&self.resources)
    }

    async fn read_resource(&self, uri: &str, _context: &RequestContext) -> Result<ReadResult, ReadError> {
        let contents = match uri {
            "test://static-text" => {
                text_resource(uri, "text/plain", "This is the content of the static text resource.".to_owned())
            }
            "test://static-binary" => ResourceContents {
                uri: uri.to_owned(),
                mime_type: Some("image/png".to_owned()),
                body: ResourceBody::Blob(PIXEL.to_vec()),
            },
            _ => {
                let id = uri.strip_prefix("test://template/").and_then(|rest| rest.strip_suffix("/data"));
                let id = id.ok_or_else(ReadError::not_found)?;
                let text = json!({ "id": id, "templateTest": true, "data": format!("Data for ID: {id}") });
                text_resource(uri, "application/json", text.to_string())
            }
        };
        Ok(ReadResult::from(contents))
    }
}
