//! A batch: several messages in one HTTP request (MCP 2025-03-26, Basic, "Batching").
//!
//! The messages are answered one after another, so that a batch counts as one request towards the limits. This can take
//! long, and access may change meanwhile, so it is resolved again before each request. The answers are sent together,
//! so their total length is limited.

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use super::access::{AccessRequest, Granted, Resolver};
use super::answer::HttpAnswer;
use super::headers::with_headers;
use super::problem::Problem;
use crate::message::{AnswerId, Message, RefusedMessage, RpcId, RpcRequest};
use crate::methods::context_in_batch;
use crate::response::{encode_batch, join_pieces, single_piece};
use crate::revision::Revision;
use crate::rpc_error::{ErrorCode, RpcError};
use crate::service::Service;

/// The total length of the answers, in bytes, at which no further request is executed. The last answer may exceed it.
const LONGEST_ANSWERS: usize = 32 * 1024 * 1024;

const TOO_LONG: &str = "Not executed: the answers to this batch are too long already. Send this request by itself.";

/// Answers the messages of a batch, the first request under `granted`.
pub(super) async fn answer_batch<R: Resolver>(
    resolver: &R,
    granted: Granted<R::Service>,
    access: &AccessRequest<'_>,
    messages: Vec<Result<Message, RefusedMessage>>,
    settled: Option<Revision>,
) -> Response {
    if messages.iter().any(Result::is_err) {
        granted.refused(&access.context());
    }
    let (mut first, mut answers, mut length, mut headers) = (Some(granted), Vec::new(), 0, Vec::new());
    for message in messages {
        let answer = match message {
            Ok(Message::Cancelled(_) | Message::Ignored) => continue,
            Ok(Message::Request(request)) if length >= LONGEST_ANSWERS => not_executed(request.id, TOO_LONG),
            Ok(Message::Request(request)) => {
                let granted = match first.take() {
                    Some(granted) => Ok(granted),
                    None => resolver.resolve(access).await,
                };
                match granted {
                    Ok(granted) => answer_one(&*granted, request, access, settled).await,
                    Err(denied) => not_executed(request.id, Problem::from(denied).message()),
                }
            }
            Err(refused) => HttpAnswer::to_refused(&refused),
        };
        // The headers state a rate limit, and the newest state of it is the valid one.
        if !answer.headers.is_empty() {
            headers = answer.headers;
        }
        let answer = join_pieces(answer.message);
        length += answer.len();
        answers.push(answer);
    }
    if answers.is_empty() {
        return StatusCode::ACCEPTED.into_response();
    }
    let message = single_piece(encode_batch(&answers));
    HttpAnswer { status: StatusCode::OK, message, headers }.into_whole_response()
}

async fn answer_one(
    service: &impl Service,
    request: RpcRequest,
    access: &AccessRequest<'_>,
    settled: Option<Revision>,
) -> HttpAnswer {
    match context_in_batch(&request, settled) {
        Ok(context) => HttpAnswer::to_request(service, request, &with_headers(context, access.headers)).await,
        Err(error) => {
            service.refused(&access.context());
            HttpAnswer::to_refused(&RefusedMessage { id: AnswerId::Known(request.id), error })
        }
    }
}

/// The answer to a valid request that was not executed. JSON-RPC has no code for this case.
fn not_executed(id: RpcId, reason: &str) -> HttpAnswer {
    let error = RpcError::new(ErrorCode::Internal, reason);
    HttpAnswer::to_refused(&RefusedMessage { id: AnswerId::Known(id), error })
}
