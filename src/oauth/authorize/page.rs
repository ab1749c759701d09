//! The pages: what a client may do with a server, and why it may not.

use axum::response::Response;
use http::StatusCode;
use maud::{Markup, html};
use tool_runtime::api::ApiDef;
use tool_runtime::effect::EffectKind;
use tool_runtime::tool::ToolDef;

use super::request::{AuthorizationError, AuthorizationRequest};
use crate::oauth::client::Client;
use crate::registry::{RedirectKind, RedirectUri, Session, SignInTarget};
use crate::scope::{Grant, GrantedMethod};
use crate::sign_in::Page;
use crate::tools::TOOLS;

/// The fields of the form, and their values.
pub(super) const QUERY: &str = "request";
pub(super) const CSRF: &str = "csrf_token";
pub(super) const DECISION: &str = "decision";
pub(super) const ALLOW: &str = "allow";
const DENY: &str = "deny";
pub(super) const ACCESS: &str = "access";
pub(super) const READ_ONLY: &str = "read";
const FULL: &str = "all";

/// The depth of `/oauth/authorize`.
pub(super) const DEPTH: usize = 1;

/// The question whether a client may use a server.
pub(super) struct Consent<'a> {
    pub(super) client: &'a Client,
    pub(super) asked: &'a AuthorizationRequest,
    pub(super) target: &'a SignInTarget,
    pub(super) grant: Grant,
    pub(super) session: &'a Session,
    /// The request, which the form repeats.
    pub(super) query: &'a str,
    /// True if the user agreed to the same before.
    pub(super) is_known: bool,
}

impl Consent<'_> {
    pub(super) fn page(&self, api: &ApiDef) -> Response {
        let Self { client, asked, target, session, .. } = self;
        let redirect = &asked.response.redirect;
        let content = html! {
            section class="sign-in card consent" {
                h1 { "Connect " (client.name) " to " (target.name) }
                p class="lead" {
                    strong { (client.name) } " wants to use the " (api.title) " tools of " strong { (target.name) } " for you."
                }
                dl class="facts" {
                    dt { "Client" }
                    dd {
                        (client.name)
                        @match &client.host {
                            Some(host) => { " · verified for " strong { (host) } }
                            None => { " · a name that it gives itself" }
                        }
                    }
                    dt { "Returns to" } dd { strong { (redirect.destination()) } }
                    dt { "Your account" } dd { (session.user.shown_name()) }
                }
                @if redirect.kind() != RedirectKind::Website {
                    p class="notice warn" {
                        "Continue only if you have just started this connection in a program on this computer."
                    }
                }
                form method="post" action="authorize" {
                    input type="hidden" name=(QUERY) value=(self.query);
                    input type="hidden" name=(CSRF) value=(session.csrf_token);
                    @if self.is_known {
                        p { "You have let this client use this server before." }
                    } @else {
                        (self.choices())
                    }
                    (self.tools(api))
                    p class="hint" {
                        "The access lasts until you or an admin end it in the "
                        a href="../console" target="_blank" rel="noopener" { "console" }
                        ", or until it is not used for 30 days. "
                        (client.name) " sees what these tools return."
                    }
                    div class="actions" {
                        button class="button primary" name=(DECISION) value=(ALLOW) {
                            @if self.is_known { "Continue" } @else { "Allow" }
                        }
                        button class="button" name=(DECISION) value=(DENY) { "Cancel" }
                    }
                }
            }
        };
        let title = format!("Connect {}", client.name);
        let page = Page { depth: DEPTH, form_targets: form_targets(redirect), ..Page::new(title, content) };
        page.response(api, StatusCode::OK)
    }

    /// The choice between everything that the client wants and reading only.
    fn choices(&self) -> Markup {
        let has = |method| self.grant.contains(method);
        html! {
            @if has(GrantedMethod::Read) && has(GrantedMethod::Write) {
                fieldset class="choices" {
                    legend { "Access" }
                    label { input type="radio" name=(ACCESS) value=(FULL) checked; " Read and change" }
                    label { input type="radio" name=(ACCESS) value=(READ_ONLY); " Read only" }
                }
            } @else if has(GrantedMethod::Read) {
                p { "Access: read only." }
            } @else {
                p { "Access: change only." }
            }
        }
    }

    /// The tools by group. Those that reach people outside or cannot be undone are marked.
    fn tools(&self, api: &ApiDef) -> Markup {
        let scope = self.target.config.scope.clone().granted(self.grant);
        let tools: Vec<_> = scope.tools(TOOLS).into_iter().map(|tool| tool.def).collect();
        html! {
            @for method in self.grant.iter() {
                @let of_method: Vec<_> =
                    tools.iter().copied().filter(|tool| GrantedMethod::of_tool(tool) == method).collect();
                details {
                    summary {
                        @match method {
                            GrantedMethod::Read => { "Tools that read" }
                            GrantedMethod::Write => { "Tools that change something" }
                        }
                        " (" (of_method.len()) ")"
                        @for (mark, count) in marks(&of_method) { " " span class="pill warn" { (mark) " (" (count) ")" } }
                    }
                    @for tag in api.tags {
                        // A tool is shown under its first tag.
                        @let of_tag: Vec<_> =
                            of_method.iter().filter(|tool| tool.tags.first() == Some(&tag.name)).collect();
                        @if !of_tag.is_empty() {
                            h2 { (tag.about) }
                            ul {
                                @for tool in of_tag {
                                    li { (tool.title) @for mark in marks_of(tool) { " " span class="pill warn" { (mark) } } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The marks of a tool.
fn marks_of(tool: &ToolDef) -> Vec<&'static str> {
    let mark = |kind: EffectKind| match kind {
        EffectKind::SendsEmail => Some("e-mails people"),
        EffectKind::Deletes => Some("deletes"),
        EffectKind::ShowsCustomers => Some("shows customers"),
        EffectKind::Publishes => Some("publishes"),
        EffectKind::Notifies => None,
    };
    let mut marks = Vec::new();
    for found in tool.effects.0.iter().filter_map(|effect| mark(effect.kind)) {
        if !marks.contains(&found) {
            marks.push(found);
        }
    }
    marks
}

/// The number of tools with each mark.
fn marks(tools: &[&ToolDef]) -> Vec<(&'static str, usize)> {
    let mut counts: Vec<(&'static str, usize)> = Vec::new();
    for mark in tools.iter().flat_map(|tool| marks_of(tool)) {
        match counts.iter_mut().find(|(known, _)| *known == mark) {
            Some((_, count)) => *count += 1,
            None => counts.push((mark, 1)),
        }
    }
    counts
}

/// The addresses to which the form leads: the client, whose callback may lead on to another page of it.
fn form_targets(redirect: &RedirectUri) -> Vec<String> {
    let https = "https:".to_owned();
    match redirect.kind() {
        RedirectKind::Website => vec![https],
        RedirectKind::Loopback | RedirectKind::PrivateScheme => vec![https, redirect.source()],
    }
}

/// The page about a request that cannot be granted, with the way back to the client.
pub(super) fn refused(api: &ApiDef, client: &Client, error: AuthorizationError, back: &str) -> Response {
    let content = html! {
        section class="sign-in card" {
            h1 { "Connection not possible" }
            p class="notice bad" role="alert" { "The request of " (client.name) " is not valid. " (error.description) }
            div class="actions" { a class="button" href=(back) { "Back to " (client.name) } }
        }
    };
    Page { depth: DEPTH, ..Page::new("Connection not possible", content) }.response(api, StatusCode::BAD_REQUEST)
}

/// The page for a user whom the server does not admit.
pub(super) fn not_admitted(
    api: &ApiDef,
    target: &SignInTarget,
    session: &Session,
    sign_in: &str,
    back: &str,
) -> Response {
    let content = html! {
        section class="sign-in card" {
            h1 { "No access" }
            p class="notice bad" role="alert" {
                (session.user.shown_name()) " may not use " (target.name) ". Ask an admin, or sign in as another user."
            }
            div class="actions" {
                a class="button primary" href=(sign_in) { "Sign in as another user" }
                a class="button" href=(back) { "Cancel" }
            }
        }
    };
    Page { depth: DEPTH, ..Page::new("No access", content) }.response(api, StatusCode::FORBIDDEN)
}
