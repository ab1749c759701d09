//! The cookie of a session (RFC 6265bis).
//!
//! Scripts cannot read it (`HttpOnly`), and other sites cannot make a browser send it, except by a link (`SameSite=Lax`;
//! with `Strict` it would be missing after the redirect from an identity provider). With an https URL it is sent over TLS
//! only (`Secure`), and its prefix `__Host-` keeps other hosts of the domain from setting one.

use http::header::{COOKIE, HeaderMap, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};

use crate::registry::{Registry, SESSION_LIFETIME};

const SESSION: &str = "session";
/// The cookie of a sign-in with a provider that is in progress.
const ATTEMPT: &str = "sign-in";
/// The lifetime of that cookie, in seconds. What is in it expires by itself.
const ATTEMPT_SECONDS: u64 = 600;

/// Returns the value of the session cookie in a request.
pub(super) fn session_cookie<'h>(registry: &Registry, headers: &'h HeaderMap) -> Option<&'h str> {
    cookie(registry, headers, SESSION)
}

/// Returns the value of the cookie of a sign-in that is in progress.
pub(super) fn attempt_cookie<'h>(registry: &Registry, headers: &'h HeaderMap) -> Option<&'h str> {
    cookie(registry, headers, ATTEMPT)
}

fn cookie<'h>(registry: &Registry, headers: &'h HeaderMap, cookie: &str) -> Option<&'h str> {
    let name = name(registry, cookie);
    let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find_map(|(found, value)| (found == name).then_some(value))
}

/// Returns the header that sets the cookie of a new session.
pub(super) fn set_session_cookie(registry: &Registry, cookie: &SecretString) -> HeaderValue {
    header(registry, SESSION, cookie.expose_secret(), SESSION_LIFETIME.as_secs())
}

/// Returns the header that deletes the cookie.
pub(super) fn clear_session_cookie(registry: &Registry) -> HeaderValue {
    header(registry, SESSION, "", 0)
}

/// Returns the header that sets the cookie of a sign-in that begins.
pub(super) fn set_attempt_cookie(registry: &Registry, cookie: &SecretString) -> HeaderValue {
    header(registry, ATTEMPT, cookie.expose_secret(), ATTEMPT_SECONDS)
}

/// Returns the header that deletes that cookie.
pub(super) fn clear_attempt_cookie(registry: &Registry) -> HeaderValue {
    header(registry, ATTEMPT, "", 0)
}

fn header(registry: &Registry, cookie: &str, value: &str, max_age: u64) -> HeaderValue {
    let secure = if is_secure(registry) { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; Max-Age={max_age}; HttpOnly; SameSite=Lax{secure}", name(registry, cookie));
    let mut header = HeaderValue::try_from(text).expect("a slug, a token and attributes are a valid header value");
    header.set_sensitive(true);
    header
}

fn name(registry: &Registry, cookie: &str) -> String {
    let prefix = if is_secure(registry) { "__Host-" } else { "" };
    format!("{prefix}{}-{cookie}", registry.api().slug)
}

fn is_secure(registry: &Registry) -> bool {
    registry.public_url().starts_with("https:")
}
