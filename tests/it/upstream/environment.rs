//! Proxies and certificates from the environment. A process cannot safely change its own environment, so these tests
//! start the program with the variables to test.

use std::net::SocketAddr;
use std::process::Stdio;

use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::API;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

use crate::common::program::program_path;

/// Starts the program to call `base_url` once, with these variables and no other proxy settings.
fn start_call(base_url: &str, variables: &[(&str, String)]) -> Child {
    let mut command = Command::new(program_path());
    for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command
        .args(["call", "list_all_desk_365_ping", "--base-url", base_url])
        .env(EnvNames::for_api(&API).api_key(), "a-key")
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command.spawn().unwrap()
}

/// Makes one call, returns the first line that arrives at `listener`, and closes the connection.
async fn first_line_at(listener: TcpListener, base_url: &str, variables: &[(&str, String)]) -> String {
    let mut child = start_call(base_url, variables);
    let (stream, _) = tokio::select! {
        accepted = listener.accept() => accepted.unwrap(),
        status = child.wait() => panic!("no connection arrived: {status:?}"),
    };
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).await.unwrap();
    stream.get_mut().shutdown().await.unwrap();
    drop(stream);
    assert_eq!(child.wait().await.unwrap().code(), Some(1), "a call without a reply fails");
    String::from_utf8_lossy(&line).trim_end().to_owned()
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[tokio::test]
async fn https_uses_the_proxy_of_the_environment() {
    let (proxy, address) = listen().await;
    let variables = [("HTTPS_PROXY", format!("http://{address}"))];
    let line = first_line_at(proxy, "https://acme.example.com/api", &variables).await;
    assert_eq!(line, "CONNECT acme.example.com:443 HTTP/1.1");
}

#[tokio::test]
async fn a_host_in_no_proxy_is_reached_directly() {
    // 0.0.0.0 reaches this machine but is not a loopback address, so the rule for loopback does not apply.
    let (api, address) = listen().await;
    let (_unused, proxy) = listen().await;
    let variables = [("HTTPS_PROXY", format!("http://{proxy}")), ("NO_PROXY", "0.0.0.0".to_owned())];
    let line = first_line_at(api, &format!("https://0.0.0.0:{}/api", address.port()), &variables).await;
    assert!(line.starts_with('\u{16}'), "a TLS handshake begins with this byte: {line:?}");
}

#[tokio::test]
async fn loopback_is_never_reached_through_a_proxy() {
    let (api, address) = listen().await;
    let (_unused, proxy) = listen().await;
    let proxy = format!("http://{proxy}");
    let variables = [("HTTP_PROXY", proxy.clone()), ("HTTPS_PROXY", proxy.clone()), ("ALL_PROXY", proxy)];
    let line = first_line_at(api, &format!("http://{address}/api"), &variables).await;
    assert_eq!(line, "GET /api/v3/ping HTTP/1.1");
}

#[tokio::test]
async fn loopback_works_without_system_certificates() {
    let (api, address) = listen().await;
    let missing = || "/nonexistent".to_owned();
    let variables = [("SSL_CERT_FILE", missing()), ("SSL_CERT_DIR", missing())];
    let line = first_line_at(api, &format!("http://{address}/api"), &variables).await;
    assert_eq!(line, "GET /api/v3/ping HTTP/1.1");
}

#[tokio::test]
async fn an_unknown_host_is_unreachable() {
    // Limits the wait on machines without a name server.
    let variables = [("RES_OPTIONS", "timeout:1 attempts:1".to_owned())];
    let output = start_call("https://unknown.invalid/api", &variables).wait_with_output().await.unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    assert!(printed.contains("the host name unknown.invalid could not be resolved"), "{printed}");
}
