//! The limits of servers that ask for sign-in: they have no token, and stay what they are.

use serde_json::{Map, Value};
use tool_runtime::violation::Violations;

use crate::registry::Registry;
use crate::registry::config::{CheckedConfig, ServerAuth};
use crate::registry::error::Result;
use crate::store::ServerRow;

/// Refuses a change to or from sign-in: clients know a server by its token, or by its identifier.
pub(super) fn refuse_switch(config: &CheckedConfig, stored: &Map<String, Value>) -> Result<()> {
    let was_sign_in = stored.get("auth").is_some_and(|auth| auth == "sign_in");
    if config.auth.is_sign_in() == was_sign_in {
        return Ok(());
    }
    let (problem, allowed) = if was_sign_in {
        ("cannot be changed from `sign_in`", "sign_in; to serve clients in another way, create another server")
    } else {
        ("cannot be changed to `sign_in`", "url or api_token; to let users sign in, create another server")
    };
    Err(Violations::new(problem, allowed).under_key("auth").under_key("config").into())
}

impl Registry {
    /// Refuses an identity provider that is not configured: the server would admit no user.
    pub(super) async fn check_provider(&self, config: &CheckedConfig) -> Result<()> {
        let ServerAuth::SignIn(rules) = &config.auth else { return Ok(()) };
        let Some(provider) = rules.provider() else { return Ok(()) };
        if self.0.store.identity_provider(provider).await?.is_some() {
            return Ok(());
        }
        let allowed = "the ID of a configured identity provider, as GET /identity-provider lists them";
        let violations = Violations::new("is not the ID of an identity provider", allowed);
        Err(violations.under_key("provider").under_key("sign_in").under_key("config").into())
    }
}

/// Refuses to replace the URL of a server that asks for sign-in: it contains no secret.
pub(super) fn refuse_rotation(row: &ServerRow) -> Result<()> {
    if row.token_hash != row.id.to_string() {
        return Ok(());
    }
    let problem = "asks for sign-in, so that its URL contains no token to replace";
    let allowed = "a server with another `auth`; to end the access of users, revoke their connections";
    Err(Violations::new(problem, allowed).under_key("server").into())
}
