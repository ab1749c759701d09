//! The activity of a connection: whom it waits for, since when, and until when it may.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// The longest time in which a client reads nothing of a response.
const LONGEST_PAUSE: Duration = Duration::from_secs(15);

/// The time in which a response may be read at any speed.
const GRACE: Duration = Duration::from_secs(30);

/// The minimum average speed after that. Even a poor mobile connection is faster.
const BYTES_PER_SECOND: u64 = 32 * 1024;

/// The event that a connection waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum Phase {
    /// The next request.
    Idle,
    /// The client, which sends a request.
    Reading,
    /// This server, which works on a response.
    Answering,
    /// The client, which reads the response.
    Writing,
}

/// The activity of one connection.
#[derive(Debug)]
pub(in crate::serve) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    phase: Phase,
    /// The start of the phase, or the last progress in it.
    since: Instant,
    /// The start of the phase, and the bytes that have been written in it.
    started: Instant,
    written: u64,
    /// True if the whole response was handed to the connection.
    is_answered: bool,
}

impl Activity {
    /// The activity of a connection that was just opened.
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self(Mutex::new(State { phase: Phase::Idle, since: now, started: now, written: 0, is_answered: false }))
    }

    pub(super) fn phase(&self) -> Phase {
        self.lock().phase
    }

    pub(super) fn since(&self) -> Instant {
        self.lock().since
    }

    /// Enters a phase, unless the connection is in it already.
    pub(in crate::serve) fn enter(&self, phase: Phase) {
        let mut state = self.lock();
        state.is_answered = false;
        if state.phase != phase {
            state.enter(phase);
        }
    }

    /// Notes that the client has sent something.
    pub(in crate::serve) fn has_read(&self) {
        self.lock().since = Instant::now();
    }

    /// Notes that the client, or the operating system for it, has taken `bytes`.
    pub(in crate::serve) fn has_written(&self, bytes: usize) {
        let mut state = self.lock();
        state.since = Instant::now();
        state.written += bytes as u64;
    }

    /// Notes that the whole response was handed to the connection.
    pub(in crate::serve) fn has_answered(&self) {
        self.lock().is_answered = true;
    }

    /// Notes that everything handed to the connection has left. The connection becomes idle if that was a whole response.
    pub(in crate::serve) fn has_flushed(&self) {
        let mut state = self.lock();
        if state.is_answered {
            state.is_answered = false;
            state.enter(Phase::Idle);
        }
    }

    /// The time until which the client must take more of the response.
    pub(in crate::serve) fn write_deadline(&self) -> Instant {
        let state = self.lock();
        let whole = state.started + GRACE + Duration::from_secs(state.written / BYTES_PER_SECOND);
        whole.min(state.since + LONGEST_PAUSE)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn enter(&mut self, phase: Phase) {
        let now = Instant::now();
        *self = Self { phase, since: now, started: now, written: 0, is_answered: self.is_answered };
    }
}
