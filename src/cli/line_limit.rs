//! The limit on log lines: how many lines per second each place in the code writes.
//!
//! Clients cause most lines, and a fast client would fill the disk with them. Further lines are left out and counted. The
//! call log and the metrics still count every call.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tracing::callsite::Identifier;
use tracing::{Event, Metadata};
use tracing_subscriber::layer::{Context, Filter};

/// The number of lines per second and place.
const LINES_PER_SECOND: u32 = 200;

/// The lines of this process. Without a limit until [`start`] is called.
static LINES: OnceLock<(Instant, Mutex<Lines<Identifier>>)> = OnceLock::new();

/// The lines of the current second, by their place in the code.
#[derive(Debug)]
struct Lines<P> {
    second: u64,
    written: HashMap<P, u32>,
    /// The number of lines that were left out and not reported yet.
    left_out: u64,
}

impl<P: Eq + Hash> Lines<P> {
    fn new() -> Self {
        Self { second: 0, written: HashMap::new(), left_out: 0 }
    }

    /// Counts a line. Returns whether it may be written.
    fn admit(&mut self, place: P, second: u64) -> bool {
        if self.second != second {
            self.second = second;
            self.written.clear();
        }
        let written = self.written.entry(place).or_default();
        let is_admitted = *written < LINES_PER_SECOND;
        if is_admitted {
            *written += 1;
        } else {
            self.left_out += 1;
        }
        is_admitted
    }
}

/// Limits the lines from now on, and reports how many were left out.
pub(super) async fn start() {
    let (_, lines) = LINES.get_or_init(|| (Instant::now(), Mutex::new(Lines::new())));
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let left_out = std::mem::take(&mut lines.lock().unwrap_or_else(PoisonError::into_inner).left_out);
        if left_out > 0 {
            tracing::warn!(
                lines = left_out,
                limit_per_second = LINES_PER_SECOND,
                "left out log lines that came too fast"
            );
        }
    }
}

/// The filter that leaves lines out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LineLimit;

impl<S> Filter<S> for LineLimit {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        LINES.get().is_none_or(|(start, lines)| {
            let place = event.metadata().callsite();
            lines.lock().unwrap_or_else(PoisonError::into_inner).admit(place, start.elapsed().as_secs())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_place_has_its_own_limit_per_second() {
        let mut lines = Lines::new();
        let written = (0..1000).filter(|_| lines.admit("busy", 7)).count();
        assert_eq!((written, lines.left_out), (200, 800));
        assert!(lines.admit("quiet", 7));
        assert!(lines.admit("busy", 8), "a new second");
    }
}
