//! A batch: several messages in one request, answered one after another, so that it takes no more than one request's
//! share.
//!
//! That can take long. What the token opens may change meanwhile, so it is asked anew before each request: what is no
//! longer open to it is not done, nor what others have taken the place of. And the answers wait for each other, so
//! there is an end to how long they get.

use axum::response::{IntoResponse as _, Response};
use http::StatusCode;

use super::{AccessRequest, Answer, Granted, Resolver, within};
use crate::mcp::answer::context_in_batch;
use crate::mcp::message::{Message, Refused, RpcRequest};
use crate::mcp::reply;
use crate::mcp::revision::Revision;
use crate::mcp::rpc_error::{Code, RpcError};
use crate::mcp::service::Service;
use crate::problem::Problem;

/// How long the answers may be, in bytes, before nothing further is done. The last of them may go beyond it.
const ENOUGH: usize = 32 * 1024 * 1024;

const LONG_ENOUGH: &str = "Nothing was done: the answers to this batch are long already; send this request by itself";

/// Answers the messages for which `access` was given to `visit`.
pub(super) async fn answer<R: Resolver>(
    resolver: &R,
    access: Granted<R::Service>,
    visit: &AccessRequest<'_>,
    messages: Vec<Result<Message, Refused>>,
    settled: Option<Revision>,
) -> Response {
    if messages.iter().any(Result::is_err) {
        access.refused(&visit.context());
    }
    let (mut first, mut answers, mut length, mut headers) = (Some(access), Vec::new(), 0, Vec::new());
    for message in messages {
        let answer = match message {
            Ok(Message::Cancelled(_) | Message::Ignored) => continue,
            Ok(Message::Request(request)) if length >= ENOUGH => {
                Answer::refusing(Some(&request.id), not_done(LONG_ENOUGH))
            }
            Ok(Message::Request(request)) => {
                let access = match first.take() {
                    Some(access) => Ok(access),
                    None => resolver.resolve(visit).await,
                };
                match access {
                    Ok(access) => one(&*access, request, visit, settled).await,
                    Err(denied) => Answer::refusing(Some(&request.id), not_done(Problem::from(denied).message())),
                }
            }
            Err(refused) => Answer::refusing(refused.id.as_ref(), refused.error),
        };
        // What was said last of a rate limit is what holds now.
        if !answer.headers.is_empty() {
            headers = answer.headers;
        }
        let answer = reply::joined(answer.message);
        length += answer.len();
        answers.push(answer);
    }
    if answers.is_empty() {
        return StatusCode::ACCEPTED.into_response();
    }
    let message = reply::in_one_piece(reply::write_batch(&answers));
    Answer { status: StatusCode::OK, message, headers }.whole()
}

async fn one(
    service: &impl Service,
    request: RpcRequest,
    visit: &AccessRequest<'_>,
    settled: Option<Revision>,
) -> Answer {
    match context_in_batch(&request, settled) {
        Ok(context) => Answer::to(service, request, &within(context, visit.headers)).await,
        Err(error) => {
            service.refused(&visit.context());
            Answer::refusing(Some(&request.id), error)
        }
    }
}

/// The request is as it should be, and JSON-RPC has no code for that nothing was done all the same.
fn not_done(why: &str) -> RpcError {
    RpcError::new(Code::Internal, why)
}
