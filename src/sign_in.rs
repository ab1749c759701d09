//! The browser's side of signing in: the session cookie, the pages, and the checks of requests that come from a page.
//!
//! A browser sends its cookies with every request to this server, whichever site caused it. A session therefore proves who
//! the user is, and nothing about what the user wants. A request that changes something must also come from a page of this
//! server ([`check_same_origin`]) and repeat the session's CSRF token, which only such pages know ([`is_csrf_token_of`]).
//!
//! The pages work without scripts, cannot be framed, and take nothing from other servers.

mod cookie;
mod form;
mod local_path;
mod origin;
mod page;
mod provider;
mod sign_in_page;
mod sign_out;

use axum::Router;
use axum::routing::{get, post};
use http::HeaderMap;
use mcp_server::http::ByteBudget;
use subtle::ConstantTimeEq as _;

pub use self::form::FormFields;
pub(crate) use self::local_path::LocalPath;
pub use self::origin::check_same_origin;
pub use self::page::{Page, error_page};
pub use self::provider::Confirmation;
use self::provider::Providers;
use crate::registry::{AuthThrottle, Registry, RegistryError, Session};
use crate::upstream::BoundedClient;

/// The path of the sign-in page.
pub(crate) const SIGN_IN: &str = "/sign-in";
/// The path that signs out.
pub(crate) const SIGN_OUT: &str = "/sign-out";

/// The bytes of bodies that may be held at a time.
const BYTES_OF_BODIES: u64 = 1024 * 1024;

/// The pages of sign-in.
#[derive(Clone, Debug)]
pub struct SignIn {
    registry: Registry,
    /// The throttle of the admin API, so that the two together allow no more failed logins than one.
    throttle: AuthThrottle,
    /// The bytes of bodies that are being read.
    bodies: ByteBudget,
    providers: Providers,
}

impl SignIn {
    /// The pages for the users of `registry`. Failed logins are counted in `throttle`, and identity providers are reached
    /// with `providers`.
    pub fn new(registry: Registry, throttle: AuthThrottle, providers: BoundedClient) -> Self {
        let providers = Providers::new(providers, registry.clock().clone());
        Self { registry, throttle, bodies: ByteBudget::new(BYTES_OF_BODIES), providers }
    }

    /// The routes of the pages.
    pub fn router(self) -> Router {
        Router::new()
            .route(SIGN_IN, get(sign_in_page::show).post(sign_in_page::submit))
            .route("/sign-in/start/{id}", get(provider::start))
            .route("/sign-in/callback/{id}", get(provider::callback))
            .route("/sign-in/session.json", get(sign_out::session_json))
            .route(SIGN_OUT, post(sign_out::submit))
            .with_state(self)
    }
}

/// Returns the live session of the browser that sent these headers.
///
/// # Errors
/// Fails if the store cannot be read.
pub async fn session(registry: &Registry, headers: &HeaderMap) -> Result<Option<Session>, RegistryError> {
    match cookie::session_cookie(registry, headers) {
        Some(cookie) => registry.session(cookie).await,
        None => Ok(None),
    }
}

/// Returns whether a request repeats the CSRF token of a session.
pub(crate) fn is_csrf_token_of(session: &Session, given: &str) -> bool {
    session.csrf_token.as_bytes().ct_eq(given.as_bytes()).into()
}
