//! The methods: which there are in which era, what they take, and what they come to.
//!
//! Pure but for the one call of the service. How an answer is written down, sent, or withdrawn is not decided here.

use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use serde_json::{Map, Value};

use super::era::{self, DISCOVER};
use super::fault::{Code, Fault};
use super::message::Request;
use super::reply::{Called, Discovered, Initialized, Reply};
use super::revision::{Era, Revision};
use super::service::{CallError, Context, Service};

const INITIALIZE: &str = "initialize";
const CALL: &str = "tools/call";

/// Whether answering a request can take time: it calls a tool.
pub fn takes_time(request: &Request) -> bool {
    request.method == CALL
}

/// The reply to a request that came alone.
///
/// `settled` is the revision that the transport knows of by other means than the message.
pub async fn answer<S: Service>(service: &S, request: Request, settled: Option<Revision>) -> Result<Reply<'_>, Fault> {
    let context = era::context(&request, settled)?;
    answer_within(service, request, &context).await
}

/// The reply to a request whose context is already known.
pub async fn answer_within<'s, S: Service>(
    service: &'s S,
    request: Request,
    context: &Context,
) -> Result<Reply<'s>, Fault> {
    match (request.method.as_str(), context.era) {
        (CALL, _) => call(service, request.params, context).await,
        ("tools/list", era) => match request.params.get("cursor") {
            None | Some(Value::Null) => Ok(Reply::Listed(service.tools().result(era))),
            Some(_) => Err(Fault::invalid_params("Unknown cursor: the list has one page")),
        },
        (DISCOVER, Era::Modern) => Ok(Reply::Discovered(Discovered::by(service.info()))),
        (INITIALIZE, Era::Legacy) => match request.params.get("protocolVersion") {
            Some(Value::String(name)) => {
                Ok(Reply::Initialized(Initialized::by(service.info(), Revision::agreed(name))))
            }
            _ => Err(Fault::invalid_params("`protocolVersion` must be a string such as \"2025-11-25\"")),
        },
        ("ping", Era::Legacy) => Ok(Reply::Pong {}),
        (method, _) => Err(Fault::unknown_method(method)),
    }
}

/// The reply to a request out of a batch, which cannot do all that others can.
pub async fn answer_in_batch<S: Service>(
    service: &S,
    request: Request,
    settled: Option<Revision>,
) -> Result<Reply<'_>, Fault> {
    let context = context_in_batch(&request, settled)?;
    answer_within(service, request, &context).await
}

/// The context of a request out of a batch.
pub fn context_in_batch(request: &Request, settled: Option<Revision>) -> Result<Context, Fault> {
    if request.method == INITIALIZE {
        return Err(Fault::invalid_request("`initialize` cannot be part of a batch"));
    }
    let context = era::context(request, settled)?;
    if context.era == Era::Modern {
        return Err(Fault::invalid_request("A modern request cannot be part of a batch"));
    }
    Ok(context)
}

async fn call<'s, S: Service>(
    service: &'s S,
    mut params: Map<String, Value>,
    context: &Context,
) -> Result<Reply<'s>, Fault> {
    let name = match params.get_mut("name").map(Value::take) {
        Some(Value::String(name)) => name,
        Some(_) => return Err(Fault::invalid_params("`name` must be a string")),
        None => return Err(Fault::invalid_params("`name` is missing: it says which tool to call")),
    };
    let arguments = match params.get_mut("arguments").map(Value::take) {
        Some(Value::Object(arguments)) => arguments,
        None | Some(Value::Null) => Map::new(),
        Some(_) => return Err(Fault::invalid_params("`arguments` must be an object")),
    };
    // A defect in one tool must cost one answer, not the connection.
    match AssertUnwindSafe(service.call(&name, arguments, context)).catch_unwind().await {
        Ok(Ok(result)) => Ok(Reply::Called(Called { result, by: service.info(), era: context.era })),
        Ok(Err(CallError::UnknownTool)) => Err(Fault::unknown_tool(&name)),
        Ok(Err(CallError::MissingCapability(capability))) => Err(Fault::missing_capability(capability)),
        Err(_) => {
            tracing::error!(tool = name, "a tool call panicked");
            Err(Fault::new(Code::Internal, "Internal error: the tool call broke off"))
        }
    }
}
