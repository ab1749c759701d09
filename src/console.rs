//! The console: a page on which people see to accounts, servers and what is called, without a shell.
//!
//! The page is a client of the admin API like any other: it has no route of its own but to its files, and no right but
//! that of the token its user gives it. That token stays in the page and travels in a header, never in a cookie: no
//! other site can make a browser send it along. What is served here is the same for everyone and holds no secret.

mod about;
mod assets;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, StatusCode};
use tool_runtime::api::ApiDef;

use self::assets::{Assets, Body};
use mcp_server::http::Problem;

/// Where the page is.
pub const PATH: &str = "/console";

/// The page runs its own scripts and styles, talks to the server it came from, and is shown nowhere else. Nothing in it
/// may turn text into markup or code.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' \
                      data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; \
                      require-trusted-types-for 'script'; trusted-types 'none'";

/// What is made anew whenever it is asked for.
const NEVER_KEPT: &str = "no-store";
/// What is another thing under another address.
const KEPT_FOREVER: &str = "public, max-age=31536000, immutable";

/// The page and its files, for a server that is known to the outside as `public_url`.
pub fn router(api: &ApiDef, public_url: &str) -> Router {
    let assets = Arc::new(Assets::new());
    let page: Bytes = assets.page().into();
    let about: Bytes = about::about(api, public_url).into();
    let sent = move |media_type: &'static str, body: Bytes| {
        get(async move || guarded(([(CONTENT_TYPE, media_type), (CACHE_CONTROL, NEVER_KEPT)], body).into_response()))
    };
    Router::new()
        .route(PATH, sent("text/html; charset=utf-8", page))
        // Whoever types only the host looks for the page.
        .route("/", get(async || Redirect::temporary("console")))
        .route("/console/", get(async || Redirect::permanent("../console")))
        .route("/console/about.json", sent("application/json", about))
        .route(
            "/console/assets/{version}/{*path}",
            get(async move |Path((version, path)): Path<(String, String)>, headers: HeaderMap| {
                guarded(asset(&assets, &version, &path, &headers))
            }),
        )
}

/// One of the page's files.
fn asset(assets: &Assets, version: &str, path: &str, headers: &HeaderMap) -> Response {
    let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(Body { media_type, encoding, tag, bytes }) = assets.find(version, path, accepted) else {
        return Problem::new(StatusCode::NOT_FOUND, "The console has no such file: load its page again.")
            .into_response();
    };
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut response = if known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, media_type)], bytes).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(KEPT_FOREVER));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    // A hash and a word are fit for a header.
    headers.extend(HeaderValue::try_from(tag).map(|tag| (ETAG, tag)));
    headers.extend(encoding.map(|encoding| (CONTENT_ENCODING, HeaderValue::from_static(encoding))));
    response
}

fn guarded(mut response: Response) -> Response {
    response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}
