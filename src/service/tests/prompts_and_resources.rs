//! Tests of prompts and resources: both need their tools in the scope, and reading a resource is a call.

use std::sync::Mutex;

use http::HeaderName;
use mcp_server::Unreadable;

use super::*;
use crate::discovery::HOW_TO_CALL;
use crate::tools::PROMPTS;

/// A service with only these tools in its scope.
fn service_with_tools(tools: &[&str], exposure: Exposure) -> ScopedService {
    let tools = tools.iter().map(|tool| (*tool).to_owned()).collect();
    let config = ScopeConfig { tools: Some(tools), ..ScopeConfig::default() };
    ScopedService::new(&API, Scope::parse(&config, API.tags, TOOLS).unwrap(), exposure, ConfirmPolicy::Auto, caller())
}

/// The values of `key` in the entries of a list.
fn listed_values(list: &EncodedList, entries: &str, key: &str) -> Vec<String> {
    let list: Value = serde_json::from_slice(list.result(Lifecycle::Stateless)).unwrap();
    list[entries].as_array().unwrap().iter().map(|entry| entry[key].as_str().unwrap().to_owned()).collect()
}

fn parse_object(json: &str) -> Map<String, Value> {
    serde_json::from_str(json).unwrap()
}

/// A tool with resources, and the address for its example arguments.
fn readable_tool() -> (&'static Tool, String) {
    let tool = TOOLS.iter().find(|tool| tool.def.resource.is_some()).unwrap();
    let mut uri = tool.def.resource.unwrap().uri.to_owned();
    for (name, value) in parse_object(tool.def.example) {
        uri = uri.replace(&format!("{{{name}}}"), &value.to_string());
    }
    (tool, uri)
}

#[test]
fn a_prompt_is_listed_if_all_its_tools_are_in_scope() {
    for prompt in PROMPTS {
        let name = prompt.def.name;
        let whole = service_with_tools(prompt.def.uses, Exposure::All);
        assert!(listed_values(whole.prompts().unwrap(), "prompts", "name").contains(&name.to_owned()));
        assert!(whole.prompt(name, parse_object(prompt.def.example)).is_ok());
        for lacking in prompt.def.uses {
            let rest: Vec<_> = TOOLS.iter().map(|tool| tool.def.name).filter(|tool| tool != lacking).collect();
            let service = service_with_tools(&rest, Exposure::All);
            let names = service.prompts().map(|list| listed_values(list, "prompts", "name")).unwrap_or_default();
            assert!(!names.contains(&name.to_owned()), "{name} without {lacking}");
            assert_eq!(service.prompt(name, parse_object(prompt.def.example)), Err(PromptError::Unknown));
        }
    }
}

#[test]
fn a_hidden_prompt_is_answered_like_an_unknown_one() {
    let service = read_only_service(Exposure::All);
    let hidden =
        PROMPTS.iter().find(|prompt| !prompt.def.uses.iter().all(|tool| find(tool).unwrap().def.hints.read_only));
    let name = hidden.unwrap().def.name;
    for arguments in [Map::new(), parse_object(hidden.unwrap().def.example), parse_object(r#"{"x": []}"#)] {
        assert_eq!(service.prompt(name, arguments.clone()), service.prompt("x_no_such_prompt", arguments));
    }
}

#[test]
fn a_prompt_names_its_tools_and_how_to_call_them() {
    let prompt = &PROMPTS[0];
    let text = |exposure| {
        let filled = service_with_tools(prompt.def.uses, exposure)
            .prompt(prompt.def.name, parse_object(prompt.def.example))
            .unwrap();
        match filled.messages.as_slice() {
            [PromptMessage { content: Content::Text { text }, role: MessageRole::User }] => text.clone(),
            other => panic!("one text expected: {other:?}"),
        }
    };
    let (all, discovery) = (text(Exposure::All), text(Exposure::Discovery));
    assert!(prompt.def.uses.iter().all(|tool| all.contains(tool) && discovery.contains(tool)), "{all}");
    assert!(!all.contains("read_tool") && discovery.ends_with(HOW_TO_CALL), "{discovery}");
}

#[test]
fn wrong_prompt_arguments_are_reported_like_those_of_tools() {
    let prompt = PROMPTS.iter().find(|prompt| prompt.def.arguments.iter().any(|argument| argument.required)).unwrap();
    let service = service_with_tools(prompt.def.uses, Exposure::All);
    let Err(PromptError::Arguments { message, facts }) = service.prompt(prompt.def.name, Map::new()) else {
        panic!("it is refused")
    };
    assert!(message.starts_with(&format!("The prompt {} was not filled in", prompt.def.name)), "{message}");
    assert_eq!(facts.unwrap().pointer("/error/kind"), Some(&json!("invalid_arguments")));
}

#[tokio::test]
async fn a_resource_is_listed_if_its_tool_is_in_scope() {
    let (tool, uri) = readable_tool();
    let pattern = tool.def.resource.unwrap().uri;
    let others: Vec<_> = TOOLS.iter().map(|tool| tool.def.name).filter(|name| *name != tool.def.name).collect();
    for exposure in [Exposure::All, Exposure::Discovery] {
        let service = service_with_tools(&[tool.def.name], exposure);
        let resources = service.resources().unwrap();
        assert_eq!(listed_values(&resources.templates, "resourceTemplates", "uriTemplate"), [pattern]);
        assert!(listed_values(&resources.list, "resources", "uri").is_empty());
        // The call is let through and fails, because nothing listens at the address.
        assert_eq!(service.read_resource(&uri, &context()).await.unwrap_err().reason, Unreadable::Failed);

        let service = service_with_tools(&others, exposure);
        let templates =
            service.resources().map(|resources| listed_values(&resources.templates, "resourceTemplates", "name"));
        assert!(!templates.unwrap_or_default().contains(&tool.def.resource.unwrap().name.to_owned()));
        let hidden = service.read_resource(&uri, &context()).await;
        assert_eq!(hidden, service.read_resource("x-none://such", &context()).await);
        assert_eq!(hidden, Err(ReadError::not_found()));
    }
}

#[test]
fn a_scope_may_have_neither_prompts_nor_resources() {
    let used = |tool: &&Tool| PROMPTS.iter().any(|prompt| prompt.def.uses.contains(&tool.def.name));
    let other = TOOLS.iter().find(|tool| tool.def.resource.is_none() && !used(tool)).unwrap();
    let service = service_with_tools(&[other.def.name], Exposure::All);
    assert!(service.prompts().is_none() && service.resources().is_none());
}

#[test]
fn reading_returns_the_reply_of_the_tool() {
    let (tool, uri) = readable_tool();
    let ratelimit = RateLimit { limit: Some(100), remaining: Some(7), reset: None };
    let success = Success {
        text: "{\"a\": 1.0}".to_owned(),
        facts: Facts::default(),
        ratelimit,
        upstream_status: 200,
        age: None,
    };
    let read = resource::read_result(&uri, tool.def, Ok(success)).unwrap();
    let contents = ResourceContents {
        uri,
        mime_type: Some("application/json".to_owned()),
        body: ResourceBody::Text("{\"a\": 1.0}".to_owned()),
    };
    assert_eq!(read.contents, [contents]);
    assert_eq!(Value::from(read.meta), json!({ "ratelimit": { "limit": 100, "remaining": 7 } }));
    assert_eq!(read.headers.len(), 2);
}

#[test]
fn a_failed_read_carries_the_facts_of_the_call() {
    let (tool, uri) = readable_tool();
    for (kind, reason) in [
        (FailureKind::NotFound, Unreadable::NotFound),
        (FailureKind::InvalidArguments, Unreadable::Invalid),
        (FailureKind::RateLimited, Unreadable::Failed),
        (FailureKind::Unreachable, Unreadable::Failed),
    ] {
        let error = ToolError {
            source: FailureSource::Upstream,
            kind,
            message: "No.".to_owned(),
            status: None,
            violations: Vec::new(),
            ratelimit: RateLimit { limit: None, remaining: None, reset: Some(30) },
            confirmation: None,
        };
        let failed = resource::read_result(&uri, tool.def, Err(error)).unwrap_err();
        assert_eq!((failed.reason, failed.message.as_str()), (reason, "No."));
        let facts =
            json!({ "source": "upstream", "kind": kind.name(), "message": "No.", "ratelimit": { "reset": 30 } });
        assert_eq!(failed.facts.get("error"), Some(&facts));
        assert_eq!(failed.headers, [(HeaderName::from_static("ratelimit-reset"), 30)]);
    }
}

/// The tool, and whether it was called.
type Call = (Option<&'static str>, bool);

/// An observer that records the calls.
#[derive(Clone, Default)]
struct CallRecorder(Arc<Mutex<Vec<Call>>>);

impl Observer for CallRecorder {
    fn refused(&self, _: Refusal, _: &RequestContext) {}

    fn ended(&self, call: &EndedCall<'_>) {
        let called = matches!(call.ending, CallEnding::Done(_));
        self.0.lock().unwrap().push((call.tool, called));
    }
}

#[tokio::test]
async fn reading_is_observed_like_a_call() {
    let (tool, uri) = readable_tool();
    let recorder = CallRecorder::default();
    for tools in [vec![tool.def.name], vec![TOOLS[0].def.name]] {
        let config =
            ScopeConfig { tools: Some(tools.into_iter().map(str::to_owned).collect()), ..ScopeConfig::default() };
        let scope = Scope::parse(&config, API.tags, TOOLS).unwrap();
        let surface = Surface::new(&API, scope, Listing::default(), CallSizes { upload: 3, reply: 3 });
        let service = ScopedService::observed(
            Arc::new(surface),
            caller(),
            Confirmer::of_process(ConfirmPolicy::Auto),
            recorder.clone(),
        );
        for uri in [uri.as_str(), "x-none://such"] {
            assert!(service.read_resource(uri, &context()).await.is_err());
        }
    }
    let name = Some(tool.def.name);
    assert_eq!(*recorder.0.lock().unwrap(), [(name, true), (None, false), (name, false), (None, false)]);
}
