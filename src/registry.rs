//! Accounts, scoped servers, API tokens and users: every rule about what may be stored.
//!
//! The admin API and the command line both use this module, so they cannot differ in a rule. It knows no HTTP and prints
//! nothing. Input is JSON as a person or a program wrote it, and an error names every violation in it.
//!
//! A change is stored when its method returns. Of two concurrent changes to one object, both take effect if they set
//! different fields; if they set the same field, the later one wins. A change with a [`Precondition`] fails instead if the
//! object has changed since the revision that the caller read.

mod account;
mod admission;
mod api_token;
mod audit;
mod auth_throttle;
mod call_log;
mod changes;
mod config;
mod connection;
mod denials;
mod error;
mod identity_provider;
mod oauth_client;
mod open;
mod own;
mod page;
mod principal;
pub mod request;
mod revision;
mod server;
mod session;
mod sign_in;
mod state;
mod user;

pub use self::account::{
    AccountChange, AccountView, DeletedAccount, NewAccount, RefusedAccount, StoredAccount, account_from_parts,
    account_origin, variable_properties,
};
pub use self::admission::{Admission, NotAdmitted};
pub use self::api_token::{ApiTokenView, CreatedApiToken, NewApiToken};
pub use self::audit::{AuditQuery, AuditView, Audited};
pub use self::auth_throttle::AuthThrottle;
pub use self::call_log::{CallQuery, CallView, ClientView, SummaryQuery, SummaryView};
pub use self::changes::Changes;
pub use self::config::{CheckedConfig, ServerAuth, ServerConfig, check_config};
pub use self::connection::{
    Admitted, Authorization, ConnectionView, IssuedTokens, PresentedCode, PresentedRefreshToken, SignInTarget,
    TokenRefusal, is_challenge,
};
pub use self::error::{RegistryError, Result};
pub use self::identity_provider::{
    ConfiguredProvider, IdentityProviderChange, IdentityProviderView, NewIdentityProvider, ProviderClaims,
    ProviderLease, Refusal,
};
pub use self::oauth_client::{
    CreatedOauthClient, DynamicClient, InvalidRedirectUri, MOST_REDIRECT_URIS, NewOauthClient, OauthClientView,
    RedirectKind, RedirectUri,
};
pub use self::open::{OpenError, OpenOptions, OpenedRegistry};
pub use self::own::OpenServerView;
pub use self::page::{ListQuery, Page};
pub use self::principal::{Actor, Principal};
pub use self::revision::{Conflict, Precondition, Revised, Revision};
pub use self::server::{
    CreatedServer, NewServer, PreviewedTool, RotateUrl, RotatedServer, ServerChange, ServerPreview, ServerView,
    UsedCalls,
};
pub use self::session::{NewSession, SESSION_LIFETIME, Session, SignInBrowser};
pub use self::sign_in::{SignInRules, UserFacts};
pub use self::state::Registry;
pub use self::user::{ActiveUser, Identity, UserChange, UserView};
