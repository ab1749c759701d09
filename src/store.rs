//! The store: accounts, servers, API tokens, users and master key names, in `SQLite` or `PostgreSQL`.
//!
//! Both engines get the same SQL, so that any engine that speaks `PostgreSQL`'s language can take its place: no
//! notifications, no advisory locks, no engine-specific types. A write that has returned is on disk. The store does not
//! validate, decrypt or hash anything: it writes and reads rows.

mod access;
mod account;
mod api_token;
mod audit;
mod call_count;
pub(crate) mod column;
mod confirmation;
mod connection;
mod error;
mod fact;
mod file;
mod file_guard;
mod guarded_pool;
mod keys;
mod last_use;
mod migration;
mod open;
pub(crate) mod record;
mod recovery;
pub(crate) mod report;
mod reserve;
mod server;
mod session;
mod slices;
mod transaction_pooling;
mod url;
mod user;
mod wal;

pub use self::access::AccessRow;
pub use self::account::{AccountRow, CheckFacts, Health, RateLimitFacts};
pub use self::api_token::{ApiTokenRow, TokenRole};
pub use self::audit::{AuditAction, AuditFilter, AuditObject, AuditRow};
pub use self::call_count::{CallCount, ServerCallCount};
pub use self::connection::Store;
pub use self::error::{Outage, StoreError};
pub use self::keys::KeyRow;
pub use self::last_use::Used;
pub use self::server::ServerRow;
pub use self::session::SessionRow;
pub(crate) use self::url::Engine;
pub use self::url::display_name;
pub use self::user::{ActiveUserRow, GroupNames, UserRole, UserRow, UserStatus};
