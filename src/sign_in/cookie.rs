//! The cookie of a session (RFC 6265bis).
//!
//! Scripts cannot read it (`HttpOnly`), and other sites cannot make a browser send it, except by a link (`SameSite=Lax`;
//! with `Strict` it would be missing after the redirect from an identity provider). With an https URL it is sent over TLS
//! only (`Secure`), and its prefix `__Host-` keeps other hosts of the domain from setting one.

use http::header::{COOKIE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use crate::registry::{Registry, SESSION_LIFETIME};

/// Returns the value of the session cookie in a request.
pub(super) fn session_cookie<'h>(registry: &Registry, headers: &'h HeaderMap) -> Option<&'h str> {
    let name = name(registry);
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(found, value)| (found == name).then_some(value))
}

/// Returns the header that sets the cookie of a new session.
pub(super) fn set_session_cookie(registry: &Registry, cookie: &SecretString) -> HeaderValue {
    header(registry, cookie.expose_secret(), SESSION_LIFETIME.as_secs())
}

/// Returns the header that deletes the cookie.
pub(super) fn clear_session_cookie(registry: &Registry) -> HeaderValue {
    header(registry, "", 0)
}

fn header(registry: &Registry, value: &str, max_age: u64) -> HeaderValue {
    let secure = if is_secure(registry) { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}", name(registry));
    let mut header = HeaderValue::try_from(text).expect("a slug, a token and attributes are a valid header value");
    header.set_sensitive(true);
    header
}

fn name(registry: &Registry) -> String {
    let prefix = if is_secure(registry) { "__Host-" } else { "" };
    format!("{prefix}{}-session", registry.api().slug)
}

fn is_secure(registry: &Registry) -> bool {
    registry.public_url().starts_with("https:")
}
