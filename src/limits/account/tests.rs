//! Tests of the reserve, with a clock that tests move.
#![expect(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;

use super::*;
use crate::clock::TimeSource;

#[derive(Clone, Default)]
struct SetClock(Arc<Mutex<Duration>>);

impl SetClock {
    fn reserve(&self) -> Arc<AccountReserve> {
        AccountReserve::new(Clock::new(self.clone()))
    }

    fn advance(&self, by: Duration) {
        *self.0.lock().unwrap() += by;
    }
}

impl TimeSource for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::UNIX_EPOCH
    }

    fn monotonic(&self) -> Duration {
        *self.0.lock().unwrap()
    }
}

/// The wait of a call that ends at once if it is admitted.
fn wait(reserve: &Arc<AccountReserve>, cost: u32) -> Option<Duration> {
    reserve.admit(cost).err().map(|reserved| reserved.wait)
}

/// The calls of an API that states only what is left, within a window of a minute or an hour.
struct Window {
    limit: u64,
    length: Duration,
    left: u64,
    ends: Duration,
}

impl Window {
    fn call(&mut self, now: Duration) -> u64 {
        if now >= self.ends {
            (self.left, self.ends) = (self.limit, now + self.length);
        }
        self.left = self.left.saturating_sub(1);
        self.left
    }
}

#[test]
fn the_last_calls_are_held_until_the_reset() {
    let clock = SetClock::default();
    let reserve = clock.reserve();
    assert_eq!(wait(&reserve, 1), None);
    reserve.record(Some(100), Some(6), Some(600));
    assert_eq!((wait(&reserve, 1), wait(&reserve, 2)), (None, Some(Duration::from_mins(10))));
    reserve.record(Some(100), Some(5), Some(600));
    assert_eq!(wait(&reserve, 1), Some(Duration::from_mins(10)));
    // Neither a report without a remainder nor one without a reset moves the reset.
    reserve.record(None, None, None);
    reserve.record(None, Some(5), None);
    clock.advance(Duration::from_secs(599));
    assert_eq!(wait(&reserve, 1), Some(Duration::from_secs(1)));
    clock.advance(Duration::from_secs(1));
    assert_eq!(wait(&reserve, 1), None);
    reserve.record(Some(100), Some(0), Some(600));
    assert_eq!(wait(&reserve, 1), None, "the API replies with its facts");
}

#[test]
fn calls_in_flight_count_as_taken() {
    let reserve = SetClock::default().reserve();
    reserve.record(Some(100), Some(10), Some(600));
    let permits: Vec<_> = (0..20).filter_map(|_| reserve.admit(1).ok()).collect();
    assert_eq!(permits.len(), 5);
    assert_eq!(wait(&reserve, 1), Some(UNTIL_REPLIES));
    assert!(!reserve.has_room(1));
    drop(permits);
    assert!(reserve.has_room(5) && !reserve.has_room(6));
}

#[test]
fn without_a_reset_no_call_takes_from_the_reserve_for_an_hour() {
    for (limit, length, most_per_hour) in [(100, 60, 100), (50, 1, 50 * 60), (50, 60, 50), (20, 60, 20)] {
        let clock = SetClock::default();
        let reserve = clock.reserve();
        let length = Duration::from_mins(length);
        let mut window = Window { limit, length, left: limit, ends: length };
        let (mut sent, mut fewest) = (0, limit);
        for _second in 0..3_600 {
            if let Ok(_permit) = reserve.admit(1) {
                let left = window.call(clock.monotonic());
                reserve.record(None, Some(left), None);
                (sent, fewest) = (sent + 1, fewest.min(left));
            }
            clock.advance(Duration::from_secs(1));
        }
        let held = (limit / 20).clamp(1, 5);
        assert!(fewest >= held, "{fewest} of {limit} left");
        assert!(sent <= most_per_hour && sent >= most_per_hour * 3 / 4, "{sent} of {most_per_hour} sent");
    }
}

#[test]
fn single_calls_ask_whether_the_limit_was_lifted() {
    let clock = SetClock::default();
    let reserve = clock.reserve();
    reserve.record(Some(100), Some(8), None);
    assert_eq!(wait(&reserve, 1), Some(Duration::from_mins(1)));
    // After the third one, the calls that were set aside are used up.
    for (left, minutes, next) in [(7, 1, 4), (6, 4, 16), (5, 16, 39), (4, 39, 1)] {
        clock.advance(Duration::from_mins(minutes));
        assert_eq!(wait(&reserve, 1), None, "{left}");
        reserve.record(Some(100), Some(left), None);
        assert_eq!(wait(&reserve, 1), Some(Duration::from_mins(next)), "{left}");
    }
    reserve.record(Some(100), Some(99), None);
    assert_eq!(wait(&reserve, 1), None);
    // A call that costs more than is set aside waits for the end of the hour.
    reserve.record(Some(100), Some(8), None);
    assert_eq!(wait(&reserve, 5), Some(Duration::from_hours(1)));
    clock.advance(Duration::from_hours(1));
    assert_eq!(wait(&reserve, 5), None);
}
