//! Tests of discovery: an observer receives every call through the discovery tools exactly once.

use std::sync::{Arc, Mutex};

use super::*;

/// The tool, and the way in which its call ended.
type Call = (Option<&'static str>, &'static str);

/// An observer that records the calls.
#[derive(Clone, Default)]
struct CallRecorder(Arc<Mutex<Vec<Call>>>);

impl Observer for CallRecorder {
    fn refused(&self, _: Refusal, _: &RequestContext) {}

    fn ended(&self, call: &EndedCall<'_>) {
        let ending = match &call.ending {
            CallEnding::Done(Ok(_)) => "done",
            CallEnding::Done(Err(error)) => error.kind.name(),
            CallEnding::Answered => "answered",
            CallEnding::Unknown => "unknown",
            CallEnding::Cancelled => "cancelled",
        };
        self.0.lock().unwrap().push((call.tool, ending));
    }
}

#[tokio::test]
async fn every_discovery_call_is_observed_even_if_refused() {
    let visible = TOOLS.iter().find(|tool| tool.def.hints.read_only).unwrap().def.name;
    let hidden = TOOLS.iter().find(|tool| !tool.def.hints.read_only).unwrap().def.name;
    let config = ScopeConfig { read_only: true, ..ScopeConfig::default() };
    let scope = Scope::parse(&config, API.tags, TOOLS).unwrap();
    let surface = Surface::new(&API, scope, Exposure::Discovery, false, CallSizes { upload: 3, reply: 3 });
    let recorder = CallRecorder::default();
    let service = ScopedService::observed(Arc::new(surface), caller(), recorder.clone());
    for (outer, arguments, tool, ending) in [
        ("search_tools", json!({ "query": "list" }), Some("search_tools"), "answered"),
        ("search_tools", json!({ "query": "" }), Some("search_tools"), "invalid_arguments"),
        ("get_tool_schema", json!({ "name": visible }), Some("get_tool_schema"), "answered"),
        ("get_tool_schema", json!({}), Some("get_tool_schema"), "invalid_arguments"),
        ("get_tool_schema", json!({ "name": hidden }), Some(hidden), "unknown"),
        ("get_tool_schema", json!({ "name": "x_none" }), None, "unknown"),
        ("call_tool", json!({ "arguments": 1 }), Some("call_tool"), "invalid_arguments"),
        ("call_tool", json!({ "name": hidden }), Some(hidden), "unknown"),
        ("call_tool", json!({ "name": "x_none" }), None, "unknown"),
        ("call_tool", json!({ "name": visible, "arguments": { "x": 1 } }), Some(visible), "invalid_arguments"),
        (hidden, json!({}), Some(hidden), "unknown"),
    ] {
        let Value::Object(given) = arguments.clone() else { panic!("{arguments}") };
        let _ = service.call(outer, given, &context()).await;
        let seen = std::mem::take(&mut *recorder.0.lock().unwrap());
        assert_eq!(seen, [(tool, ending)], "{outer} {arguments}");
    }
}
