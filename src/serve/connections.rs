//! The open connections: how many each address has, and which one is closed when there are too many.
//!
//! A new connection or request is not refused while another one can be closed: first the connection that has been idle
//! longest, then the one whose client has sent or read nothing for the longest time. Only requests that wait for this
//! server are never closed.

mod activity;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

pub(super) use self::activity::{Activity, Phase};
use crate::client_network::client_network;

/// The limits of open connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Of all clients.
    pub total: usize,
    /// Of one address, or of one /64 network of IPv6 addresses. Through a trusted proxy, open requests are counted instead.
    pub per_address: usize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self { total: 10_000, per_address: 500 }
    }
}

impl ConnectionLimits {
    /// The limits in a process that may open that many files: each connection takes one, and its call another.
    pub(super) fn within(open_files: u64) -> Self {
        /// The files that the process opens for itself.
        const OWN_FILES: u64 = 200;
        let limits = Self::default();
        let fitting = usize::try_from(open_files.saturating_sub(OWN_FILES) / 2).unwrap_or(limits.total);
        Self { total: limits.total.min(fitting.max(1)), ..limits }
    }
}

/// All open connections. Clones share the table.
#[derive(Clone, Debug)]
pub(super) struct Connections(Arc<Mutex<Table>>);

#[derive(Debug)]
struct Table {
    limits: ConnectionLimits,
    last_id: u64,
    entries: HashMap<u64, Entry>,
    /// The number of connections that count towards the limit of an address.
    counts: HashMap<IpAddr, usize>,
}

#[derive(Debug)]
struct Entry {
    /// The address whose limit the connection counts towards.
    address: Option<IpAddr>,
    activity: Arc<Activity>,
    closing: CancellationToken,
}

/// An open connection. Dropping it removes it from the table.
#[derive(Debug)]
pub(super) struct Connection {
    table: Connections,
    id: u64,
    /// The address whose limit the connection counts towards between two requests.
    own_address: Option<IpAddr>,
    /// The current activity of the connection.
    pub(super) activity: Arc<Activity>,
    closing: CancellationToken,
}

impl Connections {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self(Arc::new(Mutex::new(Table { limits, last_id: 0, entries: HashMap::new(), counts: HashMap::new() })))
    }

    /// Adds a connection that counts towards the limit of `address`, if there is one. Another one is closed if there are
    /// too many. Returns `None` if none can be closed.
    pub(super) fn open(&self, address: Option<IpAddr>) -> Option<Connection> {
        let address = address.map(client_network);
        let mut table = self.lock();
        if !table.make_room(address) {
            return None;
        }
        table.last_id += 1;
        let (id, activity, closing) = (table.last_id, Arc::new(Activity::new()), CancellationToken::new());
        let entry = Entry { address: None, activity: Arc::clone(&activity), closing: closing.clone() };
        table.entries.insert(id, entry);
        table.count(id, address);
        Some(Connection { table: self.clone(), id, own_address: address, activity, closing })
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Counts the connection towards the limit of `address` until its request is answered. Returns false if the address has
    /// too many connections, and none can be closed.
    pub(super) fn count_towards(&self, address: Option<IpAddr>) -> bool {
        let address = address.map(client_network);
        let mut table = self.table.lock();
        let is_counted = table.entries.get(&self.id).is_some_and(|entry| entry.address == address);
        if is_counted || !table.address_has_room(address) {
            return is_counted;
        }
        table.count(self.id, address);
        true
    }

    /// Notes that the whole response was handed to the connection.
    pub(super) fn has_answered(&self) {
        self.activity.has_answered();
        self.table.lock().count(self.id, self.own_address);
    }

    /// Resolves when the connection has to make room for another one.
    pub(super) async fn has_to_close(&self) {
        self.closing.cancelled().await;
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.table.lock().remove(self.id);
    }
}

impl Table {
    fn make_room(&mut self, address: Option<IpAddr>) -> bool {
        self.address_has_room(address) && (self.entries.len() < self.limits.total || self.close_one(|_| true))
    }

    /// Returns whether `address` may have one more connection, after one was closed if necessary.
    fn address_has_room(&mut self, address: Option<IpAddr>) -> bool {
        let Some(address) = address else { return true };
        let count = self.counts.get(&address).copied().unwrap_or_default();
        count < self.limits.per_address || self.close_one(|entry| entry.address == Some(address))
    }

    /// Closes the connection that is idle or stalled longest, among those that `may_close` selects.
    fn close_one(&mut self, may_close: impl Fn(&Entry) -> bool) -> bool {
        let candidates = self.entries.iter().filter(|(_, entry)| may_close(entry));
        let ranked = candidates.filter_map(|(id, entry)| Some((rank(&entry.activity)?, *id)));
        let Some((_, id)) = ranked.min() else { return false };
        if let Some(entry) = self.entries.get(&id) {
            tracing::debug!(address = ?entry.address, "closed a connection to make room for another one");
            entry.closing.cancel();
        }
        self.remove(id);
        true
    }

    fn remove(&mut self, id: u64) {
        self.count(id, None);
        self.entries.remove(&id);
    }

    fn count(&mut self, id: u64, address: Option<IpAddr>) {
        let Some(entry) = self.entries.get_mut(&id) else { return };
        let before = std::mem::replace(&mut entry.address, address);
        if let Some(address) = address {
            *self.counts.entry(address).or_default() += 1;
        }
        if let Some(before) = before
            && let Some(count) = self.counts.get_mut(&before)
        {
            *count -= 1;
            if *count == 0 {
                self.counts.remove(&before);
            }
        }
    }
}

/// The order in which connections are closed: idle ones first, then those whose client makes no progress, each by the time
/// since when. `None` if the connection waits for this server.
fn rank(activity: &Activity) -> Option<(bool, Instant)> {
    match activity.phase() {
        Phase::Answering => None,
        Phase::Idle => Some((false, activity.since())),
        Phase::Reading | Phase::Writing => Some((true, activity.since())),
    }
}

#[cfg(test)]
mod tests;
