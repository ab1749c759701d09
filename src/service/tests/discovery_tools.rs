//! Tests of discovery: an observer receives every call through the discovery tools exactly once.

use std::sync::{Arc, Mutex};

use super::*;
use crate::service::tool::tool_entry;

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
            CallEnding::NotConfirmed => "not confirmed",
            CallEnding::InsufficientScope => "insufficient scope",
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
    let listing = Listing { exposure: Exposure::Discovery, ..Listing::default() };
    let surface = Surface::new(&API, scope, listing, CallSizes { upload: 3, reply: 3 });
    let recorder = CallRecorder::default();
    let service = ScopedService::observed(
        Arc::new(surface),
        caller(),
        Confirmer::of_process(ConfirmPolicy::Auto),
        recorder.clone(),
    );
    for (outer, arguments, tool, ending) in [
        ("search_tools", json!({ "query": "list" }), Some("search_tools"), "answered"),
        ("search_tools", json!({ "query": "" }), Some("search_tools"), "invalid_arguments"),
        ("get_tool_schema", json!({ "name": visible }), Some("get_tool_schema"), "answered"),
        ("get_tool_schema", json!({}), Some("get_tool_schema"), "invalid_arguments"),
        ("get_tool_schema", json!({ "name": hidden }), Some(hidden), "unknown"),
        ("get_tool_schema", json!({ "name": "x_none" }), None, "unknown"),
        ("read_tool", json!({ "arguments": 1 }), Some("read_tool"), "invalid_arguments"),
        ("read_tool", json!({ "name": hidden }), Some(hidden), "unknown"),
        ("read_tool", json!({ "name": "x_none" }), None, "unknown"),
        ("read_tool", json!({ "name": visible, "arguments": { "x": 1 } }), Some(visible), "invalid_arguments"),
        ("change_tool", json!({ "name": visible }), None, "unknown"),
        (hidden, json!({}), Some(hidden), "unknown"),
    ] {
        let Value::Object(given) = arguments.clone() else { panic!("{arguments}") };
        let _ = service.call(outer, given, &context()).await;
        let seen = std::mem::take(&mut *recorder.0.lock().unwrap());
        assert_eq!(seen, [(tool, ending)], "{outer} {arguments}");
    }
}

#[tokio::test]
async fn a_search_describes_the_best_tools_completely() {
    let service = ScopedService::new(&API, Scope::default(), Exposure::Discovery, ConfirmPolicy::Auto, caller());
    let search = async |query: &str, limit: u32| -> Value {
        let arguments = json!({ "query": query, "limit": limit });
        let found = service.call("search_tools", arguments.as_object().unwrap().clone(), &context()).await.unwrap();
        serde_json::from_str(text(&found)).unwrap()
    };
    let found = search("change the status of a ticket", 8).await;
    let entries = found["tools"].as_array().unwrap();
    assert_eq!((entries.len(), found["more"].as_array().unwrap().len(), found.get("cannot")), (3, 5, None));
    for entry in entries {
        let whole: Value = serde_json::from_str(
            &tool_entry(find(entry["name"].as_str().unwrap()).unwrap().def, Listing::default()).to_json(),
        )
        .unwrap();
        assert_eq!(*entry, whole);
    }
    assert_eq!(search("ticket", 2).await.as_object().unwrap().keys().collect::<Vec<_>>(), ["tools"]);
    assert!(search("delete the ticket", 8).await["cannot"][0].is_string());
}

#[tokio::test]
async fn the_wrong_caller_names_the_right_one() {
    let service = ScopedService::new(&API, Scope::default(), Exposure::Discovery, ConfirmPolicy::Auto, caller());
    let first = |reads: bool| TOOLS.iter().find(|tool| tool.def.hints.read_only == reads).unwrap().def.name;
    for (outer, name, right) in [("read_tool", first(false), "change_tool"), ("change_tool", first(true), "read_tool")]
    {
        let arguments = json!({ "name": name });
        let refused = service.call(outer, arguments.as_object().unwrap().clone(), &context()).await.unwrap();
        assert!(refused.is_error && text(&refused).contains(&format!("call it with {right}")), "{}", text(&refused));
    }
}
