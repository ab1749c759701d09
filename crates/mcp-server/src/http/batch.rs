//! A batch: several messages in one HTTP request (MCP 2025-03-26, Basic, "Batching").
//!
//! The messages are answered one after another, so that a batch counts as one request towards the limits. This can take
//! long, and access may change meanwhile, so it is resolved again before each request. The answers are sent together, so
//! their total length is limited. They are collected in the buffer that is sent.

use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode};

use super::access::{AccessRequest, Granted, Resolver};
use super::answer::HttpAnswer;
use super::headers::with_headers;
use super::hold::Hold;
use super::problem::Problem;
use crate::context::RequestContext;
use crate::message::{AnswerId, Message, RefusedMessage, RpcId, RpcRequest};
use crate::methods::{self, context_in_batch, takes_time};
use crate::response::{Batch, single_piece};
use crate::revision::Revision;
use crate::rpc_error::{ErrorCode, RpcError};
use crate::service::{Refusal, Service};

/// The total length of the answers, in bytes, at which no further request is executed. The last answer may exceed it.
const LONGEST_ANSWERS: usize = 32 * 1024 * 1024;

const TOO_LONG: &str = "Not executed: the answers to this batch are too long already. Send this request by itself.";

/// Returns the challenge to the first call of a batch that the client's authorization does not cover. A response has one
/// status, so that such a call refuses the whole batch.
pub(super) fn insufficient_scope<S: Service>(
    service: &S,
    messages: &[Result<Message, RefusedMessage>],
    context: &RequestContext,
) -> Option<HeaderValue> {
    messages.iter().find_map(|message| match message {
        Ok(Message::Request(request)) => methods::insufficient_scope(service, request, context),
        _ => None,
    })
}

/// Answers the messages of a batch, the first request under `granted`.
pub(super) async fn answer_batch<R: Resolver>(
    resolver: &R,
    granted: Granted<R::Service>,
    mut hold: Hold,
    access: &AccessRequest<'_>,
    messages: Vec<Result<Message, RefusedMessage>>,
    settled: Option<Revision>,
) -> Response {
    if messages.iter().any(Result::is_err) {
        granted.refused(Refusal::Invalid, &access.context());
    }
    let (mut first, mut answers, mut headers) = (Some(granted), Batch::default(), Vec::new());
    for message in messages {
        let answer = match message {
            Ok(Message::Cancelled(_) | Message::Response(..) | Message::Ignored) => continue,
            Ok(Message::Request(request)) if answers.length() >= LONGEST_ANSWERS => not_executed(request.id, TOO_LONG),
            Ok(Message::Request(request)) => {
                let granted = match first.take() {
                    Some(granted) => Ok(granted),
                    None => resolver.resolve(access).await,
                };
                match granted {
                    Ok(granted) => answer_one(&granted, &mut hold, request, access, settled).await,
                    Err(denied) => not_executed(request.id, Problem::from(denied).message()),
                }
            }
            Err(refused) => HttpAnswer::to_refused(&refused),
        };
        // The headers state a rate limit, and the newest state of it is the valid one.
        if !answer.headers.is_empty() {
            headers = answer.headers;
        }
        answers.push(&answer.message);
        hold.bytes.set(answers.length() as u64);
    }
    match answers.into_message() {
        Some(message) => {
            HttpAnswer { status: StatusCode::OK, message: single_piece(message), headers }.into_whole_response(hold)
        }
        None => StatusCode::ACCEPTED.into_response(),
    }
}

async fn answer_one<S: Service>(
    granted: &Granted<S>,
    hold: &mut Hold,
    request: RpcRequest,
    access: &AccessRequest<'_>,
    settled: Option<Revision>,
) -> HttpAnswer {
    let service = &**granted;
    match context_in_batch(&request, settled) {
        Ok(context) => {
            let context = RequestContext { caller: granted.caller(), ..with_headers(context, access.headers) };
            if takes_time(&request)
                && let Err(denied) = hold.reserve_answer(service.info().max_result_bytes).await
            {
                service.refused(Refusal::Busy, &context);
                return not_executed(request.id, Problem::from(denied).message());
            }
            HttpAnswer::to_request(service, request, &context).await
        }
        Err(error) => {
            service.refused(Refusal::Invalid, &access.context());
            HttpAnswer::to_refused(&RefusedMessage { id: AnswerId::Known(request.id), error })
        }
    }
}

/// The answer to a valid request that was not executed. JSON-RPC has no code for this case.
fn not_executed(id: RpcId, reason: &str) -> HttpAnswer {
    let error = RpcError::new(ErrorCode::Internal, reason);
    HttpAnswer::to_refused(&RefusedMessage { id: AnswerId::Known(id), error })
}
