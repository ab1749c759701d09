//! Accounts: whose API key is kept, and where its API is.

use std::collections::BTreeMap;

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::api::ApiDef;
use url::Url;
use uuid::Uuid;

use super::form::{Change, Form};
use super::page::{List, Page};
use super::{Refusal, Registry, Result};
use crate::seal::keyring::Sealed;
use crate::store::{AccountRow, Health, RateLimitFacts, StoreError};
use crate::upstream::{self, Account, AccountError};

/// An account, without its key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = Account)]
pub struct AccountView {
    /// Its identifier.
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// What makes up its base URL.
    #[serde(flatten)]
    #[schema(ignore)]
    pub variables: BTreeMap<String, Option<String>>,
    /// Where its API is.
    pub base_url: String,
    /// Whether its key works.
    pub status: Health,
    /// What the API last said of its rate limit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ratelimit: Option<RateLimitFacts>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What went with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Removed {
    /// How many servers.
    pub deleted_servers: u64,
}

/// What a form says of an account; what it leaves out is kept.
struct Given {
    name: Option<String>,
    variables: Vec<(&'static str, Change<String>)>,
    base_url: Change<String>,
    key: Option<SecretString>,
}

impl Registry {
    /// Makes an account of what a person wrote.
    pub async fn add_account(&self, given: Map<String, Value>) -> Result<AccountView> {
        let (mut account, key) = self.new_account(given)?;
        self.seal(&mut account, &key)?;
        let mut stored = self.0.store.add_account(&account).await;
        if matches!(stored, Err(StoreError::Orphan)) {
            // The master key has been changed since it was last looked at.
            self.0.keyring.reload().await?;
            self.seal(&mut account, &key)?;
            stored = self.0.store.add_account(&account).await;
        }
        stored?;
        self.changed();
        Ok(self.account_view(account))
    }

    /// The account that would be made of what a person wrote, ready to be tried.
    pub fn trial_account(&self, given: Map<String, Value>) -> Result<Account> {
        let (row, key) = self.new_account(given)?;
        account_of(self.0.api, &row.variables, row.base_url.as_deref(), key)
            .map_err(|error| Refusal::Invalid(vec![super::form::violation(self.0.api, &error)]))
    }

    /// One account.
    pub async fn account(&self, id: Uuid) -> Result<AccountView> {
        let account = self.0.store.account(id).await?.ok_or(Refusal::NotFound("account"))?;
        Ok(self.account_view(account))
    }

    /// A page of accounts, oldest first.
    pub async fn accounts(&self, query: Map<String, Value>) -> Result<List<AccountView>> {
        let mut form = Form::new(query);
        let page = Page::asked(&mut form);
        form.finish()?;
        let rows = self.0.store.accounts(page.after, page.rows()).await?;
        Ok(page.of(rows, |row| row.id, |row| self.account_view(row)))
    }

    /// The accounts of that name; the few that a message can show.
    pub async fn accounts_named(&self, name: &str) -> Result<Vec<AccountView>> {
        const SHOWN: i64 = 10;
        let rows = self.0.store.accounts_named(name, SHOWN).await?;
        Ok(rows.into_iter().map(|row| self.account_view(row)).collect())
    }

    /// Changes an account: what is given is changed, `null` takes away.
    pub async fn change_account(&self, id: Uuid, given: Map<String, Value>) -> Result<AccountView> {
        loop {
            let before = self.0.store.account(id).await?.ok_or(Refusal::NotFound("account"))?;
            let mut form = Form::new(given.clone());
            let change = read(self.0.api, &mut form);
            let mut account = before.clone();
            account.name = change.name.unwrap_or(account.name);
            for (name, change) in change.variables {
                let value = change.of(account.variables.remove(name));
                account.variables.extend(value.map(|value| (name.to_owned(), value)));
            }
            account.base_url = change.base_url.of(account.base_url);
            check_address(self.0.api, &account.variables, account.base_url.as_deref(), &mut form);
            if change.key.is_none() && self.leads_elsewhere(&before, &account) {
                let problem = "is needed again: this leads to another host, and a stored key is sent to no other";
                form.violate("api_key", problem, Some("the key to the API there".to_owned()));
            }
            form.finish()?;
            account.version += 1;
            account.updated_at = self.0.clock.now();
            if let Some(key) = &change.key {
                self.0.keyring.reload().await?;
                self.seal(&mut account, key)?;
                account.status = Health::Active;
            }
            match self.0.store.change_account(&account, before.version).await {
                Ok(true) => {
                    self.changed();
                    return Ok(self.account_view(account));
                }
                // Somebody else changed it meanwhile, or its key was sealed anew: the change is made on top of that.
                Ok(false) | Err(StoreError::Orphan) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Removes an account with all its servers.
    pub async fn remove_account(&self, id: Uuid) -> Result<Removed> {
        let removed = self.0.store.delete_account(id).await?.ok_or(Refusal::NotFound("account"))?;
        self.changed();
        Ok(Removed { deleted_servers: removed })
    }

    fn new_account(&self, given: Map<String, Value>) -> Result<(AccountRow, SecretString)> {
        let mut form = Form::new(given);
        let given = read(self.0.api, &mut form);
        let name = form.require("name", given.name);
        let key = form.require("api_key", given.key);
        let variables: BTreeMap<_, _> =
            given.variables.into_iter().filter_map(|(name, change)| Some((name.to_owned(), change.given()?))).collect();
        let base_url = given.base_url.given();
        check_address(self.0.api, &variables, base_url.as_deref(), &mut form);
        form.finish()?;
        let now = self.0.clock.now();
        let row = AccountRow {
            id: Uuid::now_v7(),
            name: name.unwrap_or_default(),
            variables,
            base_url,
            key_id: String::new(),
            sealed_key: String::new(),
            status: Health::Active,
            ratelimit: None,
            version: 1,
            created_at: now,
            updated_at: now,
        };
        Ok((row, key.unwrap_or_default()))
    }

    /// Whether the account's key would be sent to another host than before.
    fn leads_elsewhere(&self, before: &AccountRow, after: &AccountRow) -> bool {
        let host = |row: &AccountRow| {
            let address = address(self.0.api, &row.variables, row.base_url.as_deref()).ok()?;
            Some(Url::parse(&address).ok()?.origin())
        };
        // Where there is no address, nothing is sent.
        host(after).is_some_and(|after| host(before) != Some(after))
    }

    fn seal(&self, account: &mut AccountRow, key: &SecretString) -> Result<()> {
        let Sealed { key_id, text } = self.0.keyring.seal(account.id, key)?;
        (account.key_id, account.sealed_key) = (key_id, text);
        Ok(())
    }

    fn account_view(&self, row: AccountRow) -> AccountView {
        let base_url = address(self.0.api, &row.variables, row.base_url.as_deref());
        let mut variables = row.variables;
        let api_variables = self.0.api.variables.iter().map(|variable| variable.name);
        AccountView {
            id: row.id,
            name: row.name,
            variables: api_variables.map(|name| (name.to_owned(), variables.remove(name))).collect(),
            base_url: base_url.unwrap_or_default(),
            status: row.status,
            ratelimit: row.ratelimit,
            created_at: row.created_at,
            updated_at: row.updated_at,
        }
    }
}

/// The account at the API with these variables, or at `base_url`, opened by `key`.
pub fn account_of(
    api: &ApiDef,
    variables: &BTreeMap<String, String>,
    base_url: Option<&str>,
    key: SecretString,
) -> std::result::Result<Account, AccountError> {
    Account::new(&address(api, variables, base_url)?, key)
}

fn address(
    api: &ApiDef,
    variables: &BTreeMap<String, String>,
    base_url: Option<&str>,
) -> std::result::Result<String, AccountError> {
    match base_url {
        Some(base_url) => Ok(base_url.trim_end_matches('/').to_owned()),
        None => Ok(upstream::base_url(api, |name| variables.get(name).map(String::as_str))?.to_string()),
    }
}

/// Reads what a form says of an account, and checks each key by itself.
fn read(api: &'static ApiDef, form: &mut Form) -> Given {
    let name = form.name("name");
    let variables = api.variables.iter().map(|variable| (variable.name, form.text(variable.name))).collect();
    let base_url = match form.text("base_url") {
        Change::Set(given) => Change::Set(as_used(given)),
        other => other,
    };
    let key = match form.text("api_key") {
        Change::Keep => None,
        Change::Clear => {
            form.violate("api_key", "cannot be taken away", None);
            None
        }
        Change::Set(key) => {
            let placeholder = upstream::placeholder(&key);
            let key = SecretString::from(key);
            if let Some(placeholder) = placeholder {
                form.violate("api_key", format!("is a placeholder, {placeholder}: the key belongs in its place"), None);
            // Where it is used does not matter for whether it is a key.
            } else if let Err(error @ (AccountError::NoKey | AccountError::BadKey)) =
                Account::new("https://host", key.clone())
            {
                form.violate_all(vec![super::form::violation(api, &error)]);
            }
            Some(key)
        }
    };
    Given { name, variables, base_url, key }
}

/// An address as requests will have it, so that what is shown is what is done. What is none stays for the check to see.
fn as_used(given: String) -> String {
    match Account::new(&given, SecretString::from("key")) {
        Ok(account) => account.base_url().as_str().trim_end_matches('/').to_owned(),
        Err(_) => given,
    }
}

/// Checks that these variables, or what stands in their place, make an address.
fn check_address(api: &ApiDef, variables: &BTreeMap<String, String>, base_url: Option<&str>, form: &mut Form) {
    if let Some(base_url) = base_url
        && let Err(error) = Account::new(base_url, SecretString::from("key"))
    {
        form.violate_all(vec![super::form::violation(api, &error)]);
    }
    if let Err(error) = upstream::base_url(api, |name| variables.get(name).map(String::as_str)) {
        let needed = base_url.is_none() || !matches!(error, AccountError::Missing { .. });
        if needed && !form.is_violated(variable_of(&error)) {
            form.violate_all(vec![super::form::violation(api, &error)]);
        }
    }
}

fn variable_of(error: &AccountError) -> &str {
    match error {
        AccountError::Missing { name, .. } | AccountError::NotALabel { name, .. } => name,
        _ => "base_url",
    }
}
