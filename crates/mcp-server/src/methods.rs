//! The methods: their lifecycles, their parameters, and their results.
//!
//! An answer depends only on the request and on the [`Service`].

use std::panic::AssertUnwindSafe;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use http::HeaderValue;
use serde_json::{Map, Value};

use super::context::RequestContext;
use super::envelope::{CONTENTS_TTL_MS, Envelope, LISTS_TTL_MS};
use super::input::GivenInput;
use super::lifecycle::{self, DISCOVER};
use super::list::EncodedList;
use super::message::RpcRequest;
use super::response::{Discovered, Initialized, RpcResponse};
use super::revision::{Lifecycle, Revision};
use super::rpc_error::{ErrorCode, RpcError};
use super::server_info::Introduction;
use super::service::{Operation, Refusal, Service};
use super::tool::{CallError, ToolResult};

const INITIALIZE: &str = "initialize";
const PING: &str = "ping";
const LIST_TOOLS: &str = "tools/list";
const LIST_PROMPTS: &str = "prompts/list";
const LIST_RESOURCES: &str = "resources/list";
const LIST_TEMPLATES: &str = "resources/templates/list";

/// The method that calls a tool.
pub(crate) const CALL_TOOL: &str = "tools/call";

/// The method that fills in a prompt.
pub(crate) const GET_PROMPT: &str = "prompts/get";

/// The method that reads a resource.
pub(crate) const READ_RESOURCE: &str = "resources/read";

/// The methods of both lifecycles.
const METHODS: [&str; 10] = [
    INITIALIZE,
    PING,
    DISCOVER,
    LIST_TOOLS,
    CALL_TOOL,
    LIST_PROMPTS,
    GET_PROMPT,
    LIST_RESOURCES,
    LIST_TEMPLATES,
    READ_RESOURCE,
];

/// Returns true for a request that calls a tool or reads a resource: answering it can take long.
pub(crate) fn takes_time(request: &RpcRequest) -> bool {
    request.method == CALL_TOOL || request.method == READ_RESOURCE
}

/// Returns the service's challenge to a call that the client's authorization does not cover.
pub(crate) fn insufficient_scope<S: Service>(
    service: &S,
    request: &RpcRequest,
    context: &RequestContext,
) -> Option<HeaderValue> {
    if request.method != CALL_TOOL {
        return None;
    }
    let name = request.params.get("name")?.as_str()?;
    service.insufficient_scope(name, request.params.get("arguments").and_then(Value::as_object), context)
}

/// Answers a request that is not part of a batch. `settled` is the revision that the transport knows.
pub(crate) async fn answer_request<S: Service>(
    service: &S,
    request: RpcRequest,
    settled: Option<Revision>,
) -> Result<RpcResponse<'_>, RpcError> {
    let context = lifecycle::request_context(&request, settled)?;
    answer_in_context(service, request, &context).await
}

/// Answers a request of a batch. `settled` is the revision that the transport knows.
pub(crate) async fn answer_in_batch<S: Service>(
    service: &S,
    request: RpcRequest,
    settled: Option<Revision>,
) -> Result<RpcResponse<'_>, RpcError> {
    let context = context_in_batch(&request, settled)?;
    answer_in_context(service, request, &context).await
}

/// The context of a request of a batch.
///
/// Fails for `initialize` (MCP 2025-03-26, Basic, "Lifecycle", "Initialization": it "MUST NOT be part of a JSON-RPC
/// batch") and for stateless requests, since 2026-07-28 has no batches.
pub(crate) fn context_in_batch(request: &RpcRequest, settled: Option<Revision>) -> Result<RequestContext, RpcError> {
    if request.method == INITIALIZE {
        return Err(RpcError::invalid_request("`initialize` cannot be part of a batch"));
    }
    let context = lifecycle::request_context(request, settled)?;
    if context.lifecycle == Lifecycle::Stateless {
        return Err(RpcError::invalid_request("A stateless request cannot be part of a batch"));
    }
    Ok(context)
}

/// Answers a request whose context is known, and lets the service observe it.
pub(crate) async fn answer_in_context<'s, S: Service>(
    service: &'s S,
    request: RpcRequest,
    context: &RequestContext,
) -> Result<RpcResponse<'s>, RpcError> {
    let start = Instant::now();
    let method = METHODS.into_iter().find(|known| *known == request.method).unwrap_or("_OTHER");
    let answer = dispatch(service, request, context).await;
    let error_type = match &answer {
        Ok(RpcResponse::Called(called)) if called.result.is_error => Some("tool_error"),
        Ok(_) => None,
        Err(error) => Some(error.code.label()),
    };
    service.observe(&Operation { method, revision: context.revision, error_type, duration: start.elapsed() });
    answer
}

async fn dispatch<'s, S: Service>(
    service: &'s S,
    request: RpcRequest,
    context: &RequestContext,
) -> Result<RpcResponse<'s>, RpcError> {
    let (method, params, info) = (request.method.as_str(), request.params, service.info());
    if let Some(list) = encoded_list(service, method) {
        return only_page(list, &params, context.lifecycle);
    }
    match (method, context.lifecycle) {
        (CALL_TOOL, _) => call_tool(service, params, context).await,
        (GET_PROMPT, _) if service.prompts().is_some() => get_prompt(service, params, context),
        (READ_RESOURCE, _) if service.resources().is_some() => read_resource(service, params, context).await,
        (DISCOVER, Lifecycle::Stateless) => {
            let instructions = service.instructions();
            let ttl_ms = discovery_ttl_ms(instructions.valid_for);
            let discovered = Discovered::new(service, instructions);
            let introduction = Introduction::new(info, Revision::V2026_07_28);
            let envelope = Envelope::new(discovered, info, Lifecycle::Stateless).with_introduction(introduction);
            Ok(RpcResponse::Discovered(envelope.with_ttl(ttl_ms)))
        }
        (INITIALIZE, Lifecycle::Handshake) => match params.get("protocolVersion") {
            Some(Value::String(name)) => {
                Ok(RpcResponse::Initialized(Initialized::new(service, Revision::negotiated(name))))
            }
            _ => Err(RpcError::invalid_params("`protocolVersion` must be a string such as \"2025-11-25\"")),
        },
        (PING, Lifecycle::Handshake) => Ok(RpcResponse::Pong {}),
        (method, _) => Err(RpcError::unknown_method(method)),
    }
}

/// The time for which a client may cache a discovery result whose instructions stay true for `valid_for`.
fn discovery_ttl_ms(valid_for: Option<Duration>) -> u32 {
    let valid_for = valid_for.and_then(|time| u32::try_from(time.as_millis()).ok());
    valid_for.map_or(LISTS_TTL_MS, |milliseconds| milliseconds.min(LISTS_TTL_MS))
}

/// The list that a method returns, if it is one that the service has.
fn encoded_list<'s>(service: &'s impl Service, method: &str) -> Option<&'s EncodedList> {
    match method {
        LIST_TOOLS => Some(service.tools()),
        LIST_PROMPTS => service.prompts(),
        LIST_RESOURCES => service.resources().map(|resources| &resources.list),
        LIST_TEMPLATES => service.resources().map(|resources| &resources.templates),
        _ => None,
    }
}

/// The only page of a list. Every cursor is invalid (MCP 2026-07-28, Server Features, Pagination, "Error Handling").
fn only_page<'s>(
    list: &'s EncodedList,
    params: &Map<String, Value>,
    lifecycle: Lifecycle,
) -> Result<RpcResponse<'s>, RpcError> {
    match params.get("cursor") {
        None | Some(Value::Null) => Ok(RpcResponse::Listed(list.result(lifecycle))),
        Some(_) => Err(RpcError::invalid_params("Unknown cursor: the list has one page")),
    }
}

async fn call_tool<'s, S: Service>(
    service: &'s S,
    mut params: Map<String, Value>,
    context: &RequestContext,
) -> Result<RpcResponse<'s>, RpcError> {
    let (name, arguments) =
        name_and_arguments(&mut params, "tool").inspect_err(|_| service.refused(Refusal::Invalid, context))?;
    // A panic in one tool must fail that request only, not the connection.
    match AssertUnwindSafe(call_with_input(service, &name, arguments, params, context)).catch_unwind().await {
        Ok(Ok(mut result)) => {
            let meta = std::mem::take(&mut result.meta);
            Ok(RpcResponse::Called(Envelope::new(result, service.info(), context.lifecycle).with_meta(meta)))
        }
        Ok(Err(CallError::UnknownTool)) => Err(RpcError::unknown_tool(&name)),
        Ok(Err(CallError::MissingCapability(capability))) => Err(RpcError::missing_capability(capability)),
        Ok(Err(CallError::InputRequired(required))) => {
            let envelope = Envelope::new(*required, service.info(), context.lifecycle);
            Ok(RpcResponse::InputRequired(envelope.needing_input()))
        }
        Ok(Err(CallError::InvalidInput(message))) => Err(RpcError::invalid_params(message)),
        Err(_) => {
            tracing::error!(tool = name, "tool call panicked");
            Err(RpcError::new(ErrorCode::Internal, "Internal error: the tool call was aborted"))
        }
    }
}

/// Calls a tool, and calls it again with the answers if it needs some. `params` are the other parameters of the request.
///
/// The stateless client sends the answers itself. The client of a handshake is asked here.
async fn call_with_input<S: Service>(
    service: &S,
    name: &str,
    arguments: Map<String, Value>,
    mut params: Map<String, Value>,
    context: &RequestContext,
) -> Result<ToolResult, CallError> {
    /// No service needs more rounds than this.
    const ROUNDS: usize = 4;
    let mut context = context.clone();
    let Some(peer) = context.peer.clone() else {
        if context.lifecycle == Lifecycle::Stateless {
            context.input = GivenInput::take_from(&mut params);
        }
        return service.call(name, arguments, &context).await;
    };
    for _ in 0..ROUNDS {
        match service.call(name, arguments.clone(), &context).await {
            Err(CallError::InputRequired(required)) => {
                context.input = peer.ask(&required).await;
                // The client did not wait for the server meanwhile, but for its user.
                context.received = tokio::time::Instant::now();
            }
            outcome => return outcome,
        }
    }
    Err(CallError::InvalidInput(format!("The questions of the tool are still open after {ROUNDS} answers")))
}

fn get_prompt<'s>(
    service: &'s impl Service,
    mut params: Map<String, Value>,
    context: &RequestContext,
) -> Result<RpcResponse<'s>, RpcError> {
    let (name, arguments) = name_and_arguments(&mut params, "prompt")?;
    match std::panic::catch_unwind(AssertUnwindSafe(|| service.prompt(&name, arguments))) {
        Ok(Ok(prompt)) => Ok(RpcResponse::Prompted(Envelope::new(prompt, service.info(), context.lifecycle))),
        Ok(Err(error)) => Err(RpcError::from_prompt_error(&name, error)),
        Err(_) => {
            tracing::error!(prompt = name, "filling in a prompt panicked");
            Err(RpcError::new(ErrorCode::Internal, "Internal error: the prompt could not be filled in"))
        }
    }
}

async fn read_resource<'s, S: Service>(
    service: &'s S,
    mut params: Map<String, Value>,
    context: &RequestContext,
) -> Result<RpcResponse<'s>, RpcError> {
    let uri = required_text(&mut params, "uri", "address of the resource")
        .inspect_err(|_| service.refused(Refusal::Invalid, context))?;
    match AssertUnwindSafe(service.read_resource(&uri, context)).catch_unwind().await {
        Ok(Ok(mut result)) => {
            let meta = std::mem::take(&mut result.meta);
            let envelope = Envelope::new(result, service.info(), context.lifecycle).with_meta(meta);
            Ok(RpcResponse::Read(envelope.with_ttl(CONTENTS_TTL_MS)))
        }
        Ok(Err(error)) => Err(RpcError::from_read_error(&uri, error, context.lifecycle)),
        Err(_) => {
            // The address is left out: it is an argument, and arguments are not logged.
            tracing::error!("reading a resource panicked");
            Err(RpcError::new(ErrorCode::Internal, "Internal error: reading the resource was aborted"))
        }
    }
}

/// Takes the name of a tool or prompt, and its arguments.
fn name_and_arguments(params: &mut Map<String, Value>, what: &str) -> Result<(String, Map<String, Value>), RpcError> {
    let name = required_text(params, "name", &format!("name of the {what}"))?;
    match params.get_mut("arguments").map(Value::take) {
        Some(Value::Object(arguments)) => Ok((name, arguments)),
        None | Some(Value::Null) => Ok((name, Map::new())),
        // PHP writes an empty object as an empty list.
        Some(Value::Array(items)) if items.is_empty() => Ok((name, Map::new())),
        Some(_) => Err(RpcError::invalid_params("`arguments` must be an object")),
    }
}

/// Takes a required parameter. `meaning` describes its value.
fn required_text(params: &mut Map<String, Value>, key: &str, meaning: &str) -> Result<String, RpcError> {
    match params.get_mut(key).map(Value::take) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(RpcError::invalid_params(format!("`{key}` must be a string"))),
        None => Err(RpcError::invalid_params(format!("`{key}` is missing: send the {meaning}"))),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::sync::Mutex;

    use super::*;
    use crate::message::RpcId;
    use crate::response::{encode_answer, join_pieces};
    use crate::server_info::ServerInfo;

    struct OnlyTools {
        info: ServerInfo,
        tools: EncodedList,
        operations: Mutex<Vec<Operation>>,
    }

    impl OnlyTools {
        fn new() -> Self {
            let info = ServerInfo {
                name: "x".to_owned(),
                title: "X".to_owned(),
                version: "1".to_owned(),
                icons: Vec::new(),
                instructions: String::new(),
                max_message_bytes: 0,
                max_result_bytes: 0,
            };
            Self { tools: EncodedList::tools(&[], &info), info, operations: Mutex::default() }
        }
    }

    impl Service for OnlyTools {
        fn info(&self) -> &ServerInfo {
            &self.info
        }

        fn tools(&self) -> &EncodedList {
            &self.tools
        }

        async fn call(&self, name: &str, _: Map<String, Value>, _: &RequestContext) -> Result<ToolResult, CallError> {
            match name {
                "fail" => Ok(ToolResult { is_error: true, ..ToolResult::from_text("no") }),
                "succeed" => Ok(ToolResult::from_text("yes")),
                _ => Err(CallError::UnknownTool),
            }
        }

        fn observe(&self, operation: &Operation) {
            self.operations.lock().unwrap().push(*operation);
        }
    }

    #[tokio::test]
    async fn every_answered_request_is_observed() {
        let service = OnlyTools::new();
        for (method, tool, expected, error_type) in [
            (CALL_TOOL, "succeed", CALL_TOOL, None),
            (CALL_TOOL, "fail", CALL_TOOL, Some("tool_error")),
            (CALL_TOOL, "no_such", CALL_TOOL, Some("-32602")),
            (LIST_TOOLS, "", LIST_TOOLS, None),
            ("made/up", "", "_OTHER", Some("-32601")),
        ] {
            let params = Map::from_iter([("name".to_owned(), Value::from(tool))]);
            let request = RpcRequest::new(RpcId::Integer("1".into()), method.to_owned(), params);
            let _ = answer_request(&service, request, Some(Revision::V2025_06_18)).await;
            let seen = service.operations.lock().unwrap().pop().unwrap();
            assert_eq!((seen.method, seen.error_type), (expected, error_type));
            assert_eq!(seen.revision, Some(Revision::V2025_06_18));
        }
        assert!(service.operations.lock().unwrap().is_empty());
    }

    #[tokio::test]
    async fn prompts_and_resources_are_optional() {
        let service = OnlyTools::new();
        let id = RpcId::Integer("1".into());
        for (method, lifecycle) in [(INITIALIZE, Lifecycle::Handshake), (DISCOVER, Lifecycle::Stateless)] {
            let params = Map::from_iter([("protocolVersion".to_owned(), Value::from("2025-11-25"))]);
            let request = RpcRequest::new(id.clone(), method.to_owned(), params);
            let answer = answer_in_context(&service, request, &RequestContext::new(lifecycle)).await;
            let answer: Value = serde_json::from_slice(&join_pieces(encode_answer(&id, &answer))).unwrap();
            assert_eq!(answer.pointer("/result/capabilities"), Some(&serde_json::json!({ "tools": {} })), "{answer}");
        }
        for method in METHODS.iter().filter(|method| method.contains("prompts") || method.contains("resources")) {
            for lifecycle in [Lifecycle::Handshake, Lifecycle::Stateless] {
                let request = RpcRequest::new(id.clone(), (*method).to_owned(), Map::new());
                let error = answer_in_context(&service, request, &RequestContext::new(lifecycle)).await.unwrap_err();
                assert_eq!(error.code, ErrorCode::MethodNotFound, "{method}");
            }
        }
    }
}
