//! Accounts: the API keys that servers use, and the addresses that they are for.

mod address;
mod api_key;
mod check;
mod hosts;

use std::collections::BTreeMap;

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use self::address::{Address, AddressChange};
pub use self::address::{account_from_parts, account_origin, variable_properties};
use self::api_key::ApiKey;
pub use self::check::StoredAccount;
pub use self::hosts::RefusedAccount;
use super::audit::Audited;
use super::error::{RegistryError, Result};
use super::page::{ListQuery, Page};
use super::principal::Actor;
use super::request::{FormRequest as _, Name, WholeNumber, request};
use super::revision::{Precondition, Revised, Revision};
use super::state::Registry;
use crate::seal::keyring::Sealed;
use crate::store::{AccountRow, AuditAction, AuditObject, CheckFacts, Health, RateLimitFacts, StoreError};
use crate::tools::API;
use crate::upstream::Account;

request! {
    /// An account to create.
    pub struct NewAccount as "NewAccount" {
        /// A name for people. Names need not be unique.
        name: Name,
        /// The API key. It is sealed at rest and never returned.
        api_key: ApiKey,
        /// The base URL of the API, in place of the fields that it is normally made of. It must start with `https://`, or
        /// with `http://` for a loopback address. Another host than the API's must be listed in `--allowed-api-hosts`.
        address: Address,
        /// The age in seconds up to which a reply of the API is used again for an identical read, from 0 to 300. A write
        /// through any server of the account ends that on the same node. The default, 0, sends every read.
        cache_seconds: Option<CacheSeconds>,
    }
}

request! {
    /// The fields of an account to change. Omitted fields keep their values.
    pub struct AccountChange as "AccountChange" {
        /// A name for people.
        name: Option<Name>,
        /// A new API key. It is required if the change leads to another host, because a stored key is never sent to
        /// another host than the one it was given for.
        api_key: Option<ApiKey>,
        /// The base URL of the API. Pass `null` to return to the fields that it is normally made of.
        address: AddressChange,
        /// The age in seconds up to which a reply of the API is used again for an identical read, from 0 to 300.
        cache_seconds: Option<CacheSeconds>,
    }
}

/// The age up to which replies are used again.
type CacheSeconds = WholeNumber<0, 300>;

/// An account, without its API key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = Account)]
pub struct AccountView {
    /// The ID of the account.
    pub id: Uuid,
    /// The name of the account, for people.
    pub name: String,
    /// The variables of its base URL.
    #[serde(flatten)]
    #[schema(ignore)]
    pub variables: BTreeMap<String, Option<String>>,
    /// The base URL of the API. It is empty if the stored fields no longer make one, as after an upgrade that renamed
    /// them.
    pub base_url: String,
    /// The state of the API key.
    pub status: Health,
    /// The last observation of the account at the API. Omitted if its present key and address were never tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub last_check: Option<CheckFacts>,
    /// The rate limit that the API last reported. Omitted if it has not reported one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub ratelimit: Option<RateLimitFacts>,
    /// The age in seconds up to which a reply of the API is used again for an identical read.
    pub cache_seconds: u32,
    /// The name of the API token, user or program that created the account. `unknown` if it was created by a release that did
    /// not record it.
    pub created_by: String,
    /// The name of the API token, user or program that last changed the account. `unknown` if it was not recorded.
    pub updated_by: String,
    /// The time at which the account was created.
    pub created_at: Timestamp,
    /// The time at which the account was last changed.
    pub updated_at: Timestamp,
    /// The state of the name, the address and the API key.
    #[serde(skip)]
    #[schema(ignore)]
    pub revision: Revision,
}

impl Revised for AccountView {
    const KIND: &'static str = "account";

    fn revision(&self) -> &Revision {
        &self.revision
    }
}

/// The result of deleting an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct DeletedAccount {
    /// The number of servers that were deleted with the account.
    pub deleted_servers: u64,
}

impl Registry {
    /// Creates an account from a [`NewAccount`] request.
    ///
    /// # Errors
    /// Fails with every violation in `given`, or if the keyring or the store fails.
    pub async fn create_account(&self, given: Map<String, Value>, by: &Actor) -> Result<AccountView> {
        let NewAccount { name, address, api_key, cache_seconds } = self.new_account(given)?;
        let (id, now) = (Uuid::now_v7(), self.0.clock.now());
        let mut account = AccountRow {
            id,
            name: name.0,
            variables: address.variables,
            base_url: address.base_url,
            key_id: String::new(),
            sealed_key: String::new(),
            status: Health::Active,
            last_check: None,
            ratelimit: None,
            cache_seconds: cache_seconds.map_or(0, |seconds| seconds.0),
            created_by: by.name.clone(),
            updated_by: by.name.clone(),
            version: 1,
            created_at: now,
            updated_at: now,
        };
        self.seal(&mut account, &api_key.0)?;
        let created = self.event(by, AuditAction::Created, audited(&account), Vec::new());
        let mut stored = self.0.store.add_account(&account, &created).await;
        if matches!(stored, Err(StoreError::Orphan)) {
            // The master key was rotated since the keyring last read it.
            self.0.keyring.reload().await?;
            self.seal(&mut account, &api_key.0)?;
            stored = self.0.store.add_account(&account, &created).await;
        }
        stored?;
        Ok(view_of_row(account))
    }

    /// Returns the account that a [`NewAccount`] request describes, without storing it.
    ///
    /// # Errors
    /// Fails with every violation in `given`.
    pub(crate) fn dry_run_account(&self, given: Map<String, Value>) -> Result<Account> {
        let NewAccount { address, api_key, .. } = self.new_account(given)?;
        Ok(address.into_account(api_key))
    }

    /// Returns the account `id`.
    ///
    /// # Errors
    /// Fails if there is no such account, or if the store fails.
    pub async fn account(&self, id: Uuid) -> Result<AccountView> {
        Ok(view_of_row(self.account_row(id).await?))
    }

    /// Returns a page of accounts, oldest first, for a [`ListQuery`].
    ///
    /// # Errors
    /// Fails with every violation in `query`, or if the store fails.
    pub async fn accounts(&self, query: Map<String, Value>) -> Result<Page<AccountView>> {
        let ListQuery { page } = ListQuery::read(query, self.limits())?;
        let rows = self.0.store.accounts(page.after, page.rows()).await?;
        Ok(page.page(rows, |row| row.id, view_of_row))
    }

    /// Returns the first accounts with this name, as many as a message can show.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn accounts_named(&self, name: &str) -> Result<Vec<AccountView>> {
        const SHOWN: i64 = 10;
        let rows = self.0.store.accounts_named(name, SHOWN).await?;
        Ok(rows.into_iter().map(view_of_row).collect())
    }

    /// Updates an account with an [`AccountChange`] request.
    ///
    /// # Errors
    /// Fails with every violation in `given`, if there is no such account, if it has another revision than `expected`, or
    /// if the keyring or the store fails.
    pub async fn update_account(
        &self,
        id: Uuid,
        given: Map<String, Value>,
        expected: &Precondition,
        by: &Actor,
    ) -> Result<AccountView> {
        loop {
            let before = self.account_row(id).await?;
            expected.check(&view_of_row(before.clone()))?;
            let (mut account, key) = self.changed_account(&before, given.clone())?;
            if key.is_none() && account == before {
                return Ok(view_of_row(before));
            }
            if let Some(ApiKey(key)) = &key {
                self.0.keyring.reload().await?;
                self.seal(&mut account, key)?;
                account.status = Health::Active;
                account.last_check = None;
            }
            (account.version, account.updated_at) = (before.version + 1, self.0.clock.now());
            account.updated_by.clone_from(&by.name);
            let fields = changed_fields(&account, &before, key.is_some());
            let updated = self.event(by, AuditAction::Updated, audited(&account), fields);
            let _change = self.0.changes.begin(changes_access(&account, &before).then_some(id));
            match self.0.store.change_account(&account, before.version, &updated).await {
                Ok(true) => return Ok(view_of_row(account)),
                // Another change or a key rotation came first: apply this one on top of it.
                Ok(false) | Err(StoreError::Orphan) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Deletes an account and revokes all its servers.
    ///
    /// # Errors
    /// Fails if there is no such account, if it has another revision than `expected`, or if the store fails.
    pub async fn delete_account(&self, id: Uuid, expected: &Precondition, by: &Actor) -> Result<DeletedAccount> {
        loop {
            // Before the store is asked, so that this node serves it no longer whatever the store answers.
            let _change = self.0.changes.begin(Some(id));
            let row = self.account_row(id).await?;
            let version = expected.is_some().then_some(row.version);
            expected.check(&view_of_row(row.clone()))?;
            let deleted = self.event(by, AuditAction::Deleted, audited(&row), Vec::new());
            if let Some(deleted_servers) = self.0.store.delete_account(id, version, &deleted).await? {
                // An error only means that there is no receiver.
                let _ = self.0.deleted_accounts.send(id);
                return Ok(DeletedAccount { deleted_servers });
            }
            // Without a version, the account does not exist. With one, another change came first: check that one.
            if version.is_none() {
                return Err(RegistryError::NotFound(AccountView::KIND));
            }
        }
    }

    /// The stored account `id`.
    pub(super) async fn account_row(&self, id: Uuid) -> Result<AccountRow> {
        self.0.store.account(id).await?.ok_or(RegistryError::NotFound(AccountView::KIND))
    }

    /// The account that a request describes, at a host that is allowed.
    fn new_account(&self, given: Map<String, Value>) -> Result<NewAccount> {
        let mut fields = NewAccount::fields(given);
        let account = NewAccount::take(&mut fields, self.limits());
        if let Some(account) = &account {
            account.address.check_host(&self.0.api_hosts, &mut fields);
        }
        Ok(fields.finish(account)?)
    }

    /// The account that a request makes of the one `before`, and its new key.
    fn changed_account(&self, before: &AccountRow, given: Map<String, Value>) -> Result<(AccountRow, Option<ApiKey>)> {
        let mut fields = AccountChange::fields(given);
        let change = AccountChange::take(&mut fields, self.limits());
        let changed = change.map(|AccountChange { name, address, api_key, cache_seconds }| {
            let present = Address { variables: before.variables.clone(), base_url: before.base_url.clone() };
            let address = address.apply_to(present.clone());
            address.check(&mut fields);
            if address != present {
                address.check_host(&self.0.api_hosts, &mut fields);
            }
            if api_key.is_none() && !present.has_origin_of(&address) && !fields.is_violated("api_key") {
                let problem =
                    "is required because this change leads to another host, and a stored key is sent to no other";
                fields.add_violation("api_key", problem.to_owned(), Some("the API key for the new host".to_owned()));
            }
            let is_moved = present != address;
            let account = AccountRow {
                name: name.map_or_else(|| before.name.clone(), |name| name.0),
                variables: address.variables,
                base_url: address.base_url,
                last_check: before.last_check.clone().filter(|_| !is_moved),
                cache_seconds: cache_seconds.map_or(before.cache_seconds, |seconds| seconds.0),
                ..before.clone()
            };
            (account, api_key)
        });
        Ok(fields.finish(changed)?)
    }

    fn seal(&self, account: &mut AccountRow, key: &SecretString) -> Result<()> {
        let origin = origin_of(account).expect("a request checks the address");
        let Sealed { key_id, text } = self.0.keyring.seal(account.id, &origin, key)?;
        (account.key_id, account.sealed_key) = (key_id, text);
        Ok(())
    }
}

fn audited(row: &AccountRow) -> Audited<'_> {
    Audited::new(AuditObject::Account, row.id, &row.name)
}

/// The names of the fields that an update changed.
fn changed_fields(account: &AccountRow, before: &AccountRow, has_new_key: bool) -> Vec<String> {
    let names =
        account.variables.keys().chain(before.variables.keys().filter(|name| !account.variables.contains_key(*name)));
    let variables = names.filter(|name| account.variables.get(*name) != before.variables.get(*name));
    let others = [
        ("name", account.name != before.name),
        ("base_url", account.base_url != before.base_url),
        ("api_key", has_new_key),
        ("cache_seconds", account.cache_seconds != before.cache_seconds),
    ];
    let others = others.into_iter().filter(|(_, changed)| *changed).map(|(name, _)| name.to_owned());
    variables.cloned().chain(others).collect()
}

/// The origin of a stored account's address.
pub(super) fn origin_of(account: &AccountRow) -> Option<String> {
    account_origin(&account.variables, account.base_url.as_deref()).ok()
}

/// Returns whether calls through the account's servers differ from before, as with another key.
fn changes_access(account: &AccountRow, before: &AccountRow) -> bool {
    let access =
        |row: &AccountRow| (row.sealed_key.clone(), row.variables.clone(), row.base_url.clone(), row.cache_seconds);
    access(account) != access(before)
}

fn view_of_row(row: AccountRow) -> AccountView {
    let address = Address { variables: row.variables, base_url: row.base_url };
    // Not impossible: an upgrade may rename a variable. The account must stay visible, so that it can be updated.
    let base_url = address.url().unwrap_or_default();
    let mut variables = address.variables;
    let api_variables = API.variables.iter().map(|variable| variable.name);
    AccountView {
        id: row.id,
        name: row.name,
        variables: api_variables.map(|name| (name.to_owned(), variables.remove(name))).collect(),
        base_url,
        status: row.status,
        last_check: row.last_check,
        ratelimit: row.ratelimit,
        cache_seconds: row.cache_seconds,
        created_by: row.created_by,
        updated_by: row.updated_by,
        created_at: row.created_at,
        updated_at: row.updated_at,
        revision: Revision::new(row.version, row.updated_at),
    }
}
