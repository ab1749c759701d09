//! Checks of stored accounts: the account to try, and what was seen of it.

use uuid::Uuid;

use super::address::{account_from_parts, account_origin, violations_of};
use super::{AccountView, view_of_row};
use crate::registry::error::Result;
use crate::registry::state::Registry;
use crate::seal::keyring::Sealed;
use crate::store::{CheckFacts, Health, RateLimitFacts};
use crate::upstream::{Account, RateLimit};

/// An account with its key, as it is stored at one version.
#[derive(Debug)]
pub struct StoredAccount {
    /// The account.
    pub account: Account,
    /// Its version.
    version: i64,
}

impl Registry {
    /// Returns the account `id` with its key, to be tried.
    ///
    /// # Errors
    /// Fails if there is no such account, if its stored fields no longer make an address, or if the keyring or the store
    /// fails.
    pub async fn stored_account(&self, id: Uuid) -> Result<StoredAccount> {
        let row = self.account_row(id).await?;
        let origin = account_origin(&row.variables, row.base_url.as_deref());
        let origin = origin.map_err(|error| violations_of(&error))?;
        let sealed = Sealed { key_id: row.key_id, text: row.sealed_key };
        let key = self.0.keyring.open_api_key(id, &origin, &sealed).await?;
        let account = account_from_parts(&row.variables, row.base_url.as_deref(), key);
        let account = account.map_err(|error| violations_of(&error))?;
        Ok(StoredAccount { account, version: row.version })
    }

    /// Stores what a check saw of an account, unless the account was changed meanwhile, and returns the account.
    /// `outcome` is `ok` or the kind of the failure; `key_works` is `None` if the check did not show it.
    ///
    /// # Errors
    /// Fails if there is no such account, or if the store fails.
    pub async fn record_check(
        &self,
        id: Uuid,
        checked: &StoredAccount,
        outcome: &str,
        key_works: Option<bool>,
        ratelimit: RateLimit,
    ) -> Result<AccountView> {
        let at = self.0.clock.now();
        let facts = CheckFacts { at, outcome: outcome.to_owned() };
        let status = key_works.map(|works| if works { Health::Active } else { Health::NeedsReauth });
        self.0.store.set_check(id, checked.version, &facts, status).await?;
        if !ratelimit.is_empty() {
            let RateLimit { limit, remaining, reset } = ratelimit;
            self.0.store.set_ratelimit(id, &RateLimitFacts { limit, remaining, reset, at }).await?;
        }
        Ok(view_of_row(self.account_row(id).await?))
    }
}
