//! Counted calls, and the limits on them.

use std::ops::{AddAssign, Neg};

/// A number of calls, and how many of them change something. A correction can be negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Usage {
    pub(super) calls: i64,
    pub(super) writes: i64,
}

impl Usage {
    /// `cost` calls, which change something if `writes`.
    pub(super) fn new(cost: u32, writes: bool) -> Self {
        Self { calls: cost.into(), writes: if writes { cost.into() } else { 0 } }
    }

    pub(super) const fn of(&self, counted: Counted) -> i64 {
        match counted {
            Counted::Calls => self.calls,
            Counted::Writes => self.writes,
        }
    }
}

impl AddAssign for Usage {
    fn add_assign(&mut self, other: Self) {
        self.calls += other.calls;
        self.writes += other.writes;
    }
}

impl Neg for Usage {
    type Output = Self;

    fn neg(self) -> Self {
        Self { calls: -self.calls, writes: -self.writes }
    }
}

/// The calls that a limit counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// All calls.
    Calls,
    /// The calls that change something.
    Writes,
}

impl Counted {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Calls, Self::Writes];

    /// The key of the limit in a server's configuration.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Calls => "calls_per_hour",
            Self::Writes => "writes_per_hour",
        }
    }
}

/// The calls that a server may send in an hour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HourlyLimits {
    /// All calls.
    pub calls: Option<u32>,
    /// The calls that change something.
    pub writes: Option<u32>,
}

impl HourlyLimits {
    /// Returns whether nothing is limited.
    pub const fn is_empty(&self) -> bool {
        self.calls.is_none() && self.writes.is_none()
    }

    /// The limit on what is counted.
    pub const fn of(&self, counted: Counted) -> Option<u32> {
        match counted {
            Counted::Calls => self.calls,
            Counted::Writes => self.writes,
        }
    }

    /// Returns whether a node must merge before it sends `next` besides what the others do not know of.
    pub(super) fn needs_merge(&self, unmerged: Usage, next: Usage) -> bool {
        Counted::ALL.into_iter().any(|counted| {
            let batch = self.of(counted).map(batch);
            batch.is_some_and(|batch| unmerged.of(counted) > 0 && unmerged.of(counted) + next.of(counted) > batch)
        })
    }
}

/// The number of calls that a node sends before the others must know of them: a twentieth of the limit, from 1 to 50.
fn batch(limit: u32) -> i64 {
    (limit / 20).clamp(1, 50).into()
}

/// A limit, and what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LimitState {
    /// The calls that it counts.
    pub counted: Counted,
    /// The calls in an hour.
    pub limit: u32,
    /// The calls that are left.
    pub remaining: u32,
}

impl LimitState {
    pub(super) fn new(counted: Counted, limit: u32, used: Usage) -> Self {
        let remaining = (i64::from(limit) - used.of(counted)).clamp(0, limit.into());
        Self { counted, limit, remaining: u32::try_from(remaining).expect("it is between 0 and the limit") }
    }
}
