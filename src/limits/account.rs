//! The reserve of an account: the last calls of the API's rate limit are held for checks by admins, which tell why
//! an account does not work.
//!
//! What the API reported last may lack the calls that are in flight, so these count as taken. Once only the reserve is left,
//! calls wait until the API lifts its limit. It may not say when that is: the replies of the real one to successful calls
//! state the calls that are left, and neither a reset nor the limit. Then some more calls are set aside, and single calls
//! [ask](asking) whether the limit was lifted, so that for an hour none takes from the reserve.

mod asking;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use self::asking::Asking;
use crate::clock::Clock;

/// The time to wait if only the calls in flight leave no room.
const UNTIL_REPLIES: Duration = Duration::from_secs(1);

/// The API's rate limit for one account, as it was last reported.
#[derive(Debug)]
pub(crate) struct AccountReserve {
    clock: Clock,
    state: Mutex<State>,
}

/// The facts about the limit. All times are of the monotonic clock.
#[derive(Debug, Default)]
struct State {
    /// The calls that the API allows in its window, if it said so.
    limit: Option<u64>,
    /// The most calls that the API ever allowed, as far as reports tell.
    most: u64,
    /// The calls that were left when the API last said so.
    left: Option<u64>,
    /// The time since which they only became fewer: the window of the limit began then or earlier.
    falls_since: Duration,
    /// The calls that were admitted and have not ended.
    in_flight: u64,
    /// The time at which the limit is lifted, if the API said so.
    lifted_at: Option<Duration>,
    /// The calls that ask whether it was lifted, since it ran low without such a time.
    asking: Option<Asking>,
}

/// An admitted call. It counts as in flight until this is dropped.
#[derive(Debug)]
pub(crate) struct AccountPermit {
    reserve: Arc<AccountReserve>,
    cost: u64,
}

/// A call that would take from the reserve. It was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reserved {
    /// The calls that the API allows in its window, if it said so.
    pub limit: Option<u64>,
    /// The calls that are left of them.
    pub remaining: u64,
    /// The time after which to call again.
    pub wait: Duration,
}

/// The room for a call.
enum Room {
    /// The API has enough calls left, or has not said otherwise.
    Enough,
    /// Only the calls in flight leave no room.
    InFlight,
    /// Only the reserve is left, until this time if the API said so.
    Low(Option<Duration>),
}

impl AccountReserve {
    /// A reserve of an account of which nothing is known.
    pub(crate) fn new(clock: Clock) -> Arc<Self> {
        Arc::new(Self { clock, state: Mutex::default() })
    }

    /// Records a report of the API. A report without a remainder says nothing.
    pub(crate) fn record(&self, limit: Option<u64>, remaining: Option<u64>, reset: Option<u64>) {
        let Some(remaining) = remaining else { return };
        let now = self.clock.monotonic();
        let mut state = self.state();
        state.limit = limit.or(state.limit);
        // The call that is reported took one.
        state.most = state.most.max(remaining.saturating_add(1));
        // Reports of calls that were in flight at once can arrive in another order.
        if state.left.is_none_or(|left| remaining > left.saturating_add(state.in_flight)) {
            state.falls_since = now;
        }
        state.left = Some(remaining);
        let known = state.lifted_at.filter(|at| *at > now);
        state.lifted_at = reset.map(|seconds| now + Duration::from_secs(seconds)).or(known);
        if state.lifted_at.is_some() || remaining > state.reserve() + state.set_aside() {
            state.asking = None;
        }
    }

    /// Admits a call that costs `cost`, unless it would take from the reserve.
    ///
    /// # Errors
    ///
    /// If only the reserve is left.
    pub(crate) fn admit(self: &Arc<Self>, cost: u32) -> Result<AccountPermit, Reserved> {
        let (cost, now) = (u64::from(cost), self.clock.monotonic());
        let mut state = self.state();
        let wait = match state.room(cost, now) {
            Room::Enough => Duration::ZERO,
            Room::InFlight => UNTIL_REPLIES,
            Room::Low(Some(lifted_at)) => lifted_at.saturating_sub(now),
            Room::Low(None) => state.ask(cost, now),
        };
        if !wait.is_zero() {
            return Err(Reserved { limit: state.limit, remaining: state.left.unwrap_or_default(), wait });
        }
        state.in_flight += cost;
        Ok(AccountPermit { reserve: Arc::clone(self), cost })
    }

    /// Returns whether there is room for calls that cost `cost`, without asking whether the limit was lifted.
    pub(crate) fn has_room(&self, cost: u32) -> bool {
        matches!(self.state().room(cost.into(), self.clock.monotonic()), Room::Enough)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn room(&self, cost: u64, now: Duration) -> Room {
        // With nothing left there is nothing to hold, and the API itself says when to call again.
        let Some(left) = self.left.filter(|left| *left > 0) else { return Room::Enough };
        let held = match self.lifted_at {
            Some(at) if at <= now => return Room::Enough,
            Some(_) => self.reserve(),
            None => self.reserve() + self.set_aside(),
        };
        match left.saturating_sub(held) {
            free if free >= self.in_flight.saturating_add(cost) => Room::Enough,
            free if free >= cost => Room::InFlight,
            _ => Room::Low(self.lifted_at),
        }
    }

    /// Returns the time until a call may ask whether the limit was lifted. If it may ask now, it does.
    fn ask(&mut self, cost: u64, now: Duration) -> Duration {
        let (since, set_aside) = (self.falls_since, self.set_aside());
        let asking = self.asking.get_or_insert_with(|| Asking::new(since, set_aside, now));
        let wait = asking.wait(cost, now);
        if wait.is_zero() {
            asking.take(cost, now, set_aside);
        }
        wait
    }

    /// A twentieth of the limit, which may be known only from what was left of it.
    fn twentieth(&self) -> u64 {
        self.limit.unwrap_or(self.most) / 20
    }

    /// The calls that are held for admins.
    fn reserve(&self) -> u64 {
        self.twentieth().clamp(1, 5)
    }

    /// The calls that are held for those that ask whether the limit was lifted.
    fn set_aside(&self) -> u64 {
        self.twentieth().clamp(1, Asking::MOST)
    }
}

impl Drop for AccountPermit {
    fn drop(&mut self) {
        let mut state = self.reserve.state();
        state.in_flight = state.in_flight.saturating_sub(self.cost);
    }
}

#[cfg(test)]
mod tests;
