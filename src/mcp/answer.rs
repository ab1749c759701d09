//! The methods: which there are in which lifecycle, what they take, and what they come to.
//!
//! Pure but for what the service is asked to do. How an answer is written down, sent, or withdrawn is not decided here.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use serde_json::{Map, Value};

use super::envelope::{Envelope, OF_OTHERS, OF_THE_SERVER};
use super::lifecycle::{self, DISCOVER};
use super::list::EncodedList;
use super::message::RpcRequest;
use super::reply::{Discovered, Initialized, RpcResponse};
use super::revision::{Lifecycle, Revision};
use super::rpc_error::{Code, RpcError};
use super::service::{CallError, RequestContext, Service};

const INITIALIZE: &str = "initialize";
const PING: &str = "ping";
const TOOLS: &str = "tools/list";
const PROMPTS: &str = "prompts/list";
const RESOURCES: &str = "resources/list";
const TEMPLATES: &str = "resources/templates/list";

/// The method that calls a tool.
pub(super) const CALL: &str = "tools/call";

/// The method that fills in a prompt.
pub(super) const PROMPT: &str = "prompts/get";

/// The method that reads a resource.
pub(super) const READ: &str = "resources/read";

/// All methods there are, in any lifecycle.
pub const METHODS: [&str; 10] = [INITIALIZE, PING, DISCOVER, TOOLS, CALL, PROMPTS, PROMPT, RESOURCES, TEMPLATES, READ];

/// Whether answering a request can take time: it calls a tool, or reads what a tool gets.
pub fn takes_time(request: &RpcRequest) -> bool {
    request.method == CALL || request.method == READ
}

/// The reply to a request that came alone.
///
/// `settled` is the revision that the transport knows of by other means than the message.
pub async fn answer<S: Service>(
    service: &S,
    request: RpcRequest,
    settled: Option<Revision>,
) -> Result<RpcResponse<'_>, RpcError> {
    let context = lifecycle::context(&request, settled)?;
    answer_within(service, request, &context).await
}

/// The reply to a request whose context is already known.
pub async fn answer_within<'s, S: Service>(
    service: &'s S,
    request: RpcRequest,
    context: &RequestContext,
) -> Result<RpcResponse<'s>, RpcError> {
    let (method, params, info) = (request.method.as_str(), request.params, service.info());
    if let Some(list) = list(service, method) {
        return page(list, &params, context.lifecycle);
    }
    match (method, context.lifecycle) {
        (CALL, _) => call(service, params, context).await,
        (PROMPT, _) if service.prompts().is_some() => prompt(service, params, context),
        (READ, _) if service.resources().is_some() => read(service, params, context).await,
        (DISCOVER, Lifecycle::Stateless) => Ok(RpcResponse::Discovered(
            Envelope::new(Discovered::by(service), info, Lifecycle::Stateless).kept_for(OF_THE_SERVER),
        )),
        (INITIALIZE, Lifecycle::Handshake) => match params.get("protocolVersion") {
            Some(Value::String(name)) => Ok(RpcResponse::Initialized(Initialized::by(service, Revision::agreed(name)))),
            _ => Err(RpcError::invalid_params("`protocolVersion` must be a string such as \"2025-11-25\"")),
        },
        (PING, Lifecycle::Handshake) => Ok(RpcResponse::Pong {}),
        (method, _) => Err(RpcError::unknown_method(method)),
    }
}

/// The reply to a request out of a batch, which cannot do all that others can.
pub async fn answer_in_batch<S: Service>(
    service: &S,
    request: RpcRequest,
    settled: Option<Revision>,
) -> Result<RpcResponse<'_>, RpcError> {
    let context = context_in_batch(&request, settled)?;
    answer_within(service, request, &context).await
}

/// The context of a request out of a batch.
pub fn context_in_batch(request: &RpcRequest, settled: Option<Revision>) -> Result<RequestContext, RpcError> {
    if request.method == INITIALIZE {
        return Err(RpcError::invalid_request("`initialize` cannot be part of a batch"));
    }
    let context = lifecycle::context(request, settled)?;
    if context.lifecycle == Lifecycle::Stateless {
        return Err(RpcError::invalid_request("A stateless request cannot be part of a batch"));
    }
    Ok(context)
}

/// What a method lists, if it is one that lists what the service has.
fn list<'s>(service: &'s impl Service, method: &str) -> Option<&'s EncodedList> {
    match method {
        TOOLS => Some(service.tools()),
        PROMPTS => service.prompts(),
        RESOURCES => service.resources().map(|resources| &resources.list),
        TEMPLATES => service.resources().map(|resources| &resources.templates),
        _ => None,
    }
}

/// The only page of a list.
fn page<'s>(
    list: &'s EncodedList,
    params: &Map<String, Value>,
    lifecycle: Lifecycle,
) -> Result<RpcResponse<'s>, RpcError> {
    match params.get("cursor") {
        None | Some(Value::Null) => Ok(RpcResponse::Listed(list.result(lifecycle))),
        Some(_) => Err(RpcError::invalid_params("Unknown cursor: the list has one page")),
    }
}

async fn call<'s, S: Service>(
    service: &'s S,
    mut params: Map<String, Value>,
    context: &RequestContext,
) -> Result<RpcResponse<'s>, RpcError> {
    let (name, arguments) = called(&mut params).inspect_err(|_| service.refused(context))?;
    // A defect in one tool must cost one answer, not the connection.
    match AssertUnwindSafe(service.call(&name, arguments, context)).catch_unwind().await {
        Ok(Ok(mut result)) => {
            let meta = std::mem::take(&mut result.meta);
            Ok(RpcResponse::Called(Envelope::new(result, service.info(), context.lifecycle).with_meta(meta)))
        }
        Ok(Err(CallError::UnknownTool)) => Err(RpcError::unknown_tool(&name)),
        Ok(Err(CallError::MissingCapability(capability))) => Err(RpcError::missing_capability(capability)),
        Err(_) => {
            tracing::error!(tool = name, "a tool call panicked");
            Err(RpcError::new(Code::Internal, "Internal error: the tool call broke off"))
        }
    }
}

/// Which tool is called, and with what.
fn called(params: &mut Map<String, Value>) -> Result<(String, Map<String, Value>), RpcError> {
    Ok((text(params, "name", "which tool to call")?, arguments(params)?))
}

fn prompt<'s>(
    service: &'s impl Service,
    mut params: Map<String, Value>,
    context: &RequestContext,
) -> Result<RpcResponse<'s>, RpcError> {
    let name = text(&mut params, "name", "which prompt to fill in")?;
    let arguments = arguments(&mut params)?;
    match std::panic::catch_unwind(AssertUnwindSafe(|| service.prompt(&name, arguments))) {
        Ok(Ok(prompt)) => Ok(RpcResponse::Prompted(Envelope::new(prompt, service.info(), context.lifecycle))),
        Ok(Err(error)) => Err(RpcError::of_prompt(&name, error)),
        Err(_) => {
            tracing::error!(prompt = name, "filling in a prompt panicked");
            Err(RpcError::new(Code::Internal, "Internal error: the prompt could not be filled in"))
        }
    }
}

async fn read<'s, S: Service>(
    service: &'s S,
    mut params: Map<String, Value>,
    context: &RequestContext,
) -> Result<RpcResponse<'s>, RpcError> {
    let uri = text(&mut params, "uri", "which resource to read").inspect_err(|_| service.refused(context))?;
    match AssertUnwindSafe(service.read(&uri, context)).catch_unwind().await {
        Ok(Ok(mut result)) => {
            let meta = std::mem::take(&mut result.meta);
            let envelope = Envelope::new(result, service.info(), context.lifecycle).with_meta(meta);
            Ok(RpcResponse::Read(envelope.kept_for(OF_OTHERS)))
        }
        Ok(Err(error)) => Err(RpcError::of_read(&uri, error, context.lifecycle)),
        Err(_) => {
            // What is read is an argument, and so is not logged.
            tracing::error!("reading a resource panicked");
            Err(RpcError::new(Code::Internal, "Internal error: reading the resource broke off"))
        }
    }
}

/// Takes a parameter that must be there. `says` is what it says.
fn text(params: &mut Map<String, Value>, key: &str, says: &str) -> Result<String, RpcError> {
    match params.get_mut(key).map(Value::take) {
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(RpcError::invalid_params(format!("`{key}` must be a string"))),
        None => Err(RpcError::invalid_params(format!("`{key}` is missing: it says {says}"))),
    }
}

fn arguments(params: &mut Map<String, Value>) -> Result<Map<String, Value>, RpcError> {
    match params.get_mut("arguments").map(Value::take) {
        Some(Value::Object(arguments)) => Ok(arguments),
        None | Some(Value::Null) => Ok(Map::new()),
        Some(_) => Err(RpcError::invalid_params("`arguments` must be an object")),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::mcp::message::Id;
    use crate::mcp::service::{ServerInfo, ToolResult};
    use crate::mcp::{EncodedList, reply};

    struct OnlyTools(ServerInfo, EncodedList);

    impl Service for OnlyTools {
        fn info(&self) -> &ServerInfo {
            &self.0
        }

        fn tools(&self) -> &EncodedList {
            &self.1
        }

        async fn call(&self, _: &str, _: Map<String, Value>, _: &RequestContext) -> Result<ToolResult, CallError> {
            Err(CallError::UnknownTool)
        }
    }

    #[tokio::test]
    async fn a_service_that_says_nothing_of_prompts_and_resources_has_none() {
        let info = ServerInfo {
            name: "x".to_owned(),
            title: "X".to_owned(),
            version: "1".to_owned(),
            instructions: String::new(),
            longest_message: 0,
        };
        let list = EncodedList::tools(&[], false, &info).unwrap();
        let service = OnlyTools(info, list);
        let id = Id::Integer("1".into());
        for (method, lifecycle) in [(INITIALIZE, Lifecycle::Handshake), (DISCOVER, Lifecycle::Stateless)] {
            let params = Map::from_iter([("protocolVersion".to_owned(), Value::from("2025-11-25"))]);
            let request = RpcRequest { id: id.clone(), method: method.to_owned(), params };
            let answer =
                reply::write(Some(&id), &answer_within(&service, request, &RequestContext::of(lifecycle)).await);
            let answer: Value = serde_json::from_slice(&answer).unwrap();
            assert_eq!(answer.pointer("/result/capabilities"), Some(&serde_json::json!({ "tools": {} })), "{answer}");
        }
        for method in METHODS.iter().filter(|method| method.contains("prompts") || method.contains("resources")) {
            for lifecycle in [Lifecycle::Handshake, Lifecycle::Stateless] {
                let request = RpcRequest { id: id.clone(), method: (*method).to_owned(), params: Map::new() };
                let error = answer_within(&service, request, &RequestContext::of(lifecycle)).await.unwrap_err();
                assert_eq!(error.code, Code::MethodNotFound, "{method}");
            }
        }
    }
}
