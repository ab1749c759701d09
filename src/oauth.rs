//! The authorization server (OAuth 2.1) of the servers that ask for sign-in, and their metadata.
//!
//! A client finds the metadata of a server (RFC 9728), reads that of the authorization server (RFC 8414), and makes itself
//! known: by a client that an operator registered, by the URL of a metadata document, or by registering itself (RFC 7591). The
//! user signs in and agrees on a page. The client exchanges the code for tokens, which are opaque and work for one server
//! (RFC 8707). [docs/oauth.md](../docs/oauth.md) lists the requirements with the tests that hold them.
//!
//! The rules of clients and connections are the registry's. Nothing here outlives a request, except limits on strangers and a
//! cache of documents, so that any node can serve any step.

mod authorize;
mod client;
mod client_document;
mod error;
mod metadata;
mod parameters;
mod rate_limit;
mod register;
mod revoke;
mod token;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::{get, post};
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, RETRY_AFTER, WWW_AUTHENTICATE};
use mcp_server::http::ByteBudget;
use tower_http::cors::{Any, CorsLayer};

use self::client_document::ClientDocuments;
use self::rate_limit::RateLimit;
use crate::registry::{AuthThrottle, Registry};
use crate::sign_in::SignIn;
use crate::upstream::BoundedClient;

/// The bytes of bodies that may be held at a time.
const BYTES_OF_BODIES: u64 = 4 * 1024 * 1024;

/// The clients that may register themselves from one address in an hour. claude.ai registers at every connection, and many
/// users share its addresses.
const REGISTRATIONS_PER_HOUR: u32 = 200;

/// The requests for tokens that may come from one address in a minute.
const TOKEN_REQUESTS_PER_MINUTE: u32 = 1000;

const AUTHORIZE: &str = "/oauth/authorize";
const TOKEN: &str = "/oauth/token";
const REGISTER: &str = "/oauth/register";
const REVOKE: &str = "/oauth/revoke";

/// The authorization server. Clones share their state.
#[derive(Clone)]
pub struct AuthorizationServer(Arc<Inner>);

struct Inner {
    registry: Registry,
    /// Asks the identity providers of users.
    sign_in: SignIn,
    documents: ClientDocuments,
    registrations: RateLimit,
    token_requests: RateLimit,
    /// The throttle of wrong client secrets.
    secrets: AuthThrottle,
    /// The bytes of bodies that are being read.
    bodies: ByteBudget,
}

impl AuthorizationServer {
    /// The authorization server of `registry`. The metadata documents of clients are fetched by `documents`, and identity
    /// providers are asked by `sign_in`.
    pub fn new(registry: Registry, documents: BoundedClient, sign_in: SignIn) -> Self {
        let clock = registry.clock().clone();
        Self(Arc::new(Inner {
            documents: ClientDocuments::new(documents, clock.clone()),
            registrations: RateLimit::new(REGISTRATIONS_PER_HOUR, Duration::from_hours(1), clock.clone()),
            token_requests: RateLimit::new(TOKEN_REQUESTS_PER_MINUTE, Duration::from_mins(1), clock.clone()),
            secrets: AuthThrottle::new(clock),
            bodies: ByteBudget::new(BYTES_OF_BODIES),
            registry,
            sign_in,
        }))
    }

    /// The page on which a user lets a client use a server.
    pub fn pages(&self) -> Router {
        Router::new().route(AUTHORIZE, get(authorize::show).post(authorize::decide)).with_state(self.clone())
    }

    /// The routes that web pages of any origin may use. Cookies have no effect there.
    pub fn open_routes(&self) -> Router {
        let cors = CorsLayer::new()
            .allow_origin(Any)
            .allow_methods([Method::GET, Method::POST])
            .allow_headers([AUTHORIZATION, CONTENT_TYPE, HeaderName::from_static("mcp-protocol-version")])
            .expose_headers([RETRY_AFTER, WWW_AUTHENTICATE]);
        metadata::router(self.0.registry.public_url())
            .route(TOKEN, post(token::issue))
            .route(REGISTER, post(register::register))
            .route(REVOKE, post(revoke::revoke))
            .with_state(self.clone())
            .layer(cors)
    }

    /// Returns whether web pages of any origin may send requests to that path: it is one of [`open_routes`](Self::open_routes).
    pub fn is_open(path: &str) -> bool {
        [TOKEN, REGISTER, REVOKE].contains(&path) || metadata::is_metadata(path)
    }
}
