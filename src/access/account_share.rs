//! The parts that the servers of one account share on this node: its reads, and the reserve of its rate limit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use mcp_server::http::ByteBudget;
use uuid::Uuid;

use crate::clock::Clock;
use crate::limits::AccountReserve;
use crate::read_cache::{AccountReads, ReplyCache};
use crate::store::AccessRow;

/// The parts that the servers of one account share.
pub(super) struct AccountShare {
    pub(super) reads: Arc<AccountReads>,
    pub(super) reserve: Arc<AccountReserve>,
    /// The version of the account.
    version: i64,
}

/// The shares of all accounts whose servers are in use.
pub(super) struct AccountShares {
    replies: ReplyCache,
    clock: Clock,
    accounts: Mutex<Accounts>,
}

#[derive(Default)]
struct Accounts {
    shares: HashMap<Uuid, Weak<AccountShare>>,
    /// The number of shares at which those that are no longer in use are removed.
    purge_at: usize,
}

impl AccountShares {
    /// No accounts yet. Replies take at most `max_bytes` in memory, which count towards `process`.
    pub(super) fn new(process: &ByteBudget, max_bytes: u64, clock: Clock) -> Self {
        Self { replies: ReplyCache::new(process, max_bytes), clock, accounts: Mutex::default() }
    }

    /// The share of the account in `row`. An account that has changed gets a new one: with another key or address, its
    /// replies may differ.
    pub(super) fn of(&self, row: &AccessRow) -> Arc<AccountShare> {
        let mut accounts = self.accounts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = accounts.shares.get(&row.account_id).and_then(Weak::upgrade);
        if let Some(share) = known.as_ref().filter(|share| share.version == row.account_version) {
            return Arc::clone(share);
        }
        let share = Arc::new(self.new_share(row));
        // A row that was read before the account changed does not replace the newer one.
        if known.is_none_or(|known| known.version < row.account_version) {
            accounts.insert(row.account_id, Arc::downgrade(&share));
        }
        share
    }

    fn new_share(&self, row: &AccessRow) -> AccountShare {
        let reads = match row.cache_seconds {
            0 => AccountReads::uncached(),
            seconds => {
                let max_age = Duration::from_secs(seconds.into());
                AccountReads::cached(self.replies.clone(), max_age, self.clock.clone())
            }
        };
        let reserve = AccountReserve::new(self.clock.clone());
        AccountShare { reads: Arc::new(reads), reserve, version: row.account_version }
    }
}

impl Accounts {
    fn insert(&mut self, account: Uuid, share: Weak<AccountShare>) {
        const FIRST_PURGE: usize = 64;
        if self.shares.len() >= self.purge_at.max(FIRST_PURGE) {
            self.shares.retain(|_, share| share.strong_count() > 0);
            self.purge_at = self.shares.len() * 2;
        }
        self.shares.insert(account, share);
    }
}
