//! Proxies and certificates from the environment. A process cannot change its own environment safely, so these tests
//! let the program make a call, with the variables to be tried.

use std::net::SocketAddr;
use std::process::Stdio;

use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::API;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

/// One call to `base_url` in a process with these variables and no other that matters.
fn calling(base_url: &str, variables: &[(&str, String)]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_desk365-mcp"));
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

/// Makes one call and gives the first line that arrives at `listener`, which then hangs up.
async fn first_line_at(listener: TcpListener, base_url: &str, variables: &[(&str, String)]) -> String {
    let mut child = calling(base_url, variables);
    let (stream, _) = tokio::select! {
        accepted = listener.accept() => accepted.unwrap(),
        status = child.wait() => panic!("no call came here: {status:?}"),
    };
    let mut stream = BufReader::new(stream);
    let mut line = Vec::new();
    stream.read_until(b'\n', &mut line).await.unwrap();
    stream.get_mut().shutdown().await.unwrap();
    drop(stream);
    assert_eq!(child.wait().await.unwrap().code(), Some(1), "a call that nobody answers fails");
    String::from_utf8_lossy(&line).trim_end().to_owned()
}

async fn listen() -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    (listener, address)
}

#[tokio::test]
async fn https_goes_through_the_proxy_of_the_environment() {
    let (proxy, address) = listen().await;
    let variables = [("HTTPS_PROXY", format!("http://{address}"))];
    let line = first_line_at(proxy, "https://acme.example.com/api", &variables).await;
    assert_eq!(line, "CONNECT acme.example.com:443 HTTP/1.1");
}

#[tokio::test]
async fn a_host_in_no_proxy_is_asked_directly() {
    // 0.0.0.0 leads to this machine, but is no loopback address: the rule for this machine does not apply.
    let (api, address) = listen().await;
    let (_unused, proxy) = listen().await;
    let variables = [("HTTPS_PROXY", format!("http://{proxy}")), ("NO_PROXY", "0.0.0.0".to_owned())];
    let line = first_line_at(api, &format!("https://0.0.0.0:{}/api", address.port()), &variables).await;
    assert!(line.starts_with('\u{16}'), "a TLS handshake begins with this byte: {line:?}");
}

#[tokio::test]
async fn this_machine_is_never_reached_through_a_proxy() {
    let (api, address) = listen().await;
    let (_unused, proxy) = listen().await;
    let proxy = format!("http://{proxy}");
    let variables = [("HTTP_PROXY", proxy.clone()), ("HTTPS_PROXY", proxy.clone()), ("ALL_PROXY", proxy)];
    let line = first_line_at(api, &format!("http://{address}/api"), &variables).await;
    assert_eq!(line, "GET /api/v3/ping HTTP/1.1");
}

#[tokio::test]
async fn a_machine_without_certificates_can_talk_to_itself() {
    let (api, address) = listen().await;
    let nothing = || "/nonexistent".to_owned();
    let variables = [("SSL_CERT_FILE", nothing()), ("SSL_CERT_DIR", nothing())];
    let line = first_line_at(api, &format!("http://{address}/api"), &variables).await;
    assert_eq!(line, "GET /api/v3/ping HTTP/1.1");
}

#[tokio::test]
async fn a_host_without_an_address_has_been_sent_nothing() {
    // Where no name server answers, the name has no address either, and soon.
    let variables = [("RES_OPTIONS", "timeout:1 attempts:1".to_owned())];
    let output = calling("https://nobody.invalid/api", &variables).wait_with_output().await.unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("the name nobody.invalid has no address"), "{told}");
}
