//! The sign-in page: an API token, or an identity provider.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use http::header::{LOCATION, RETRY_AFTER, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use maud::{Markup, html};
use mcp_server::http::{Problem, peer_address};
use url::form_urlencoded::byte_serialize;

use super::cookie::{session_cookie, set_session_cookie};
use super::form::FormFields;
use super::local_path::LocalPath;
use super::origin::check_same_origin;
use super::page::{Page, error_page, keep_private};
use super::{SignIn, session};
use crate::console;
use crate::registry::{Actor, Audited, IdentityProviderView, NewSession, RegistryError, SignInBrowser};
use crate::store::AuditObject;

/// The name of the field with the path to which a page leads after sign-in.
const RETURN_TO: &str = "return_to";
const TITLE: &str = "Sign in";

/// Shows the page. A browser that is signed in is sent on.
pub(super) async fn show(State(this): State<SignIn>, headers: HeaderMap, uri: Uri) -> Response {
    let return_to = return_to(&FormFields::of_query(uri.query().unwrap_or_default()));
    match session(&this.registry, &headers).await {
        Ok(Some(_)) => see_other(&return_to, None),
        Ok(None) => this.page(StatusCode::OK, &return_to, None).await,
        Err(error) => this.failed(&error),
    }
}

/// Signs in with the API token in the form.
pub(super) async fn submit(State(this): State<SignIn>, request: Request) -> Response {
    let api = this.registry.api();
    let peer = peer_address(request.extensions());
    let headers = request.headers().clone();
    let checked = check_same_origin(this.registry.public_url(), &headers);
    let fields = match checked {
        Ok(()) => FormFields::read(request, &this.bodies).await,
        Err(problem) => Err(problem),
    };
    let fields = match fields {
        Ok(fields) => fields,
        Err(problem) => return error_page(api, problem.status(), 0, "Sign-in failed", problem.message()),
    };
    let return_to = return_to(&fields);
    let token = fields.value("token").trim();
    this.throttle.delay(peer).await;
    let principal = match this.registry.principal(token).await {
        Ok(Some(principal)) => principal,
        // A form without a token is not a failed login.
        Ok(None) if token.is_empty() => return this.page(StatusCode::FORBIDDEN, &return_to, Some(NO_TOKEN)).await,
        Ok(None) => {
            this.denied(&Actor::unknown(), peer).await;
            let Some(wait) = this.throttle.count_failure(peer) else {
                return this.page(StatusCode::FORBIDDEN, &return_to, Some(WRONG_TOKEN)).await;
            };
            let problem = Problem::throttled(wait);
            let mut response = this.page(problem.status(), &return_to, Some(problem.message())).await;
            response.headers_mut().insert(RETRY_AFTER, wait.as_secs().max(1).into());
            return response;
        }
        Err(error) => return this.failed(&error.into()),
    };
    // Whatever session the browser had before, it gets a new one, whose cookie no other client can know.
    let browser = SignInBrowser { cookie: session_cookie(&this.registry, &headers), address: peer };
    match this.registry.sign_in_with_api_token(&principal, browser).await {
        Ok(Some(NewSession { cookie, .. })) => see_other(&return_to, Some(set_session_cookie(&this.registry, &cookie))),
        Ok(None) => {
            this.denied(&principal.actor, peer).await;
            this.page(StatusCode::FORBIDDEN, &return_to, Some(DISABLED)).await
        }
        Err(error) => this.failed(&error),
    }
}

const NO_TOKEN: &str = "Enter an API token.";
const WRONG_TOKEN: &str = "This is not a valid API token. Check that you copied all of it.";
const DISABLED: &str = "The user of this API token is disabled. Ask an admin.";

impl SignIn {
    async fn page(&self, status: StatusCode, return_to: &LocalPath, problem: Option<&str>) -> Response {
        let api = self.registry.api();
        let providers = match self.registry.sign_in_providers().await {
            Ok(providers) => providers,
            Err(error) => return self.failed(&error),
        };
        let content = html! {
            section class="sign-in card" {
                h1 { (TITLE) }
                p class="lead" { "Give Claude and other AI clients access to " (api.title) ", each with only the tools it needs." }
                @if providers.is_empty() {
                    (token_form(return_to, problem))
                } @else {
                    @for provider in &providers { (provider_link(provider, return_to)) }
                    details open[problem.is_some()] {
                        summary { "Sign in with an API token" }
                        (token_form(return_to, problem))
                    }
                }
                details class="hint" {
                    summary { "I have no API token" }
                    p { "Create one on the machine that runs the server, as the same user and with the same environment variables:" }
                    div class="copy-block" { pre { (console::new_token_command()) } }
                }
            }
        };
        Page::new(TITLE, content).response(api, status)
    }

    /// Records that a sign-in was refused.
    async fn denied(&self, actor: &Actor, peer: Option<IpAddr>) {
        self.registry.record_denial(actor, peer, Audited::only(AuditObject::AdminApi)).await;
    }

    fn failed(&self, error: &RegistryError) -> Response {
        tracing::warn!(%error, "failed to sign in a browser");
        let message = "The server cannot reach its store. Try again in a few seconds.";
        error_page(self.registry.api(), StatusCode::SERVICE_UNAVAILABLE, 0, "Sign-in failed", message)
    }
}

/// The link to a provider.
fn provider_link(provider: &IdentityProviderView, return_to: &LocalPath) -> Markup {
    let to: String = byte_serialize(return_to.as_str().as_bytes()).collect();
    html! {
        a class="button primary wide" href={ "sign-in/start/" (provider.id) "?" (RETURN_TO) "=" (to) } {
            span { "Sign in with " bdi { (provider.name) } }
        }
    }
}

/// The form for an API token. Password managers fill in a password together with a user name.
fn token_form(return_to: &LocalPath, problem: Option<&str>) -> Markup {
    let described = if problem.is_some() { "token-hint token-problem" } else { "token-hint" };
    html! {
        form method="post" action="sign-in" {
            input type="hidden" name=(RETURN_TO) value=(return_to.as_str());
            div class="unseen" aria-hidden="true" {
                input type="text" name="username" value="API token" autocomplete="username" readonly tabindex="-1";
            }
            div class="field" {
                label for="token" { "API token" }
                input id="token" name="token" type="password" autocomplete="current-password" spellcheck="false" required autofocus
                    aria-describedby=(described) aria-invalid=[problem.map(|_| "true")];
                p class="hint" id="token-hint" { "The server printed an admin token at its first start." }
                @if let Some(problem) = problem {
                    p class="problem" id="token-problem" role="alert" { (problem) }
                }
            }
            button class="button primary wide" { "Sign in" }
        }
    }
}

/// The path that a form or query names. Anything but a path of this server leads to the console.
pub(super) fn return_to(fields: &FormFields) -> LocalPath {
    let console = || LocalPath::parse(console::PATH).expect("the path of the console is local");
    LocalPath::parse(fields.value(RETURN_TO)).unwrap_or_else(console)
}

/// Leads to a path from a page at the top.
pub(super) fn see_other(to: &LocalPath, cookie: Option<HeaderValue>) -> Response {
    see_other_from(0, to, cookie)
}

/// Leads to a path from a page that is `depth` folders below the top.
pub(super) fn see_other_from(depth: usize, to: &LocalPath, cookie: Option<HeaderValue>) -> Response {
    redirect(&to.relative_to_depth(depth), cookie)
}

/// Leads to a location, which is a URL or relative, in printable ASCII.
pub(super) fn redirect(location: &str, cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(LOCATION, HeaderValue::try_from(location).expect("a location is printable ASCII"));
    headers.extend(cookies.into_iter().map(|cookie| (SET_COOKIE, cookie)));
    keep_private(headers);
    response
}
