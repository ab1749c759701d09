//! What requests hold, and what refusals look like, as the document shows them.
//!
//! Requests are read key by key, so that everything wrong with one can be said; these types are for the document alone.
#![expect(dead_code, reason = "the document is made of what these types are, not of values")]

use jiff::Timestamp;
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::doctor::Finding;
use crate::registry::config::ServerConfig;
use crate::store::Role;

/// A request that was refused.
#[derive(ToSchema)]
#[schema(as = Problem)]
#[schema(rename_all = "camelCase")]
pub(in crate::admin) struct ProblemBody {
    /// The HTTP status.
    status_code: u16,
    /// Its name.
    error: String,
    /// What is wrong and what to do.
    message: String,
    /// Everything that is wrong with what was given.
    #[schema(nullable = false)]
    violations: Option<Vec<ViolationBody>>,
}

/// One thing wrong with what was given.
#[derive(ToSchema)]
#[schema(as = Violation)]
pub(in crate::admin) struct ViolationBody {
    /// The place: `name`, `config.tags`.
    argument: String,
    /// What is wrong there.
    problem: String,
    /// What would be accepted.
    #[schema(nullable = false)]
    allowed: Option<String>,
}

/// What trying an account has found.
#[derive(Serialize, ToSchema)]
pub(in crate::admin) struct Trial {
    /// One for each thing that must hold.
    pub(in crate::admin) findings: Vec<Finding>,
}

/// An account to be added.
#[derive(ToSchema)]
pub(in crate::admin) struct NewAccount {
    /// What people call it. Names may repeat.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// The key to the API. It is kept sealed and never shown.
    #[schema(min_length = 1)]
    api_key: String,
    /// The whole address of the API, in place of what makes it up. `https`, or `http` to this machine.
    base_url: Option<String>,
}

/// What is to be changed about an account.
#[derive(ToSchema)]
pub(in crate::admin) struct AccountChange {
    /// What people call it.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    /// A new key to the API. Needed if the change leads to another host: a stored key is sent to no other.
    #[schema(min_length = 1, nullable = false)]
    api_key: Option<String>,
    /// The whole address of the API; `null` goes back to what makes it up.
    base_url: Option<String>,
}

/// A server to be made.
#[derive(ToSchema)]
#[schema(as = NewServerRequest)]
pub(in crate::admin) struct NewServerBody {
    /// What people call it. Names may repeat.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What it is limited to; without it, to nothing.
    #[schema(nullable = false)]
    config: Option<ServerConfig>,
    /// When it ends, at least 60 seconds ahead.
    expires_at: Option<Timestamp>,
}

/// What is to be changed about a server.
#[derive(ToSchema)]
pub(in crate::admin) struct ServerChange {
    /// What people call it.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    name: Option<String>,
    /// Keys to be changed: one that is left out stays, and `null` removes one.
    #[schema(nullable = false)]
    config: Option<ServerConfig>,
    /// When it ends, at least 60 seconds ahead; `null` lets it live on.
    expires_at: Option<Timestamp>,
}

/// An API token to be made.
#[derive(ToSchema)]
#[schema(as = NewApiTokenRequest)]
pub(in crate::admin) struct NewApiTokenBody {
    /// What people call it. Names may repeat.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    /// What its principal may do.
    role: Role,
    /// When it ends, at least 60 seconds ahead.
    expires_at: Option<Timestamp>,
}

/// Whether a request is only to be tried.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::admin) struct DryRun {
    /// Store nothing, and answer what there is to say beforehand.
    #[param(nullable = false)]
    dry_run: Option<bool>,
}

/// Which page of a list is asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::admin) struct Paging {
    /// How many entries; 50 unless given.
    #[param(minimum = 1, maximum = 200, nullable = false)]
    limit: Option<i64>,
    /// Where the page before this one ended.
    #[param(min_length = 1, nullable = false)]
    next_cursor: Option<String>,
}

/// Which calls are asked for.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::admin) struct Calls {
    /// The kind of entries; there is one.
    #[param(inline, nullable = false)]
    log_type: Option<LogType>,
    /// Only calls for this account.
    #[param(nullable = false)]
    integrated_account_id: Option<Uuid>,
    /// Only calls through this server.
    #[param(nullable = false)]
    server_id: Option<Uuid>,
    /// Only calls of this tool.
    #[param(min_length = 1, max_length = 200, nullable = false)]
    tool: Option<String>,
    /// Only calls that went so.
    #[param(min_length = 1, max_length = 200, nullable = false)]
    status: Option<String>,
    /// Only calls at this time or later.
    #[param(nullable = false)]
    since: Option<Timestamp>,
    /// Only calls before this time.
    #[param(nullable = false)]
    until: Option<Timestamp>,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum LogType {
    Mcp,
}

/// How calls are summed up.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
pub(in crate::admin) struct Buckets {
    /// How long a bucket of time is, or `all` for a single one; an hour unless given.
    #[param(inline, nullable = false)]
    bucket: Option<Bucket>,
    /// What calls are grouped by besides time: `tool`, `status` and `server` with commas between them, or `none`;
    /// `tool,status` unless given.
    #[param(pattern = "^(none|(tool|status|server)(,(tool|status|server))*)$", nullable = false)]
    group: Option<String>,
}

#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
enum Bucket {
    Minute,
    Hour,
    Day,
    All,
}
