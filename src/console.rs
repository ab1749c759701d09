//! The console: a web page to manage accounts, MCP servers and API tokens, and to watch activity.
//!
//! The page is an ordinary client of the admin API. Its only routes are its own files, and it has only the rights of the
//! user who is signed in. What this module serves is the same for everyone and contains no secret.

mod about;
mod assets;

use std::sync::LazyLock;

use axum::Router;
use axum::body::Bytes;
use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue,
    IF_NONE_MATCH, REFERRER_POLICY, VARY,
};
use http::{HeaderMap, StatusCode, Uri};
use mcp_server::http::Problem;
use tool_runtime::api::ApiDef;

use self::assets::{Assets, EncodedAsset};

/// Path of the console.
pub const PATH: &str = "/console";

/// The page runs its own scripts and styles, talks to its own server, and cannot be framed. Trusted Types prevent scripts
/// from turning text into markup or code.
const CONTENT_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src \
                              'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; \
                              require-trusted-types-for 'script'; trusted-types 'none'";

/// The referrer policy of pages with forms: other sites learn no address. With `no-referrer` browsers would send the origin
/// of the page's own forms as `null` (Fetch standard, "append a request `Origin` header").
pub(crate) const FORM_REFERRER_POLICY: &str = "same-origin";

/// For responses that depend on the server's settings.
const NO_STORE: &str = "no-store";
/// For files whose path contains a hash of their content.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// The longest name of a server, in characters: a longer one in a query is cut.
const LONGEST_NAME: usize = 200;

/// The files of the console, ready to be served.
static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::new);

/// Returns the path of a file of the console, relative to the top of the server. Other pages have the same design.
pub(crate) fn asset_path(path: &str) -> String {
    format!("{}/{path}", ASSETS.folder())
}

/// Returns the command that creates an admin token on the machine that runs the server.
pub(crate) fn new_token_command() -> String {
    about::new_token_command()
}

/// Builds the routes of the console, for a server that clients reach at `public_url`.
pub fn router(api: &'static ApiDef, public_url: &str) -> Router {
    let page: Bytes = ASSETS.page().into();
    let public_url = public_url.to_owned();
    let about: Bytes = about::about_json(api, &public_url).into();
    let uncached = move |media_type: &'static str, body: Bytes| {
        get(async move || {
            with_content_policy(([(CONTENT_TYPE, media_type), (CACHE_CONTROL, NO_STORE)], body).into_response())
        })
    };
    Router::new()
        .route(PATH, uncached("text/html; charset=utf-8", page))
        .route("/", get(async || Redirect::temporary("console")))
        .route("/console/", get(async || Redirect::permanent("../console")))
        .route("/console/about.json", uncached("application/json", about))
        .route(
            "/console/clients.json",
            get(async move |uri: Uri| {
                let json = about::clients_json(api, &public_url, &queried_name(&uri));
                let headers = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, NO_STORE)];
                with_content_policy((headers, json).into_response())
            }),
        )
        .route(
            "/console/assets/{version}/{*path}",
            get(async move |Path((version, path)): Path<(String, String)>, headers: HeaderMap| {
                with_content_policy(asset_response(&ASSETS, &version, &path, &headers))
            }),
        )
}

/// Returns the name of a server in the query, as far as a name may be long.
fn queried_name(uri: &Uri) -> String {
    let query = uri.query().unwrap_or_default();
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let name = pairs.find(|(key, _)| key == "name").map(|(_, name)| name).unwrap_or_default();
    name.chars().take(LONGEST_NAME).collect()
}

/// Returns the response to a request for one of the files.
fn asset_response(assets: &Assets, version: &str, path: &str, headers: &HeaderMap) -> Response {
    let accept_encoding = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(EncodedAsset { media_type, encoding, etag, bytes }) = assets.find(version, path, accept_encoding) else {
        return Problem::new(StatusCode::NOT_FOUND, "The console has no such file. Reload the page.").into_response();
    };
    let cached = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut response = if cached.split(',').any(|cached| cached.trim().trim_start_matches("W/") == etag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(CONTENT_TYPE, media_type)], bytes).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(IMMUTABLE));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(ETAG, HeaderValue::try_from(etag).expect("a hash and a word are a valid header value"));
    headers.extend(encoding.map(|encoding| (CONTENT_ENCODING, HeaderValue::from_static(encoding))));
    response
}

fn with_content_policy(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(CONTENT_POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static(FORM_REFERRER_POLICY));
    response
}
