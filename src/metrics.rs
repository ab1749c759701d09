//! What is counted and measured, under OpenTelemetry's names where it has them, as Prometheus writes them.
//!
//! Every label has few values: names out of requests are counted only where they are known to be ours. Nothing is
//! recorded, at next to no cost, until [`start`] is called.

mod kept;

use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use mcp_server::{Operation, Revision};
use metrics::{Counter, Gauge, Histogram, Unit, counter, describe_counter, describe_gauge, describe_histogram};
use metrics::{gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

use self::kept::Kept;

const HTTP_REQUESTS: &str = "http_server_request_duration_seconds";
const OPERATIONS: &str = "mcp_server_operation_duration_seconds";
const UPSTREAM_REQUESTS: &str = "http_client_request_duration_seconds";
const CALLS: &str = "mcp_tool_calls_total";
const LIMIT: &str = "upstream_ratelimit_limit";
const UNLOGGED: &str = "mcp_unlogged_calls_total";
const ACCOUNTS: &str = "integrated_accounts";
const REMAINING: &str = "upstream_ratelimit_remaining";

/// In seconds, as OpenTelemetry advises for HTTP.
const HTTP_BUCKETS: [f64; 14] = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

/// In seconds, as OpenTelemetry advises for MCP.
const OPERATION_BUCKETS: [f64; 14] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0];

static RECORDED: OnceLock<PrometheusHandle> = OnceLock::new();

/// Begins to record, for the whole process. Once it has begun, asking again changes nothing.
pub fn start() -> Result<(), BuildError> {
    static BEGINNING: Mutex<()> = Mutex::new(());
    let _beginning = BEGINNING.lock().unwrap_or_else(PoisonError::into_inner);
    if RECORDED.get().is_some() {
        return Ok(());
    }
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Full(OPERATIONS.to_owned()), &OPERATION_BUCKETS)?
        .set_buckets(&HTTP_BUCKETS)?
        .install_recorder()?;
    let _ = RECORDED.set(handle);
    describe_histogram!(HTTP_REQUESTS, Unit::Seconds, "Time to answer an HTTP request.");
    describe_histogram!(
        OPERATIONS,
        Unit::Seconds,
        "Time to answer an MCP request. A tool that failed has the error type `tool_error`; any other error type is \
         a JSON-RPC code."
    );
    describe_histogram!(UPSTREAM_REQUESTS, Unit::Seconds, "Time from a tool call to the API's answer.");
    describe_counter!(CALLS, "Tool calls by outcome: ok, a kind of failure, unknown_tool, or cancelled.");
    describe_counter!(UNLOGGED, "Calls and attempts that the call log had no room for.");
    describe_gauge!(ACCOUNTS, "Accounts by whether the API accepts their key.");
    describe_gauge!(LIMIT, "Calls that the API allows an account in a window, as it last said.");
    describe_gauge!(REMAINING, "Calls that an account has left in the window, as the API last said.");
    Ok(())
}

/// Everything recorded so far, as Prometheus reads it.
pub fn rendered() -> String {
    RECORDED.get().map(PrometheusHandle::render).unwrap_or_default()
}

/// Whether anything is recorded.
fn is_recorded() -> bool {
    RECORDED.get().is_some()
}

/// Sums up what has been measured. To be called every second or so, or memory grows while nobody asks for metrics.
pub fn tidy_up() {
    if let Some(recorded) = RECORDED.get() {
        recorded.run_upkeep();
    }
}

/// An HTTP request was answered.
pub fn http_request(method: &http::Method, status: u16, duration: Duration) {
    static TIMES: Kept<(&str, u16), Histogram> = Kept::new();
    let method = match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "_OTHER",
    };
    TIMES.with((method, status), |times| times.record(duration), || {
        histogram!(HTTP_REQUESTS, "http_request_method" => method, "http_response_status_code" => status.to_string())
    });
}

/// Records a request of the protocol. The labels of an unknown revision and of a success are empty.
pub fn operation(operation: &Operation) {
    let method = operation.method;
    let revision = operation.revision.map_or("", Revision::name);
    let error = operation.error_type.unwrap_or("");
    static TIMES: Kept<(&str, &str, &str), Histogram> = Kept::new();
    TIMES.with(
        (method, revision, error),
        |times| times.record(operation.duration),
        || {
            histogram!(
                OPERATIONS,
                "mcp_method_name" => method,
                "mcp_protocol_version" => revision,
                "error_type" => error,
            )
        },
    );
}

/// A tool call ended so: `ok`, a kind of failure, `unknown_tool` or `cancelled`. `tool` is `None` unless it is one that
/// this client has.
pub fn tool_call(tool: Option<&'static str>, outcome: &'static str) {
    static COUNTS: Kept<(&str, &str), Counter> = Kept::new();
    let tool = tool.unwrap_or("_OTHER");
    COUNTS.with(
        (tool, outcome),
        |calls| calls.increment(1),
        || counter!(CALLS, "gen_ai_tool_name" => tool, "outcome" => outcome),
    );
}

/// What is measured of the calls that go to one place for one account. Cheap to clone; clones are the same.
#[derive(Clone, Debug)]
pub struct Answers(Arc<Place>);

#[derive(Debug)]
struct Place {
    account: String,
    server_address: String,
    server_port: u16,
    times: Kept<(&'static str, u16), Histogram>,
    budgets: Kept<&'static str, Gauge>,
}

/// What the API answered to a call.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    /// The HTTP method.
    pub method: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// Calls that the API allows in a window, if it said so.
    pub limit: Option<u64>,
    /// Calls that it has left, if it said so.
    pub remaining: Option<u64>,
    /// From the arguments to the outcome.
    pub duration: Duration,
}

impl Answers {
    /// To calls for `account`, of which never more is told than its id, by the server at that address.
    pub fn new(account: &str, server_address: &str, server_port: u16) -> Self {
        let (account, server_address) = (account.to_owned(), server_address.to_owned());
        Self(Arc::new(Place { account, server_address, server_port, times: Kept::new(), budgets: Kept::new() }))
    }

    /// The API answered a call.
    pub fn count(&self, answer: Answer) {
        let Answer { method, status, .. } = answer;
        let place = &self.0;
        place.times.with(
            (method, status),
            |times| times.record(answer.duration),
            || {
                histogram!(
                    UPSTREAM_REQUESTS,
                    "http_request_method" => method,
                    "server_address" => place.server_address.clone(),
                    "server_port" => place.server_port.to_string(),
                    "http_response_status_code" => status.to_string(),
                )
            },
        );
        for (name, value) in [(LIMIT, answer.limit), (REMAINING, answer.remaining)] {
            if let Some(value) = value {
                #[expect(clippy::cast_precision_loss, reason = "no budget comes near 2^53 calls")]
                let value = value as f64;
                let make = || gauge!(name, "account" => place.account.clone());
                place.budgets.with(name, |budget| budget.set(value), make);
            }
        }
    }
}

/// So many calls, or attempts at one, were left out of the call log.
pub fn unlogged_calls(calls: usize) {
    counter!(UNLOGGED).increment(calls as u64);
}

/// So many accounts are in that state of health.
pub fn accounts(health: &'static str, accounts: i64) {
    #[expect(clippy::cast_precision_loss, reason = "nobody has 2^53 accounts")]
    gauge!(ACCOUNTS, "status" => health).set(accounts as f64);
}
