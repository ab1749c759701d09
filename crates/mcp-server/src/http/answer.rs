//! The answer to a message, with its HTTP status and headers.

use axum::response::Response;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};

use super::hold::Hold;
use super::outgoing::body_of_pieces;
use crate::context::RequestContext;
use crate::message::{RefusedMessage, RpcRequest};
use crate::methods::answer_in_context;
use crate::response::{Pieces, RpcResponse, encode_answer, encode_refusal, single_piece};
use crate::revision::Lifecycle;
use crate::rpc_error::ErrorCode;
use crate::service::Service;

/// An encoded message for the client.
pub(super) struct HttpAnswer {
    pub(super) status: StatusCode,
    pub(super) message: Pieces,
    pub(super) headers: Vec<(HeaderName, u64)>,
}

impl HttpAnswer {
    /// The answer to a request, by `service`.
    pub(super) async fn to_request<S: Service>(service: &S, request: RpcRequest, context: &RequestContext) -> Self {
        let id = request.id.clone();
        let mut answer = answer_in_context(service, request, context).await;
        let headers = match &mut answer {
            Ok(RpcResponse::Called(called)) => std::mem::take(&mut called.result.headers),
            Ok(RpcResponse::Read(read)) => std::mem::take(&mut read.result.headers),
            Ok(_) => Vec::new(),
            Err(error) => std::mem::take(&mut error.headers),
        };
        let status = match &answer {
            Ok(_) => StatusCode::OK,
            Err(error) => status_of_error(error.code, context.lifecycle),
        };
        Self { status, message: encode_answer(&id, &answer), headers }
    }

    /// The answer to a message that is refused.
    pub(super) fn to_refused(refused: &RefusedMessage) -> Self {
        Self { status: StatusCode::BAD_REQUEST, message: single_piece(encode_refusal(refused)), headers: Vec::new() }
    }

    /// The answer as the whole of a response. `hold` ends when its last byte has left.
    pub(super) fn into_whole_response(self, hold: Hold) -> Response {
        let mut response = Response::new(body_of_pieces(self.message, hold));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.extend(self.headers.into_iter().map(|(name, value)| (name, value.into())));
        response
    }
}

/// The status of an error response.
///
/// MCP 2026-07-28 (Basic, Transports, "Streamable HTTP", "Protocol Version Header" and "Server Validation"; Basic,
/// "`_meta`") demands 404 for an unknown method and 400 for the errors of its metadata. The older revisions
/// leave the status of an error response open, and their clients expect 200.
fn status_of_error(code: ErrorCode, lifecycle: Lifecycle) -> StatusCode {
    match (code, lifecycle) {
        (ErrorCode::MethodNotFound, Lifecycle::Stateless) => StatusCode::NOT_FOUND,
        (
            ErrorCode::Parse
            | ErrorCode::InvalidRequest
            | ErrorCode::HeaderMismatch
            | ErrorCode::MissingCapability
            | ErrorCode::UnsupportedVersion,
            _,
        ) => StatusCode::BAD_REQUEST,
        (
            ErrorCode::MethodNotFound | ErrorCode::InvalidParams | ErrorCode::ResourceNotFound | ErrorCode::Internal,
            _,
        ) => StatusCode::OK,
    }
}
