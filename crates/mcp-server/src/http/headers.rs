//! The headers of a request, and the check that they agree with its message.
//!
//! Some headers repeat parts of the message for gateways that do not read bodies. The server must refuse a message that
//! disagrees with them, or else a gateway and the server could act on two different requests (MCP 2026-07-28, Basic,
//! Transports, "Streamable HTTP", "Server Validation"). In the handshake lifecycle only the revision is checked: the
//! other headers came with 2026-07-28.

use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, AUTHORIZATION, USER_AGENT};
use http::{Extensions, HeaderMap, HeaderName};

use crate::context::{ClientInfo, RequestContext};
use crate::lifecycle::{self, named_version};
use crate::message::RpcRequest;
use crate::methods::{CALL_TOOL, GET_PROMPT, READ_RESOURCE};
use crate::revision::{Lifecycle, Revision};
use crate::rpc_error::{ErrorCode, RpcError};
use crate::text::shortened;

/// The header in which the HTTP server passes the identifier of a request.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// The token in the header `Authorization: Bearer` (RFC 6750, section 2.1).
pub fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The address of the client, if the HTTP server passes it as [`ConnectInfo`].
pub fn peer_address(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip())
}

/// The header `MCP-Protocol-Version`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnnouncedVersion<'h> {
    /// There is no such header.
    Absent,
    /// A revision that this crate implements.
    Known(Revision),
    /// Any other value.
    Unknown(&'h str),
}

impl<'h> AnnouncedVersion<'h> {
    /// Reads the header. Fails if it occurs twice or is not text.
    pub(super) fn from_headers(headers: &'h HeaderMap) -> Result<Self, RpcError> {
        Ok(match single_value(headers, &PROTOCOL_VERSION)? {
            None => Self::Absent,
            Some(name) => Revision::from_name(name).map_or(Self::Unknown(name), Self::Known),
        })
    }

    /// The revision, if this crate implements it.
    pub(super) fn revision(self) -> Option<Revision> {
        match self {
            Self::Known(revision) => Some(revision),
            Self::Absent | Self::Unknown(_) => None,
        }
    }
}

/// The identifier of a request in logs.
pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(REQUEST_ID)?.to_str().ok()
}

/// The client program, as the first product in `User-Agent` (RFC 9110, section 10.1.5).
pub(super) fn client_info(headers: &HeaderMap) -> Option<ClientInfo> {
    let product = headers.get(USER_AGENT)?.to_str().ok()?.split_ascii_whitespace().next()?;
    let (name, version) = product.split_once('/').map_or((product, None), |(name, version)| (name, Some(version)));
    Some(ClientInfo::new(name, version))
}

/// Adds the facts in the headers to the context of a request.
pub(super) fn with_headers(mut context: RequestContext, headers: &HeaderMap) -> RequestContext {
    context.request_id = request_id(headers).map(str::to_owned);
    // A program that does not name itself in the message may do so in `User-Agent`.
    context.client = context.client.or_else(|| client_info(headers));
    context
}

/// The context of a request. Fails if the headers disagree with the message, or if its metadata is incomplete.
pub(super) fn request_context(
    announced: AnnouncedVersion<'_>,
    headers: &HeaderMap,
    request: &RpcRequest,
) -> Result<RequestContext, RpcError> {
    match (announced, named_version(request)) {
        (AnnouncedVersion::Known(revision), Some(named)) if revision.name() != named => {
            return Err(differs(&PROTOCOL_VERSION, revision.name(), named));
        }
        (AnnouncedVersion::Unknown(name), Some(named)) if name != named => {
            return Err(differs(&PROTOCOL_VERSION, name, named));
        }
        (AnnouncedVersion::Unknown(name), _) => return Err(RpcError::unsupported_version(name)),
        (AnnouncedVersion::Known(_) | AnnouncedVersion::Absent, _) => {}
    }
    let context = lifecycle::request_context(request, announced.revision())?;
    if context.lifecycle == Lifecycle::Stateless {
        if announced == AnnouncedVersion::Absent {
            return Err(missing(&PROTOCOL_VERSION));
        }
        let method = required(headers, &METHOD)?;
        if method != request.method {
            return Err(differs(&METHOD, method, &request.method));
        }
        if let Some(name) = requested_name(request) {
            let given = required(headers, &NAME)?;
            let decoded = decoded(given).ok_or_else(|| mismatch(&format!("{NAME} is not valid Base64")))?;
            if *decoded != *name.as_bytes() {
                return Err(differs(&NAME, given, name));
            }
        }
    }
    Ok(context)
}

/// The name of the tool or prompt, or the address of the resource, that a request is for.
fn requested_name(request: &RpcRequest) -> Option<&str> {
    let key = match request.method.as_str() {
        CALL_TOOL | GET_PROMPT => "name",
        READ_RESOURCE => "uri",
        _ => return None,
    };
    request.params.get(key)?.as_str()
}

/// Returns true if the client accepts an event stream. Without the header `Accept` it accepts anything (RFC 9110, section
/// 12.5.1).
pub(super) fn accepts_events(headers: &HeaderMap) -> bool {
    if !headers.contains_key(ACCEPT) {
        return true;
    }
    let ranges = || headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    // The most specific media range has precedence.
    let range = ["text/event-stream", "text/*", "*/*"].into_iter().find_map(|wanted| {
        ranges().find(|range| range.split(';').next().is_some_and(|range| range.trim().eq_ignore_ascii_case(wanted)))
    });
    let refused = |parameter: &str| {
        let quality = parameter.split_once('=').filter(|(name, _)| name.trim().eq_ignore_ascii_case("q"));
        quality.and_then(|(_, quality)| quality.trim().parse().ok()).is_some_and(|quality: f32| quality <= 0.0)
    };
    range.is_some_and(|range| !range.split(';').skip(1).any(refused))
}

fn required<'h>(headers: &'h HeaderMap, header: &HeaderName) -> Result<&'h str, RpcError> {
    single_value(headers, header)?.ok_or_else(|| missing(header))
}

/// Decodes a header value. Text that a header cannot carry is sent as Base64 between `=?base64?` and `?=` (MCP
/// 2026-07-28, Basic, Transports, "Streamable HTTP", "Value Encoding").
fn decoded(value: &str) -> Option<Cow<'_, [u8]>> {
    match value.strip_prefix("=?base64?").and_then(|value| value.strip_suffix("?=")) {
        Some(encoded) => STANDARD.decode(encoded).ok().map(Cow::Owned),
        None => Some(Cow::Borrowed(value.as_bytes())),
    }
}

/// The value of a header that may occur once.
fn single_value<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, RpcError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(mismatch(&format!("{name} occurs more than once")));
    }
    value.to_str().map(Some).map_err(|_| mismatch(&format!("{name} is not visible ASCII")))
}

fn missing(header: &HeaderName) -> RpcError {
    mismatch(&format!("{header} is missing"))
}

fn differs(header: &HeaderName, in_header: &str, in_message: &str) -> RpcError {
    mismatch(&format!("{header} is `{}`, but the message has `{}`", shortened(in_header), shortened(in_message)))
}

fn mismatch(problem: &str) -> RpcError {
    RpcError::new(ErrorCode::HeaderMismatch, format!("Header mismatch: {problem}"))
}
