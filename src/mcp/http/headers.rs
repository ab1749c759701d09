//! The headers around a message: what they say of it, and whether the message says the same.
//!
//! They repeat parts of the message for those on the way who do not read it. Whoever acts on the message has to see
//! to it that both agree, or else two readers could take it for two different things. A message of the handshake lifecycle is
//! only checked for its revision: the other headers came with the stateless one.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{ACCEPT, USER_AGENT};
use http::{HeaderMap, HeaderName};

use super::REQUEST_ID;
use crate::mcp::answer::{CALL, PROMPT, READ};
use crate::mcp::lifecycle::{self, named_revision};
use crate::mcp::message::RpcRequest;
use crate::mcp::revision::{Lifecycle, Revision};
use crate::mcp::rpc_error::{Code, RpcError, shown};
use crate::mcp::service::{ClientInfo, RequestContext};

const PROTOCOL_VERSION: HeaderName = HeaderName::from_static("mcp-protocol-version");
const METHOD: HeaderName = HeaderName::from_static("mcp-method");
const NAME: HeaderName = HeaderName::from_static("mcp-name");

/// What the headers say of the revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Announced<'h> {
    /// Nothing.
    Nothing,
    /// It is one of ours.
    Known(Revision),
    /// It has another name.
    Unknown(&'h str),
}

impl<'h> Announced<'h> {
    /// The revision that `headers` name.
    pub(super) fn by(headers: &'h HeaderMap) -> Result<Self, RpcError> {
        Ok(match text(headers, &PROTOCOL_VERSION)? {
            None => Self::Nothing,
            Some(name) => Revision::named(name).map_or(Self::Unknown(name), Self::Known),
        })
    }

    /// The revision, if it is one of ours.
    pub(super) fn settled(self) -> Option<Revision> {
        match self {
            Self::Known(revision) => Some(revision),
            Self::Nothing | Self::Unknown(_) => None,
        }
    }
}

/// What a request is known by in logs.
pub(super) fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(REQUEST_ID)?.to_str().ok()
}

/// The program that sent a request, as HTTP has it.
pub(super) fn client(headers: &HeaderMap) -> Option<ClientInfo> {
    let product = headers.get(USER_AGENT)?.to_str().ok()?.split_ascii_whitespace().next()?;
    let (name, version) = product.split_once('/').map_or((product, None), |(name, version)| (name, Some(version)));
    Some(ClientInfo::named(name, version))
}

/// The context of `request`, if the headers around it agree with it.
pub(super) fn context(
    announced: Announced<'_>,
    headers: &HeaderMap,
    request: &RpcRequest,
) -> Result<RequestContext, RpcError> {
    match (announced, named_revision(request)) {
        (Announced::Known(revision), Some(named)) if revision.name() != named => {
            return Err(differs(&PROTOCOL_VERSION, revision.name(), named));
        }
        (Announced::Unknown(name), Some(named)) if name != named => {
            return Err(differs(&PROTOCOL_VERSION, name, named));
        }
        (Announced::Unknown(name), _) => return Err(RpcError::unsupported(name)),
        (Announced::Known(_) | Announced::Nothing, _) => {}
    }
    let context = lifecycle::context(request, announced.settled())?;
    if context.lifecycle == Lifecycle::Stateless {
        if announced == Announced::Nothing {
            return Err(missing(&PROTOCOL_VERSION));
        }
        let method = required(headers, &METHOD)?;
        if method != request.method {
            return Err(differs(&METHOD, method, &request.method));
        }
        if let Some(name) = name(request) {
            let given = required(headers, &NAME)?;
            let meant = decoded(given).ok_or_else(|| mismatch(&format!("{NAME} is not valid Base64")))?;
            if *meant != *name.as_bytes() {
                return Err(differs(&NAME, given, name));
            }
        }
    }
    Ok(context)
}

/// What a request's method is about, if it is one that has such a thing and says so.
fn name(request: &RpcRequest) -> Option<&str> {
    let source = match request.method.as_str() {
        CALL | PROMPT => "name",
        READ => "uri",
        _ => return None,
    };
    request.params.get(source)?.as_str()
}

/// Whether the client takes a stream of events, as far as `Accept` says. Without one, it takes anything.
pub(super) fn admits_events(headers: &HeaderMap) -> bool {
    if !headers.contains_key(ACCEPT) {
        return true;
    }
    let ranges = || headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    // The narrowest range that fits is the one that counts.
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
    text(headers, header)?.ok_or_else(|| missing(header))
}

/// Values that cannot be in a header as they are come as Base64 between marks.
fn decoded(value: &str) -> Option<Cow<'_, [u8]>> {
    match value.strip_prefix("=?base64?").and_then(|value| value.strip_suffix("?=")) {
        Some(encoded) => STANDARD.decode(encoded).ok().map(Cow::Owned),
        None => Some(Cow::Borrowed(value.as_bytes())),
    }
}

/// The value of a header that may be there once.
fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, RpcError> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(mismatch(&format!("{name} is given more than once")));
    }
    value.to_str().map(Some).map_err(|_| mismatch(&format!("{name} has characters that cannot be in a header")))
}

fn missing(header: &HeaderName) -> RpcError {
    mismatch(&format!("{header} is missing"))
}

fn differs(header: &HeaderName, given: &str, said: &str) -> RpcError {
    mismatch(&format!("{header} says `{}`, and the message `{}`", shown(given), shown(said)))
}

fn mismatch(problem: &str) -> RpcError {
    RpcError::new(Code::HeaderMismatch, format!("Header mismatch: {problem}"))
}
