//! The cost of a hundred thousand servers in the store: a token lookup, a start, and a call. The cost of a report about a
//! million calls.
//!
//! `cargo bench -p benchmarks --features measure --bench store`. Figures that have a limit are printed beside it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, reason = "a benchmark may stop")]

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use api_sandbox::{self as sandbox, Sandbox};
use benchmarks::figures::report;
use benchmarks::program;
use criterion::Criterion;
use desk365_mcp::access::{AccessOptions, AccessResolver};
use desk365_mcp::call_log::{self, CallFilter, CallLog, CallRecord, Grouping, SummaryFilter};
use desk365_mcp::clock::Clock;
use desk365_mcp::config::EnvNames;
use desk365_mcp::registry::{Actor, OpenOptions, OpenedRegistry, Registry};
use desk365_mcp::seal::keyring::KeySource;
use desk365_mcp::store::Store;
use desk365_mcp::token::{self, TokenKind};
use desk365_mcp::tools::{API, TOOLS};
use desk365_mcp::upstream::{self, ApiHosts, UpstreamClient};
use http::HeaderMap;
use jiff::Timestamp;
use mcp_server::http::{AccessRequest, Resolver as _};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

const MANY: usize = 100_000;
const STARTS: usize = 11;
const CALLS: usize = 4_000;
const RECORDS: i64 = 1_000_000;
/// The number of records that are inserted at once.
const BATCH: i64 = 20_000;

/// A store with many identical servers of one account.
struct PopulatedStore {
    folder: TempDir,
    registry: Registry,
    tokens: Vec<String>,
}

impl PopulatedStore {
    async fn with_servers(servers: usize, sandbox: &Sandbox) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk365-mcp.db");
        let database_url = format!("sqlite:{}", file.display());
        let opening = OpenOptions {
            database_url: database_url.clone(),
            keys: KeySource::Folder(folder.path().to_owned()),
            admin_token: None,
            public_url: "http://localhost".to_owned(),
            api_hosts: ApiHosts::of_api(&API),
        };
        let registry = OpenedRegistry::open_or_create(&API, opening, Clock::system(), false).await.unwrap().registry;
        let account = json!({ "name": "a", "base_url": sandbox.base_url, "api_key": sandbox.key.expose_secret() });
        let account = registry
            .create_account(account.as_object().unwrap().clone(), &Actor::program("a benchmark"))
            .await
            .unwrap()
            .id;
        let pool = sqlx::AnyPool::connect(&database_url).await.unwrap();
        let mut transaction = pool.begin().await.unwrap();
        let mut tokens = Vec::new();
        // In one transaction, because single inserts would take minutes.
        for _ in 0..servers {
            let token = token::mint(API.slug, TokenKind::Server).expose_secret().to_owned();
            sqlx::query(
                "INSERT INTO server (id, account_id, name, token_hash, config, created_by, version, created_at, \
                 updated_at) VALUES ($1, $2, 's', $3, '{\"methods\":[\"read\"]}', 'a benchmark', 1, 0, 0)",
            )
            .bind(Uuid::now_v7().to_string())
            .bind(account.to_string())
            .bind(registry.hash(TokenKind::Server, &token).as_str().to_owned())
            .execute(&mut *transaction)
            .await
            .unwrap();
            tokens.push(token);
        }
        transaction.commit().await.unwrap();
        pool.close().await;
        Self { folder, registry, tokens }
    }
}

/// Measures the lookup of one token repeatedly, and of each token once.
fn token_lookups(criterion: &mut Criterion, runtime: &Runtime, world: &PopulatedStore) {
    let client = UpstreamClient::new(upstream::UpstreamOptions::default()).unwrap();
    let (store, clock) = (world.registry.store().clone(), world.registry.clock().clone());
    let call_log = runtime.block_on(async { CallLog::start(store, clock, &call_log::CallLogOptions::default()) });
    let access = AccessResolver::new(world.registry.clone(), client, call_log.clone(), AccessOptions::default());
    let headers = HeaderMap::new();
    let check = async |token: &str| {
        access
            .resolve(&AccessRequest { token, is_in_path: true, bearer: None, peer: None, headers: &headers })
            .await
            .unwrap();
    };
    let mut group = criterion.benchmark_group("look up a token");
    group.bench_function("cached (at most 2 µs)", |bencher| {
        bencher.iter_custom(|checks| {
            runtime.block_on(async {
                let start = Instant::now();
                for _ in 0..checks {
                    check(&world.tokens[0]).await;
                }
                start.elapsed()
            })
        });
    });
    let mut unseen = world.tokens.iter().skip(1).cycle();
    group.bench_function("not cached yet (at most 1 ms)", |bencher| {
        bencher.iter_custom(|checks| {
            runtime.block_on(async {
                let start = Instant::now();
                for token in unseen.by_ref().take(usize::try_from(checks).unwrap()) {
                    check(token).await;
                }
                start.elapsed()
            })
        });
    });
    group.finish();
    runtime.block_on(call_log.close());
}

/// Starts a server on the store in `folder`. Returns the process, its address, and the time until it listened.
fn serve(program: &Path, folder: &Path) -> (Child, String, Duration) {
    let start = Instant::now();
    let mut process = Command::new(program)
        .env_clear()
        .env(EnvNames::for_api(&API).server("--data-dir"), folder)
        .args(["serve", "--listen", "127.0.0.1:0"])
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stderr.take().unwrap()).lines().map_while(Result::ok);
    let address = lines.find_map(|line| Some(line.strip_prefix("Listening on ")?.split(',').next()?.to_owned()));
    (process, address.unwrap(), start.elapsed())
}

fn end(mut process: Child) {
    process.kill().unwrap();
    process.wait().unwrap();
}

/// Returns the median duration of a call to each URL. The URLs take turns, so that other load on the machine affects both.
async fn calls(urls: &[String; 2]) -> [Duration; 2] {
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let tool = TOOLS.iter().find(|tool| tool.def.hints.read_only && tool.def.arguments.is_empty()).unwrap();
    let params = json!({ "name": tool.def.name, "arguments": {} });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    let mut times = [const { Vec::new() }; 2];
    for _ in 0..CALLS {
        for (url, times) in urls.iter().zip(&mut times) {
            let start = Instant::now();
            let response: Value = client.post(url).json(&call).send().await.unwrap().json().await.unwrap();
            times.push(start.elapsed());
            assert_ne!(response["result"]["isError"], json!(true), "{response}");
        }
    }
    times.map(median)
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Measures the first page of a summary, and the sum of all calls, in a log of [`RECORDS`] calls over thirty days.
async fn reports(out: &mut impl io::Write) -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let store = Store::open(&format!("sqlite:{}", folder.path().join("log.db").display())).await.unwrap();
    let month = 30 * 24 * 3_600_000;
    let servers: Vec<_> = (0..20).map(|_| Uuid::now_v7()).collect();
    for batch in 0..RECORDS / BATCH {
        let records = (batch * BATCH..(batch + 1) * BATCH).map(|number| {
            let at = Timestamp::from_millisecond(1_700_000_000_000 + month / RECORDS * number).unwrap();
            let tool = &TOOLS[usize::try_from(number % 10).unwrap()];
            CallRecord {
                id: Uuid::now_v7(),
                server_id: Some(servers[usize::try_from(number % 20).unwrap()]),
                tool: Some(tool.def.name.into()),
                duration_us: 1_000 * (1 + number * 7919 % 900),
                ..CallRecord::new(at, if number % 11 == 0 { "not_found" } else { "ok" })
            }
        });
        call_log::insert(&store, &records.collect::<Vec<_>>()).await.unwrap();
    }
    let by_tool = Grouping { tool: true, status: true, server: false };
    for (what, bucket_ms, group) in [("by hour", 3_600_000, by_tool), ("of all time", i64::MAX, Grouping::default())] {
        let filter = SummaryFilter { calls: CallFilter::default(), bucket_ms, group, after: None };
        let start = Instant::now();
        assert!(!call_log::summarize(&store, &filter, 51).await.unwrap().is_empty());
        let name = format!("summary {what}, {RECORDS} calls");
        report(out, &name, start.elapsed().as_secs_f64() * 1e3, "ms", 300.0)?;
    }
    store.close().await;
    Ok(())
}

fn main() -> io::Result<()> {
    let program = program::build();
    let runtime = Runtime::new()?;
    // An error only means that a provider is already installed.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let unlimited = sandbox::SandboxOptions { budget: Some(u32::MAX), ..sandbox::SandboxOptions::default() };
    let sandbox = runtime.block_on(sandbox::start(API.sandbox.unwrap(), unlimited)).unwrap();
    let one = runtime.block_on(PopulatedStore::with_servers(1, &sandbox));
    let many = runtime.block_on(PopulatedStore::with_servers(MANY, &sandbox));

    let mut criterion = Criterion::default().configure_from_args();
    token_lookups(&mut criterion, &runtime, &many);
    criterion.final_summary();

    let mut out = io::stdout();
    runtime.block_on(reports(&mut out))?;
    let starts = (0..STARTS).map(|_| {
        let (process, _, time) = serve(&program, many.folder.path());
        end(process);
        time
    });
    let start = median(starts.collect()).as_secs_f64();
    report(&mut out, &format!("start with {MANY} servers, median of {STARTS}"), start, "s", 1.0)?;

    let served = [&one, &many].map(|world| serve(&program, world.folder.path()));
    let urls = [(&one, &served[0]), (&many, &served[1])]
        .map(|(world, (_, address, _))| format!("http://{address}/mcp/{}", world.tokens[0]));
    let [beside_none, beside_many] = runtime.block_on(calls(&urls)).map(|time| time.as_secs_f64() * 1e3);
    writeln!(out, "a call, median of {CALLS}: {beside_none:.3} ms with one server, {beside_many:.3} ms with {MANY}")?;
    report(&mut out, "a call with many servers, relative to one server", beside_many / beside_none, "", 1.1)?;
    for (process, _, _) in served {
        end(process);
    }
    Ok(())
}
