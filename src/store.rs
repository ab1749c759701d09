//! The store: accounts, servers, API tokens, users and master key names, in `SQLite` or `PostgreSQL`.
//!
//! Both engines get the same SQL, so that any engine that speaks `PostgreSQL`'s language can take its place: no
//! notifications, no advisory locks, no engine-specific types. A write that has returned is on disk. The store does not
//! validate, decrypt or hash anything: it writes and reads rows.

mod access;
mod account;
mod api_token;
mod audit;
mod authorization_code;
mod call_count;
mod client_connection;
pub(crate) mod column;
mod confirmation;
mod connection;
mod error;
mod fact;
mod file;
mod file_guard;
mod guarded_pool;
mod identity_provider;
mod keys;
mod last_use;
mod migration;
mod oauth_client;
mod oauth_token;
mod open;
pub(crate) mod record;
mod recovery;
pub(crate) mod report;
mod reserve;
mod sealed_secret;
mod server;
mod session;
mod sign_in;
mod slices;
mod transaction_pooling;
mod url;
mod user;
mod wal;

pub use self::access::AccessRow;
pub use self::account::{AccountRow, CheckFacts, Health, RateLimitFacts};
pub use self::api_token::{ApiTokenRow, TokenRole};
pub use self::audit::{AuditAction, AuditFilter, AuditObject, AuditRow};
pub use self::authorization_code::AuthorizationCodeRow;
pub use self::call_count::{CallCount, ServerCallCount};
pub use self::client_connection::{ConnectionRow, NamedConnection};
pub use self::connection::Store;
pub use self::error::{Outage, StoreError};
pub use self::identity_provider::{ConfirmedProfile, IdentityProviderRow, ProviderPreset, ProviderSignInRow};
pub use self::keys::KeyRow;
pub use self::last_use::Used;
pub use self::oauth_client::{ClientRegistration, OauthClientRow, RedirectUris};
pub use self::oauth_token::{AccessTokenRow, RefreshTokenRow, TokenLimits};
pub use self::sealed_secret::SealedSecretRow;
pub use self::server::ServerRow;
pub use self::session::SessionRow;
pub use self::sign_in::{SignInRow, SignInTargetRow, SignedInUser};
pub(crate) use self::url::Engine;
pub use self::url::display_name;
pub use self::user::{ActiveUserRow, UserRole, UserRow, UserStatus};
