//! The sandbox as an account in the store.
//!
//! It has another address and key at each start, so the account of the last start is updated. An account of the same
//! name without its mark belongs to a user and stays as it is.

use anyhow::Context as _;
use api_sandbox::Sandbox;
use desk365_mcp::registry::{AccountView, Actor, Precondition, Registry};
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};

/// The name of the account.
const NAME: &str = "sandbox";

/// The value of the account's URL variables, which its base URL replaces. No other account has it, so it marks this
/// one.
const MARK: &str = "built-in-sandbox";

/// A sandbox that runs until it is dropped.
pub(super) struct SandboxAccount {
    /// The URL of the server that was added for it, if the store was empty.
    pub(super) url: Option<String>,
    _sandbox: Sandbox,
}

/// Starts the sandbox that `definition` describes, and adds or updates its account.
pub(super) async fn start(definition: &str, registry: &Registry) -> anyhow::Result<SandboxAccount> {
    let sandbox = api_sandbox::start(definition, api_sandbox::SandboxOptions::default()).await?;
    let address = json!({ "base_url": sandbox.base_url, "api_key": sandbox.key.expose_secret() });
    let empty = registry.accounts(Map::new()).await?.result.is_empty();
    let known = registry.accounts_named(NAME).await?.into_iter().find(is_own);
    let (mut url, by) = (None, Actor::program("start of the sandbox"));
    match known {
        Some(account) => {
            registry.update_account(account.id, form(address), &Precondition::None, &by).await?;
        }
        None => {
            let mut given = form(address);
            given.insert("name".to_owned(), NAME.into());
            let variables = registry.api().variables.iter();
            given.extend(variables.map(|variable| (variable.name.to_owned(), MARK.into())));
            let account = registry.create_account(given, &by).await.context("failed to add the sandbox account")?;
            if empty {
                let server = registry.create_server(account.id, form(json!({ "name": NAME })), &by).await?;
                url = server.view.url;
            }
        }
    }
    Ok(SandboxAccount { url, _sandbox: sandbox })
}

fn is_own(account: &AccountView) -> bool {
    let is_marked = account.variables.values().all(|value| value.as_deref() == Some(MARK));
    is_marked && account.base_url.starts_with("http://127.0.0.1:")
}

fn form(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(form) => form,
        _ => Map::new(),
    }
}
