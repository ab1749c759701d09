//! The frame of all pages: the console's design, and the headers that keep other sites out.

use axum::response::{Html, IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY};
use http::{HeaderMap, StatusCode};
use maud::{DOCTYPE, Markup, html};
use tool_runtime::api::ApiDef;

use crate::console;

const X_FRAME_OPTIONS: HeaderName = HeaderName::from_static("x-frame-options");

/// The pages load styles of this server and nothing else, run no script, and cannot be framed.
const CONTENT_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; frame-ancestors 'none'; \
                              base-uri 'none'; form-action";

/// A page.
#[derive(Debug)]
pub struct Page {
    /// The title.
    pub title: String,
    /// The number of folders between the top and the page: 1 for `/oauth/authorize`.
    pub depth: usize,
    /// The content.
    pub content: Markup,
    /// The other places to which the page's forms may lead, as sources of a content security policy: browsers apply `form-action` to the
    /// redirect that answers a form, too.
    pub form_targets: Vec<String>,
}

impl Page {
    /// A page at the top, whose forms lead to this server.
    pub fn new(title: impl Into<String>, content: Markup) -> Self {
        Self { title: title.into(), depth: 0, content, form_targets: Vec::new() }
    }

    /// Returns the page as a response.
    pub fn response(self, api: &ApiDef, status: StatusCode) -> Response {
        let mut policy = format!("{CONTENT_POLICY} 'self'");
        for target in &self.form_targets {
            policy.push(' ');
            policy.push_str(target);
        }
        let mut response = (status, Html(self.document(api).into_string())).into_response();
        let headers = response.headers_mut();
        let policy = HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"));
        headers.insert(CONTENT_SECURITY_POLICY, policy);
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        keep_private(headers);
        response
    }

    fn document(&self, api: &ApiDef) -> Markup {
        let top = "../".repeat(self.depth);
        html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    title { (self.title) " · " (api.title) " MCP server" }
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    meta name="robots" content="noindex";
                    link rel="icon" href={ (top) (console::asset_path("icon.svg")) } type="image/svg+xml";
                    @for sheet in ["base", "forms", "parts", "views"] {
                        link rel="stylesheet" href={ (top) (console::asset_path(&format!("style/{sheet}.css"))) };
                    }
                }
                body {
                    div id="app" {
                        header class="top" {
                            a class="brand" href={ "./" (top) "console" } {
                                span class="mark" aria-hidden="true" {}
                                (api.title) " " small { "MCP server" }
                            }
                        }
                        main { (self.content) }
                        footer class="bottom" { (api.title) " MCP server " (env!("CARGO_PKG_VERSION")) }
                    }
                }
            }
        }
    }
}

/// Keeps a response out of caches, and its address from other sites.
pub(super) fn keep_private(headers: &mut HeaderMap) {
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static(console::FORM_REFERRER_POLICY));
}

/// A page that says what failed and what to do. `depth` is that of [`Page::depth`].
pub fn error_page(api: &ApiDef, status: StatusCode, depth: usize, title: &str, message: &str) -> Response {
    let content = html! {
        section class="sign-in card" {
            h1 { (title) }
            p class="notice bad" role="alert" { (message) }
        }
    };
    Page { depth, ..Page::new(title, content) }.response(api, status)
}
