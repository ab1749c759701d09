//! The lifecycle of a request, and the metadata that it requires.
//!
//! The lifecycle is decided for each request alone: one connection may carry both (MCP 2026-07-28, Basic, "Statelessness"
//! and Versioning, "Backward Compatibility with Initialization-Based Versions").

use serde_json::{Map, Value};

use super::context::{ClientInfo, RequestContext};
use super::message::RpcRequest;
use super::meta::{CLIENT_CAPABILITIES, CLIENT_INFO, PROTOCOL_VERSION};
use super::revision::{Lifecycle, Revision};
use super::rpc_error::RpcError;

/// The method by which clients probe for the stateless lifecycle. It has a place here because calling it is a sign of
/// that lifecycle.
pub(crate) const DISCOVER: &str = "server/discover";

/// The name of the revision in a request's `_meta`, known or not.
pub(crate) fn named_version(request: &RpcRequest) -> Option<&str> {
    request.params.get("_meta")?.get(PROTOCOL_VERSION)?.as_str()
}

/// The context of a request, as its `_meta` describes it.
///
/// `settled` is the revision that the transport knows: from the handshake, or from a header. A revision in the message
/// has precedence.
///
/// Fails if the revision is unknown, or if the request is stateless and lacks metadata (MCP 2026-07-28, Basic, "`_meta`").
pub(crate) fn request_context(request: &RpcRequest, settled: Option<Revision>) -> Result<RequestContext, RpcError> {
    let none = Map::new();
    let meta = match request.params.get("_meta") {
        None | Some(Value::Null) => &none,
        Some(Value::Object(meta)) => meta,
        Some(_) => return Err(RpcError::invalid_params("`_meta` must be an object")),
    };
    let named = match meta.get(PROTOCOL_VERSION) {
        Some(Value::String(name)) => {
            Some(Revision::from_name(name).ok_or_else(|| RpcError::unsupported_version(name))?)
        }
        Some(_) => return Err(RpcError::invalid_params(format!("`_meta[\"{PROTOCOL_VERSION}\"]` must be a string"))),
        None => None,
    };
    let revision = named.or(settled);
    let lifecycle = match revision {
        Some(revision) => revision.lifecycle(),
        None if request.method == DISCOVER || meta.contains_key(CLIENT_CAPABILITIES) => Lifecycle::Stateless,
        None => Lifecycle::Handshake,
    };
    if lifecycle == Lifecycle::Handshake {
        return Ok(RequestContext { revision, received: request.received, ..RequestContext::new(lifecycle) });
    }
    for key in [PROTOCOL_VERSION, CLIENT_CAPABILITIES] {
        if !meta.contains_key(key) {
            return Err(RpcError::invalid_params(format!("`_meta[\"{key}\"]` is missing: every request must have it")));
        }
    }
    match meta.get(CLIENT_CAPABILITIES) {
        Some(Value::Object(capabilities)) => Ok(RequestContext {
            revision,
            capabilities: capabilities.clone(),
            client: client_info(meta),
            received: request.received,
            ..RequestContext::new(lifecycle)
        }),
        _ => Err(RpcError::invalid_params(format!("`_meta[\"{CLIENT_CAPABILITIES}\"]` must be an object"))),
    }
}

fn client_info(meta: &Map<String, Value>) -> Option<ClientInfo> {
    let info = meta.get(CLIENT_INFO)?;
    let text = |key: &str| info.get(key).and_then(Value::as_str);
    Some(ClientInfo::new(text("name")?, text("version")))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "tests")]

    use serde_json::json;

    use super::*;
    use crate::message::RpcId;
    use crate::rpc_error::ErrorCode;

    fn request(method: &str, meta: &Value) -> RpcRequest {
        let Value::Object(params) = json!({ "_meta": meta }) else { panic!("an object") };
        RpcRequest::new(RpcId::Text("1".into()), method.to_owned(), params)
    }

    fn lifecycle(method: &str, meta: &Value, settled: Option<Revision>) -> Result<Lifecycle, ErrorCode> {
        request_context(&request(method, meta), settled).map(|context| context.lifecycle).map_err(|error| error.code)
    }

    const HANDSHAKE: Option<Revision> = Some(Revision::V2025_06_18);
    const STATELESS: Option<Revision> = Some(Revision::V2026_07_28);

    #[test]
    fn without_a_named_revision_the_settled_one_decides() {
        assert_eq!(lifecycle("tools/list", &json!(null), None), Ok(Lifecycle::Handshake));
        assert_eq!(lifecycle("tools/list", &json!({ "progressToken": 1 }), HANDSHAKE), Ok(Lifecycle::Handshake));
        assert_eq!(lifecycle("tools/list", &json!({}), STATELESS), Err(ErrorCode::InvalidParams));
    }

    #[test]
    fn a_named_revision_overrides_the_settled_one() {
        let stateless = json!({ PROTOCOL_VERSION: "2026-07-28", CLIENT_CAPABILITIES: {} });
        assert_eq!(lifecycle("tools/list", &stateless, HANDSHAKE), Ok(Lifecycle::Stateless));
        assert_eq!(lifecycle("tools/list", &stateless, None), Ok(Lifecycle::Stateless));
        assert_eq!(lifecycle("tools/list", &json!({ PROTOCOL_VERSION: "2025-11-25" }), None), Ok(Lifecycle::Handshake));
        assert_eq!(
            lifecycle("tools/list", &json!({ PROTOCOL_VERSION: "2025-11-25" }), STATELESS),
            Ok(Lifecycle::Handshake)
        );
    }

    #[test]
    fn unknown_revisions_are_refused_before_other_checks() {
        assert_eq!(
            lifecycle("tools/list", &json!({ PROTOCOL_VERSION: "2027-01-01" }), None),
            Err(ErrorCode::UnsupportedVersion)
        );
        assert_eq!(
            lifecycle("initialize", &json!({ PROTOCOL_VERSION: "" }), HANDSHAKE),
            Err(ErrorCode::UnsupportedVersion)
        );
    }

    #[test]
    fn stateless_requests_require_version_and_capabilities() {
        for meta in [
            json!({ PROTOCOL_VERSION: "2026-07-28" }),
            json!({ CLIENT_CAPABILITIES: {} }),
            json!({ PROTOCOL_VERSION: "2026-07-28", CLIENT_CAPABILITIES: [] }),
            json!({ PROTOCOL_VERSION: 20_260_728, CLIENT_CAPABILITIES: {} }),
            json!([]),
            json!("2026-07-28"),
        ] {
            assert_eq!(lifecycle("tools/list", &meta, None), Err(ErrorCode::InvalidParams), "{meta}");
        }
    }

    #[test]
    fn discovery_is_stateless_unless_a_handshake_came_first() {
        assert_eq!(lifecycle(DISCOVER, &json!(null), None), Err(ErrorCode::InvalidParams));
        assert_eq!(lifecycle(DISCOVER, &json!(null), HANDSHAKE), Ok(Lifecycle::Handshake));
    }

    #[test]
    fn client_info_needs_a_name() {
        let meta = |info: Value| json!({ PROTOCOL_VERSION: "2026-07-28", CLIENT_CAPABILITIES: {}, CLIENT_INFO: info });
        let client = |info| request_context(&request("tools/list", &meta(info)), None).map(|context| context.client);
        assert_eq!(client(json!({ "name": "x", "version": "1" })), Ok(Some(ClientInfo::new("x", Some("1")))));
        assert_eq!(client(json!({ "name": "x" })), Ok(Some(ClientInfo::new("x", None))));
        for nameless in [json!({ "version": "1" }), json!({ "name": 1 }), json!("x"), json!(null)] {
            assert_eq!(client(nameless), Ok(None));
        }
    }

    #[test]
    fn declared_capabilities_are_in_the_context() {
        let meta = json!({ PROTOCOL_VERSION: "2026-07-28", CLIENT_CAPABILITIES: { "sampling": {} } });
        let context = request_context(&request("tools/call", &meta), None);
        assert!(context.is_ok_and(|context| context.capabilities.contains_key("sampling")));
    }
}
