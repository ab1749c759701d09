//! The ledger of the byte budgets: which request holds how many bytes, and which one gets the next.
//!
//! Requests belong to a group, and groups form a tree: a process has accounts, and an account has servers. A request gets
//! bytes if there is room in its group and in every group above.
//!
//! **Fair shares.** Of the waiting requests, one of the group that holds the least gets the next bytes, and within a group
//! the oldest request. A request that waits in a group is not overtaken there.
//!
//! **No deadlock.** Large requests that wait for each other's bytes would never end. A request is settled once it wants no
//! more bytes. The oldest large request of a group that is not settled needs no room beside the others that are not, but
//! only beside the settled ones, which end by themselves. The oldest of the whole tree is also the oldest of its groups, so
//! that one request can always go on, and each group has at most one that exceeds its limit.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use tokio::sync::Notify;

/// A group of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct GroupId(u64);

/// A request. An older request has a smaller number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RequestId(u64);

/// The bytes from which a request is large. Smaller ones hold too little to keep others waiting.
const LARGE: u64 = 64 * 1024;

#[derive(Debug, Default)]
pub(super) struct Ledger {
    groups: HashMap<GroupId, Group>,
    requests: BTreeMap<RequestId, Request>,
    waiting: BTreeSet<RequestId>,
    last_id: u64,
}

#[derive(Debug)]
struct Group {
    limit: u64,
    whole: Option<GroupId>,
    /// The bytes of all requests.
    held: u64,
    /// The bytes of the settled requests.
    settled: u64,
    /// The large requests that are not settled.
    large: BTreeSet<RequestId>,
}

#[derive(Debug)]
struct Request {
    group: GroupId,
    held: u64,
    /// The bytes that it waits for.
    wanted: u64,
    is_settled: bool,
    room: Arc<Notify>,
}

impl Ledger {
    pub(super) fn open_group(&mut self, limit: u64, whole: Option<GroupId>) -> GroupId {
        let id = GroupId(self.next_id());
        self.groups.insert(id, Group { limit, whole, held: 0, settled: 0, large: BTreeSet::new() });
        id
    }

    pub(super) fn close_group(&mut self, id: GroupId) {
        self.groups.remove(&id);
    }

    pub(super) fn held_by_group(&self, id: GroupId) -> u64 {
        self.groups.get(&id).map_or(0, |group| group.held)
    }

    pub(super) fn open_request(&mut self, group: GroupId, room: Arc<Notify>) -> RequestId {
        let id = RequestId(self.next_id());
        self.requests.insert(id, Request { group, held: 0, wanted: 0, is_settled: false, room });
        id
    }

    pub(super) fn close_request(&mut self, id: RequestId) {
        self.settle(id, 0);
        self.requests.remove(&id);
    }

    /// Adds bytes to a request, whether or not there is room.
    pub(super) fn take(&mut self, id: RequestId, bytes: u64) {
        let held = self.requests.get(&id).map_or(0, |request| request.held);
        self.replace(id, held + bytes);
    }

    /// Adds bytes to a request if there is room. Otherwise the request waits for them, and the result is false.
    pub(super) fn want(&mut self, id: RequestId, bytes: u64) -> bool {
        let Some(request) = self.requests.get_mut(&id) else { return false };
        request.wanted = bytes;
        if self.waiting.is_empty() && self.obstacle(id, &[]).is_none() {
            self.take(id, bytes);
            return true;
        }
        self.waiting.insert(id);
        self.grant();
        !self.is_waiting(id)
    }

    pub(super) fn is_waiting(&self, id: RequestId) -> bool {
        self.waiting.contains(&id)
    }

    pub(super) fn stop_waiting(&mut self, id: RequestId) {
        if self.waiting.remove(&id) {
            self.grant();
        }
    }

    /// Replaces the bytes of a request.
    pub(super) fn set(&mut self, id: RequestId, bytes: u64) {
        self.replace(id, bytes);
        self.grant();
    }

    /// Replaces the bytes of a request by the final number.
    pub(super) fn settle(&mut self, id: RequestId, bytes: u64) {
        self.waiting.remove(&id);
        self.replace(id, 0);
        if let Some(request) = self.requests.get_mut(&id) {
            request.is_settled = true;
        }
        self.set(id, bytes);
    }

    fn replace(&mut self, id: RequestId, bytes: u64) {
        let Some(request) = self.requests.get_mut(&id) else { return };
        let before = std::mem::replace(&mut request.held, bytes);
        let (first, is_settled) = (request.group, request.is_settled);
        self.in_each_group(first, |group| {
            group.held = group.held - before + bytes;
            if is_settled {
                group.settled = group.settled - before + bytes;
            } else if bytes >= LARGE {
                group.large.insert(id);
            } else {
                group.large.remove(&id);
            }
        });
    }

    /// Grants bytes to the waiting requests, as long as there is room.
    fn grant(&mut self) {
        while let Some(id) = self.next_granted() {
            self.waiting.remove(&id);
            let Some(request) = self.requests.get(&id) else { continue };
            request.room.notify_one();
            self.take(id, request.wanted);
        }
    }

    /// The waiting request that gets bytes next, if there is room for them.
    fn next_granted(&self) -> Option<RequestId> {
        let mut waiting: Vec<_> = self.waiting.iter().map(|id| (self.share(*id), *id)).collect();
        waiting.sort_unstable();
        let mut full = Vec::new();
        waiting.into_iter().map(|(_, id)| id).find(|id| match self.obstacle(*id, &full) {
            None => true,
            Some(group) => {
                full.push(group);
                false
            }
        })
    }

    /// The bytes of a request's largest group below the whole tree.
    fn share(&self, id: RequestId) -> u64 {
        let mut groups: Vec<_> = self.groups_of(id).collect();
        groups.pop();
        groups.last().map_or(0, |(_, group)| group.held)
    }

    /// The group that has no room for what a request wants, or in which it would overtake another request: one of `full`.
    fn obstacle(&self, id: RequestId, full: &[GroupId]) -> Option<GroupId> {
        let request = self.requests.get(&id)?;
        let is_obstacle = |(group_id, group): &(GroupId, &Group)| {
            let is_oldest = group.large.first() == Some(&id);
            let held = if is_oldest { group.settled + request.held } else { group.held };
            held.saturating_add(request.wanted) > group.limit || (!is_oldest && full.contains(group_id))
        };
        self.groups_of(id).find(is_obstacle).map(|(group_id, _)| group_id)
    }

    /// The groups of a request, from its own to the whole tree.
    fn groups_of(&self, id: RequestId) -> impl Iterator<Item = (GroupId, &Group)> {
        let entry = |id: GroupId| Some((id, self.groups.get(&id)?));
        let first = self.requests.get(&id).and_then(|request| entry(request.group));
        std::iter::successors(first, move |(_, group)| group.whole.and_then(entry))
    }

    fn in_each_group(&mut self, first: GroupId, change: impl Fn(&mut Group)) {
        let mut next = Some(first);
        while let Some(group) = next.and_then(|id| self.groups.get_mut(&id)) {
            change(group);
            next = group.whole;
        }
    }

    fn next_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }
}

#[cfg(test)]
mod tests;
