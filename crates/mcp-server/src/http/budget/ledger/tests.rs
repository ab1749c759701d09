//! Examples of requests and groups that share a limit.

#![expect(clippy::indexing_slicing, reason = "tests")]

use super::*;

/// The unit of the numbers in these tests: a request of one unit is large.
const UNIT: u64 = LARGE;

struct Tree {
    ledger: Ledger,
    whole: GroupId,
}

impl Tree {
    fn new(limit: u64) -> Self {
        let mut ledger = Ledger::default();
        Self { whole: ledger.open_group(limit * UNIT, None), ledger }
    }

    fn group(&mut self, limit: u64) -> GroupId {
        self.ledger.open_group(limit * UNIT, Some(self.whole))
    }

    fn request(&mut self, group: GroupId) -> RequestId {
        self.ledger.open_request(group, Arc::default())
    }

    /// Opens a request that has its final number of bytes.
    fn settled(&mut self, group: GroupId, bytes: u64) -> RequestId {
        let request = self.request(group);
        self.ledger.settle(request, bytes * UNIT);
        request
    }

    fn want(&mut self, request: RequestId, bytes: u64) -> bool {
        self.ledger.want(request, bytes * UNIT)
    }

    fn held(&self, group: GroupId) -> u64 {
        self.ledger.held_by_group(group) / UNIT
    }
}

#[test]
fn a_request_needs_room_in_every_group() {
    let mut tree = Tree::new(100);
    let (small, large) = (tree.group(10), tree.group(100));
    tree.settled(small, 8);
    let request = tree.request(small);
    assert!(!tree.want(request, 3));
    tree.settled(large, 90);
    let other = tree.request(large);
    assert!(!tree.want(other, 5), "98 of 100 are held");
    assert!(tree.ledger.is_waiting(request) && tree.ledger.is_waiting(other));
}

#[test]
fn the_group_that_holds_the_least_gets_the_next_bytes() {
    let mut tree = Tree::new(100);
    let (greedy, modest) = (tree.group(100), tree.group(100));
    let held: Vec<_> = (0..9).map(|_| tree.settled(greedy, 10)).collect();
    tree.settled(modest, 10);
    let more: Vec<_> = (0..3).map(|_| tree.request(greedy)).collect();
    for request in &more {
        assert!(!tree.want(*request, 10));
    }
    let late = tree.request(modest);
    assert!(!tree.want(late, 10));
    tree.ledger.close_request(held[0]);
    assert!(!tree.ledger.is_waiting(late), "its group holds less, although it came later");
    assert!(more.iter().all(|request| tree.ledger.is_waiting(*request)));
    tree.ledger.close_request(held[1]);
    assert!(!tree.ledger.is_waiting(more[0]), "within a group, the oldest comes first");
}

#[test]
fn small_wants_do_not_overtake_a_large_one() {
    let mut tree = Tree::new(100);
    let group = tree.group(100);
    let first = tree.settled(group, 50);
    let second = tree.settled(group, 45);
    let (large, small) = (tree.request(group), tree.request(group));
    assert!(!tree.want(large, 60));
    assert!(!tree.want(small, 5), "there is room, but the large one came first");
    tree.ledger.close_request(second);
    assert!(tree.ledger.is_waiting(large) && tree.ledger.is_waiting(small));
    tree.ledger.close_request(first);
    assert!(!tree.ledger.is_waiting(large) && !tree.ledger.is_waiting(small));
}

#[test]
fn requests_that_wait_for_each_other_all_end() {
    let mut tree = Tree::new(1000);
    let group = tree.group(100);
    let requests: Vec<_> = (0..3).map(|_| tree.request(group)).collect();
    for request in &requests {
        assert!(tree.want(*request, 33));
    }
    assert!(tree.want(requests[0], 10), "the oldest may exceed the limit");
    assert!(!tree.want(requests[1], 10));
    assert!(!tree.want(requests[2], 10));
    tree.ledger.close_request(requests[0]);
    assert!(!tree.ledger.is_waiting(requests[1]) && !tree.ledger.is_waiting(requests[2]));
}

#[test]
fn the_oldest_waits_for_settled_requests() {
    let mut tree = Tree::new(1000);
    let group = tree.group(100);
    let unread = tree.settled(group, 95);
    let oldest = tree.request(group);
    assert!(!tree.want(oldest, 10));
    tree.ledger.settle(unread, 90 * UNIT);
    assert!(!tree.ledger.is_waiting(oldest));
    assert_eq!(tree.held(group), 100);
}

#[test]
fn a_wait_that_is_given_up_lets_others_through() {
    let mut tree = Tree::new(1000);
    let group = tree.group(100);
    tree.settled(group, 50);
    let (large, small) = (tree.request(group), tree.request(group));
    assert!(!tree.want(large, 60));
    assert!(!tree.want(small, 50));
    tree.ledger.stop_waiting(large);
    assert!(!tree.ledger.is_waiting(small));
}

#[test]
fn every_byte_is_given_back() {
    let mut tree = Tree::new(1000);
    let group = tree.group(100);
    let request = tree.request(group);
    tree.ledger.take(request, 200 * UNIT);
    tree.ledger.set(request, 20 * UNIT);
    assert!(tree.want(request, 5));
    tree.ledger.settle(request, 7 * UNIT);
    assert_eq!((tree.held(group), tree.held(tree.whole)), (7, 7));
    tree.ledger.close_request(request);
    assert_eq!((tree.held(group), tree.held(tree.whole)), (0, 0));
    tree.ledger.close_group(group);
    assert_eq!(tree.ledger.groups.len(), 1);
    assert!(tree.ledger.requests.is_empty());
}
