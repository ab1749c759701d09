//! Challenges: where a client signs in to a server, and for which scopes (RFC 6750, section 3; RFC 9728, section 5.1).

use http::HeaderValue;
use uuid::Uuid;

use crate::registry::{Registry, SignInTarget};

/// The URL of the metadata of a server that asks for sign-in (RFC 9728, section 3).
pub(super) fn metadata_url(registry: &Registry, server: Uuid) -> String {
    format!("{}/.well-known/oauth-protected-resource/mcp/{server}", registry.public_url())
}

/// The challenge to a request without a valid access token.
pub(super) fn unauthorized(registry: &Registry, target: &SignInTarget, has_token: bool) -> HeaderValue {
    let metadata = metadata_url(registry, target.id);
    // A request without a token is not an error (RFC 6750, section 3.1).
    let error = if has_token {
        ", error=\"invalid_token\", error_description=\"The access token is unknown, expired, revoked, or for another server\""
    } else {
        ""
    };
    let challenge = format!("Bearer resource_metadata=\"{metadata}\", scope=\"{}\"{error}", target.grantable);
    HeaderValue::try_from(challenge).expect("a URL is ASCII without control characters, and so is the rest")
}
