//! The limits of a server: the calls, and the calls that change something, that it may send in an hour.
//!
//! Calls are counted in memory, and merged through the store in batches, so that every node knows of the others' calls. A
//! node sends at most one batch of calls that the others do not know of: a limit is exact on one node, and several nodes
//! exceed it by at most one batch each.

mod account;
mod counts;
mod server;
mod usage;
mod window;

pub(crate) use self::account::{AccountPermit, AccountReserve, Reserved};
pub(crate) use self::counts::CallCounts;
pub(crate) use self::server::{Admitted, Exceeded, ServerLimits};
pub(crate) use self::usage::{Counted, HourlyLimits, LimitState};
pub(crate) use self::window::oldest_bucket;
