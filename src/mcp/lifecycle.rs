//! Which lifecycle a request speaks, and whether it says of its client what that lifecycle demands.
//!
//! The decision is made for each request anew: one connection may carry both lifecycles. What the methods of an lifecycle are
//! is not known here, but for the one that only exists to find out about lifecycles.

use serde_json::{Map, Value};

use super::message::RpcRequest;
use super::revision::{Lifecycle, Revision};
use super::rpc_error::RpcError;
use super::service::{ClientInfo, RequestContext};

/// The key under which a request names its revision.
const PROTOCOL_VERSION: &str = "io.modelcontextprotocol/protocolVersion";

/// The key under which a request declares its client's capabilities.
const CLIENT_CAPABILITIES: &str = "io.modelcontextprotocol/clientCapabilities";

/// The key under which a request names its client.
const CLIENT_INFO: &str = "io.modelcontextprotocol/clientInfo";

/// The key under which a result names the server.
pub(super) const SERVER_INFO: &str = "io.modelcontextprotocol/serverInfo";

/// The method by which clients find out whether a server is stateless.
pub(super) const DISCOVER: &str = "server/discover";

/// The revision that a request names, whether it is known or not.
pub fn named_revision(request: &RpcRequest) -> Option<&str> {
    request.params.get("_meta")?.get(PROTOCOL_VERSION)?.as_str()
}

/// The lifecycle that a request speaks, with what it says of its client.
///
/// `settled` is the revision that the transport knows of by other means than the message; what the message itself
/// says comes first.
pub fn context(request: &RpcRequest, settled: Option<Revision>) -> Result<RequestContext, RpcError> {
    let none = Map::new();
    let meta = match request.params.get("_meta") {
        None | Some(Value::Null) => &none,
        Some(Value::Object(meta)) => meta,
        Some(_) => return Err(RpcError::invalid_params("`_meta` must be an object")),
    };
    let named = match meta.get(PROTOCOL_VERSION) {
        Some(Value::String(name)) => Some(Revision::named(name).ok_or_else(|| RpcError::unsupported(name))?),
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
        return Ok(RequestContext { revision, ..RequestContext::of(lifecycle) });
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
            client: client(meta),
            ..RequestContext::of(lifecycle)
        }),
        _ => Err(RpcError::invalid_params(format!("`_meta[\"{CLIENT_CAPABILITIES}\"]` must be an object"))),
    }
}

fn client(meta: &Map<String, Value>) -> Option<ClientInfo> {
    let info = meta.get(CLIENT_INFO)?;
    let text = |key: &str| info.get(key).and_then(Value::as_str);
    Some(ClientInfo::named(text("name")?, text("version")))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::panic, reason = "tests")]

    use serde_json::json;

    use super::*;
    use crate::mcp::message::Id;
    use crate::mcp::rpc_error::Code;

    fn request(method: &str, meta: &Value) -> RpcRequest {
        let Value::Object(params) = json!({ "_meta": meta }) else { panic!("an object") };
        RpcRequest { id: Id::Text("1".into()), method: method.to_owned(), params }
    }

    fn lifecycle(method: &str, meta: &Value, settled: Option<Revision>) -> Result<Lifecycle, Code> {
        context(&request(method, meta), settled).map(|context| context.lifecycle).map_err(|error| error.code)
    }

    const HANDSHAKE: Option<Revision> = Some(Revision::V2025_06_18);
    const STATELESS: Option<Revision> = Some(Revision::V2026_07_28);

    #[test]
    fn a_request_that_names_no_revision_speaks_the_settled_one_or_else_the_handshake_lifecycle() {
        assert_eq!(lifecycle("tools/list", &json!(null), None), Ok(Lifecycle::Handshake));
        assert_eq!(lifecycle("tools/list", &json!({ "progressToken": 1 }), HANDSHAKE), Ok(Lifecycle::Handshake));
        assert_eq!(lifecycle("tools/list", &json!({}), STATELESS), Err(Code::InvalidParams));
    }

    #[test]
    fn the_revision_in_a_request_counts_more_than_the_settled_one() {
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
    fn a_revision_that_is_not_known_is_refused_whatever_else_is_missing() {
        assert_eq!(
            lifecycle("tools/list", &json!({ PROTOCOL_VERSION: "2027-01-01" }), None),
            Err(Code::UnsupportedRevision)
        );
        assert_eq!(
            lifecycle("initialize", &json!({ PROTOCOL_VERSION: "" }), HANDSHAKE),
            Err(Code::UnsupportedRevision)
        );
    }

    #[test]
    fn a_stateless_request_must_have_both_facts_in_their_types() {
        for meta in [
            json!({ PROTOCOL_VERSION: "2026-07-28" }),
            json!({ CLIENT_CAPABILITIES: {} }),
            json!({ PROTOCOL_VERSION: "2026-07-28", CLIENT_CAPABILITIES: [] }),
            json!({ PROTOCOL_VERSION: 20_260_728, CLIENT_CAPABILITIES: {} }),
            json!([]),
            json!("2026-07-28"),
        ] {
            assert_eq!(lifecycle("tools/list", &meta, None), Err(Code::InvalidParams), "{meta}");
        }
    }

    #[test]
    fn discovery_is_stateless_until_a_handshake_has_settled_otherwise() {
        assert_eq!(lifecycle(DISCOVER, &json!(null), None), Err(Code::InvalidParams));
        assert_eq!(lifecycle(DISCOVER, &json!(null), HANDSHAKE), Ok(Lifecycle::Handshake));
    }

    #[test]
    fn a_client_is_known_by_the_name_that_it_gives() {
        let meta = |info: Value| json!({ PROTOCOL_VERSION: "2026-07-28", CLIENT_CAPABILITIES: {}, CLIENT_INFO: info });
        let client = |info| context(&request("tools/list", &meta(info)), None).map(|context| context.client);
        assert_eq!(client(json!({ "name": "x", "version": "1" })), Ok(Some(ClientInfo::named("x", Some("1")))));
        assert_eq!(client(json!({ "name": "x" })), Ok(Some(ClientInfo::named("x", None))));
        for nameless in [json!({ "version": "1" }), json!({ "name": 1 }), json!("x"), json!(null)] {
            assert_eq!(client(nameless), Ok(None));
        }
    }

    #[test]
    fn the_declared_capabilities_are_handed_on() {
        let meta = json!({ PROTOCOL_VERSION: "2026-07-28", CLIENT_CAPABILITIES: { "sampling": {} } });
        let context = context(&request("tools/call", &meta), None);
        assert!(context.is_ok_and(|context| context.capabilities.contains_key("sampling")));
    }
}
