//! The call log: one [`CallRecord`] per call or refused request, without arguments and results.
//!
//! Data flows one way: a service reports a call to its [`CallObserver`], or access refuses a request; a record is queued
//! in the [`CallLog`]; a task writes queued records to the table in batches. No call waits for the log. A server's calls
//! that come faster than its rate, or that do not fit into the queue, are counted and share one record.
//!
//! The sums per hour and day are updated in the same transaction, so that a summary reads few rows and agrees with the records.
//!
//! To add a column: add a migration, add a field to [`CallRecord`] and set it in a constructor, and add it to what the
//! admin API shows (`registry::CallView`).

mod account_updates;
mod handle;
mod histogram;
mod observer;
mod purge;
mod queue;
mod record;
mod refusal_limit;
mod server_rates;
mod summary;
mod sums;
mod table;
mod writer;

pub(crate) use self::account_updates::refresh_account_metrics;
pub use self::handle::{CallLog, CallLogOptions};
pub(crate) use self::observer::CallObserver;
pub use self::purge::{purge, trim};
pub(crate) use self::queue::RefusalKind;
pub use self::record::CallRecord;
pub use self::summary::{Grouping, SummaryCursor, SummaryFilter, SummaryRow, summarize};
pub use self::table::{CallFilter, insert, list};
