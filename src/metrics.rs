//! Metrics for Prometheus, under the names of OpenTelemetry's semantic conventions where these define one.
//!
//! Every label has a bounded number of values: a name from a request becomes a label only if it is known. Until
//! [`start`] is called, nothing is recorded.

use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use mcp_server::{Operation, Revision};
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

const HTTP_REQUESTS: &str = "http_server_request_duration_seconds";
const OPERATIONS: &str = "mcp_server_operation_duration_seconds";
const UPSTREAM_REQUESTS: &str = "http_client_request_duration_seconds";
const TOOL_CALLS: &str = "mcp_tool_calls_total";
const DROPPED_ARGUMENTS: &str = "mcp_dropped_arguments_total";
const UNLOGGED_CALLS: &str = "mcp_unlogged_calls_total";
const SIGN_IN_CHALLENGES: &str = "mcp_sign_in_challenges_total";
const ACCOUNTS: &str = "integrated_accounts";
const RATE_LIMIT: &str = "upstream_ratelimit_limit";
const RATE_LIMIT_REMAINING: &str = "upstream_ratelimit_remaining";
const SERVER_LIMIT: &str = "mcp_server_limit_calls";
const SERVER_LIMIT_USED: &str = "mcp_server_limit_used_calls";

/// The label value for a name that is not known.
const OTHER: &str = "_OTHER";

/// Bucket bounds in seconds, as OpenTelemetry advises for HTTP.
const HTTP_BUCKETS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// Bucket bounds in seconds, as OpenTelemetry advises for MCP.
const OPERATION_BUCKETS: [f64; 14] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0];

static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts recording for the whole process. Further calls have no effect.
///
/// # Errors
///
/// If another recorder is installed in this process.
pub fn start() -> Result<(), BuildError> {
    static STARTING: Mutex<()> = Mutex::new(());
    let _starting = STARTING.lock().unwrap_or_else(PoisonError::into_inner);
    if RECORDER.get().is_some() {
        return Ok(());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(OPERATIONS.to_owned()), &OPERATION_BUCKETS)?
        .set_buckets(&HTTP_BUCKETS)?
        .install_recorder()?;
    set_recorder(handle);
    describe_histogram!(HTTP_REQUESTS, Unit::Seconds, "Time to answer an HTTP request.");
    describe_histogram!(
        OPERATIONS,
        Unit::Seconds,
        "Time to answer an MCP request. A failed tool call has the error type `tool_error`; any other error type is a \
         JSON-RPC error code."
    );
    describe_histogram!(UPSTREAM_REQUESTS, Unit::Seconds, "Time from a tool call to the API's reply.");
    describe_counter!(
        TOOL_CALLS,
        "Tool calls by outcome: ok, a kind of failure, unknown_tool, insufficient_scope, or cancelled."
    );
    describe_counter!(DROPPED_ARGUMENTS, "Client metadata that was dropped from the arguments of tools, by name.");
    describe_counter!(UNLOGGED_CALLS, "Calls and refused requests that the call log had no room for.");
    describe_counter!(SIGN_IN_CHALLENGES, "Requests without a valid access token that were told where to sign in.");
    describe_gauge!(ACCOUNTS, "Accounts by whether the API accepts their key.");
    describe_gauge!(RATE_LIMIT, "Calls that the API allows an account in a window, as last reported by the API.");
    describe_gauge!(SERVER_LIMIT, "Calls that a server may send in an hour, by the limit in its configuration.");
    describe_gauge!(SERVER_LIMIT_USED, "Calls that a server has sent in the last hour, as far as this node knows.");
    describe_gauge!(RATE_LIMIT_REMAINING, "Calls that an account has left in the window, as last reported by the API.");
    Ok(())
}

fn set_recorder(handle: PrometheusHandle) {
    RECORDER.set(handle).map_err(drop).expect("it is set only once, under the lock of `start`");
}

/// Returns everything recorded so far in Prometheus' text format; an empty text before [`start`].
pub fn render() -> String {
    RECORDER.get().map_or_else(String::new, PrometheusHandle::render)
}

/// Aggregates the recorded samples. Must be called about once a second: otherwise memory grows between two scrapes.
pub(crate) fn run_upkeep() {
    if let Some(recorder) = RECORDER.get() {
        recorder.run_upkeep();
    }
}

/// Records the answer to an HTTP request.
pub(crate) fn record_http_request(method: &http::Method, status: u16, duration: Duration) {
    let method = match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => OTHER,
    };
    histogram!(HTTP_REQUESTS, "http_request_method" => method, "http_response_status_code" => status.to_string())
        .record(duration);
}

/// Records the answer to an MCP request. The labels of an unknown revision and of a success are empty.
pub fn record_operation(operation: &Operation) {
    histogram!(
        OPERATIONS,
        "mcp_method_name" => operation.method,
        "mcp_protocol_version" => operation.revision.map_or("", Revision::name),
        "error_type" => operation.error_type.unwrap_or(""),
    )
    .record(operation.duration);
}

/// Counts a tool call by its outcome: `ok`, a kind of failure, `unknown_tool`, `insufficient_scope` or `cancelled`.
///
/// `tool` is `None` unless the tool is in the client's scope.
pub(crate) fn record_tool_call(tool: Option<&'static str>, outcome: &'static str) {
    counter!(TOOL_CALLS, "gen_ai_tool_name" => tool.unwrap_or(OTHER), "outcome" => outcome).increment(1);
}

/// Counts known client metadata that was dropped from the arguments of a tool.
pub(crate) fn count_dropped_argument(name: &'static str) {
    counter!(DROPPED_ARGUMENTS, "name" => name).increment(1);
}

/// Counts calls, or refused requests, that were left out of the call log.
pub(crate) fn count_unlogged_calls(calls: usize) {
    counter!(UNLOGGED_CALLS).increment(calls as u64);
}

/// Counts a request without a valid access token that was told where to sign in.
pub(crate) fn count_sign_in_challenge() {
    counter!(SIGN_IN_CHALLENGES).increment(1);
}

/// Sets the number of accounts with this health.
pub(crate) fn set_accounts(health: &'static str, accounts: i64) {
    #[expect(clippy::cast_precision_loss, reason = "the number of accounts is far below 2^53")]
    gauge!(ACCOUNTS, "status" => health).set(accounts as f64);
}

/// Sets a limit of a server, by its key in the configuration, and the calls that count towards it.
pub(crate) fn set_server_limit(server: uuid::Uuid, key: &'static str, limit: u32, used: i64) {
    gauge!(SERVER_LIMIT, "server" => server.to_string(), "limit" => key).set(f64::from(limit));
    #[expect(clippy::cast_precision_loss, reason = "the calls of an hour are far below 2^53")]
    gauge!(SERVER_LIMIT_USED, "server" => server.to_string(), "limit" => key).set(used as f64);
}

/// The metrics of the API calls of one account.
#[derive(Clone, Debug)]
pub struct UpstreamMetrics {
    account: String,
    server_address: String,
    server_port: String,
}

/// One exchange with the API, as it is measured.
#[derive(Clone, Copy, Debug)]
pub struct UpstreamExchange {
    /// The HTTP method.
    pub http_method: &'static str,
    /// The HTTP status of the reply.
    pub status: u16,
    /// Calls that the API allows in a window, if the reply says so.
    pub limit: Option<u64>,
    /// Calls that are left in the window, if the reply says so.
    pub remaining: Option<u64>,
    /// Time from the arguments to the outcome.
    pub duration: Duration,
}

impl UpstreamMetrics {
    /// Creates the metrics for the account with the id `account`, whose API is at this address.
    pub fn new(account: &str, server_address: &str, server_port: u16) -> Self {
        Self {
            account: account.to_owned(),
            server_address: server_address.to_owned(),
            server_port: server_port.to_string(),
        }
    }

    /// Records an exchange.
    pub fn record(&self, exchange: UpstreamExchange) {
        histogram!(
            UPSTREAM_REQUESTS,
            "http_request_method" => exchange.http_method,
            "server_address" => self.server_address.clone(),
            "server_port" => self.server_port.clone(),
            "http_response_status_code" => exchange.status.to_string(),
        )
        .record(exchange.duration);
        for (name, value) in [(RATE_LIMIT, exchange.limit), (RATE_LIMIT_REMAINING, exchange.remaining)] {
            if let Some(value) = value {
                #[expect(clippy::cast_precision_loss, reason = "rate limits are far below 2^53")]
                gauge!(name, "account" => self.account.clone()).set(value as f64);
            }
        }
    }
}
