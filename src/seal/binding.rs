//! The binding of API keys: a sealed key opens only for its account, and only for the origin that it was given for.
//!
//! Otherwise an attacker who can write to the database could give an account another address and receive its key there.
//! Release 0.1 bound keys to the account only. The first start of a later release binds them to the origin as well, in
//! one transaction, and records it in the store. From then on no key without the binding opens.

use secrecy::SecretString;
use uuid::Uuid;

use super::MasterKey;
use super::keyring::{KeyringError, Sealed, open_record, seal_record};
use crate::clock::Clock;
use crate::store::{AccountRow, Store};

/// The fact in the store that every API key is bound to its origin, with the time since which it is.
const BOUND: &str = "keys_bound_to_origin";

/// A function that returns the origin of a stored account, such as `https://acme.example.com`, or `None` if its address is
/// no longer valid.
pub type OriginOf = fn(&AccountRow) -> Option<String>;

/// Seals an account's API key for an origin.
pub(super) fn seal_api_key(key: &MasterKey, account: Uuid, origin: &str, api_key: &SecretString) -> Sealed {
    seal_record(key, &record(account, origin), api_key)
}

/// Opens an account's API key for an origin.
pub(super) fn open_api_key(
    key: &MasterKey,
    account: Uuid,
    origin: &str,
    sealed: &Sealed,
) -> Result<SecretString, KeyringError> {
    open_record(key, &record(account, origin), sealed).map_err(|error| KeyringError::ApiKey {
        account,
        origin: origin.to_owned(),
        error,
    })
}

/// Binds the API keys of a store that release 0.1 filled. Does nothing if they are bound already.
///
/// A key that does not open, or whose account has no valid address, stays as it is: nothing opens it from now on.
pub(super) async fn bind_all(
    store: &Store,
    keys: &[MasterKey],
    origin_of: OriginOf,
    clock: &Clock,
) -> Result<(), KeyringError> {
    if store.fact(BOUND).await?.is_some() {
        return Ok(());
    }
    let bound = |account: &AccountRow| {
        let sealed = Sealed { key_id: account.key_id.clone(), text: account.sealed_key.clone() };
        let key = keys.iter().find(|key| key.id() == sealed.key_id)?;
        let api_key = open_record(key, &unbound_record(account.id), &sealed).ok();
        let bound = api_key.zip(origin_of(account));
        let bound = bound.map(|(api_key, origin)| seal_api_key(key, account.id, &origin, &api_key).text);
        if bound.is_none() {
            let (account, name) = (account.id, account.name.as_str());
            tracing::warn!(%account, name, "failed to bind the account's API key to its address; give the key again");
        }
        bound
    };
    let accounts = store.reseal_all_once(BOUND, &clock.now().to_string(), bound).await?;
    if let Some(accounts @ 1..) = accounts {
        tracing::info!(accounts, "bound the API keys to the addresses of their accounts");
    }
    Ok(())
}

/// Returns the name of the record in which an account's API key is sealed.
fn record(account: Uuid, origin: &str) -> String {
    format!("account {account} at {origin}")
}

/// Returns that name in release 0.1.
fn unbound_record(account: Uuid) -> String {
    format!("account {account}")
}
