//! Stored accounts at hosts to which no key may be sent.

use std::fmt;

use uuid::Uuid;

use super::address::Address;
use crate::registry::{Registry, Result};
use crate::store::AccountRow;
use crate::upstream::HostRefusal;

/// The number of accounts that are read at once.
const PAGE: i64 = 200;

/// A stored account whose calls are refused because of its host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedAccount {
    id: Uuid,
    name: String,
    refusal: HostRefusal,
}

impl fmt::Display for RefusedAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, name, refusal } = self;
        write!(f, "Calls of the account {name:?} ({id}) are refused: {refusal}. {}", refusal.advice())
    }
}

impl Registry {
    /// Returns the stored accounts at hosts to which no key may be sent, oldest first.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn accounts_at_refused_hosts(&self) -> Result<Vec<RefusedAccount>> {
        let mut refused = Vec::new();
        let mut after = None;
        loop {
            let accounts = self.store().accounts(after, PAGE).await?;
            after = accounts.last().map(|account| account.id);
            if after.is_none() {
                return Ok(refused);
            }
            refused.extend(accounts.into_iter().filter_map(|account| self.refused_account(account)));
        }
    }

    fn refused_account(&self, account: AccountRow) -> Option<RefusedAccount> {
        let address = Address { variables: account.variables, base_url: account.base_url };
        let refusal = self.0.api_hosts.check(&address.parsed_url()?).err()?;
        Some(RefusedAccount { id: account.id, name: account.name, refusal })
    }
}
