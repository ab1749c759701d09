//! The calls of the last hour of servers that are limited.

use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::ServerView;
use crate::limits::{self, Counted};
use crate::registry::error::Result;
use crate::registry::state::Registry;

/// The calls that a server has sent, each counted as the calls that it costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct UsedCalls {
    /// All calls.
    pub calls: i64,
    /// The calls that create, change, send or delete something.
    pub writes: i64,
}

/// Returns whether the calls of a server with this configuration are limited.
pub(super) fn is_limited(config: &Map<String, Value>) -> bool {
    Counted::ALL.iter().any(|counted| config.contains_key(counted.key()))
}

impl Registry {
    /// Adds the calls of the last hour to a server.
    pub(super) async fn with_used_calls(&self, mut server: ServerView) -> Result<ServerView> {
        self.set_used_calls(server.integrated_account_id, std::slice::from_mut(&mut server)).await?;
        Ok(server)
    }

    /// Adds the calls of the last hour to servers of an account.
    pub(super) async fn set_used_calls(&self, account: Uuid, servers: &mut [ServerView]) -> Result<()> {
        if servers.iter().all(|server| server.used_last_hour.is_none()) {
            return Ok(());
        }
        let oldest = limits::oldest_bucket(self.0.clock.now());
        for used in self.0.store.call_counts_of_account(account, oldest).await? {
            let mut limited =
                servers.iter_mut().filter_map(|server| Some((server.id, server.used_last_hour.as_mut()?)));
            if let Some((_, calls)) = limited.find(|(id, _)| *id == used.server_id) {
                *calls = UsedCalls { calls: used.calls, writes: used.writes };
            }
        }
        Ok(())
    }
}
