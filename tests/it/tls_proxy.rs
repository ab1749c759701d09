//! A corporate network: the API is reached only through a proxy that inspects TLS with its own certificate.
//!
//! The proxy answers instead of the API, so that a host that does not exist can be called. Everything runs on loopback,
//! and the program is started with the variables and flags that people set.

use std::io::Write as _;
use std::process::Stdio;
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::{API, TOOLS};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use tokio::io::{AsyncBufReadExt as _, AsyncRead, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::Command;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::common::program::program_path;

/// A name without an address. Only the proxy knows it.
const HOST: &str = "api.example.test";
const KEY: &str = "a-key-that-is-never-printed";

/// The proxy's answer to a request for a tunnel.
#[derive(Clone, Copy)]
enum Proxy {
    /// Opens the tunnel and inspects it.
    Inspects,
    /// Refuses the tunnel with this status.
    Refuses(&'static str),
}

struct Network {
    /// The address of the proxy.
    address: String,
    /// The CA certificate of the proxy.
    ca_file: NamedTempFile,
    /// The heads of the requests that arrived unencrypted.
    tunnel_requests: Arc<Mutex<Vec<String>>>,
    /// The heads of the requests that arrived inside TLS.
    api_requests: Arc<Mutex<Vec<String>>>,
}

impl Network {
    async fn start(proxy: Proxy) -> Self {
        let (acceptor, ca) = tls_acceptor_and_ca();
        let mut ca_file = NamedTempFile::new().unwrap();
        ca_file.write_all(ca.as_bytes()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let network = Self { address, ca_file, tunnel_requests: Arc::default(), api_requests: Arc::default() };
        let (tunnel_requests, api_requests) = (network.tunnel_requests.clone(), network.api_requests.clone());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(proxy, stream, acceptor.clone(), tunnel_requests.clone(), api_requests.clone()));
            }
        });
        network
    }

    /// Returns the program in this network, with only the account in its environment.
    fn program(&self, arguments: &[&str]) -> Command {
        let names = EnvNames::for_api(&API);
        let mut command = Command::new(program_path());
        command
            .env_clear()
            .env(names.base_url(), format!("https://{HOST}/api"))
            .env(names.api_key(), KEY)
            .env("HTTPS_PROXY", format!("http://{}", self.address))
            .args(arguments)
            .stdin(Stdio::null());
        command
    }

    fn ca_file(&self) -> &str {
        self.ca_file.path().to_str().unwrap()
    }

    fn tunnel_requests(&self) -> Vec<String> {
        self.tunnel_requests.lock().unwrap().clone()
    }

    fn api_requests(&self) -> Vec<String> {
        self.api_requests.lock().unwrap().clone()
    }
}

/// Returns a TLS acceptor for the host, and the CA certificate to trust, as PEM.
fn tls_acceptor_and_ca() -> (TlsAcceptor, String) {
    let ca_key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca = params.self_signed(&ca_key).unwrap();
    let issuer = Issuer::from_params(&params, &ca_key);
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec![HOST.to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
        .unwrap();
    (TlsAcceptor::from(Arc::new(config)), ca.pem())
}

async fn serve(
    proxy: Proxy,
    stream: TcpStream,
    acceptor: TlsAcceptor,
    tunnel_requests: Arc<Mutex<Vec<String>>>,
    api_requests: Arc<Mutex<Vec<String>>>,
) {
    let mut stream = BufReader::new(stream);
    let tunnel_request = read_head(&mut stream).await;
    tunnel_requests.lock().unwrap().push(tunnel_request);
    if let Proxy::Refuses(status) = proxy {
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        stream.get_mut().write_all(answer.as_bytes()).await.unwrap();
        return;
    }
    stream.get_mut().write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    // A client that does not trust the certificate disconnects here.
    let Ok(stream) = acceptor.accept(stream.into_inner()).await else { return };
    let mut stream = BufReader::new(stream);
    let api_request = read_head(&mut stream).await;
    api_requests.lock().unwrap().push(api_request);
    let answer =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    let _ = stream.get_mut().write_all(answer).await;
    let _ = stream.get_mut().shutdown().await;
}

/// Reads all lines up to the first empty one.
async fn read_head(stream: &mut BufReader<impl AsyncRead + Unpin>) -> String {
    let mut head = String::new();
    while stream.read_line(&mut head).await.unwrap_or(0) > 2 {}
    head
}

/// Returns the command line of a call that only reads.
fn call_arguments() -> [&'static str; 4] {
    let tool = TOOLS.iter().map(|tool| tool.def).find(|tool| tool.hints.read_only).unwrap();
    ["call", tool.name, "--args", tool.example]
}

async fn ran(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert!(!text.contains(KEY), "{text}");
    (output.status.code(), text)
}

#[tokio::test]
async fn an_inspecting_proxy_is_not_trusted_by_default() {
    let network = Network::start(Proxy::Inspects).await;
    let (code, text) = ran(&mut network.program(&call_arguments())).await;
    assert_eq!(code, Some(1));
    assert!(text.contains("no trusted TLS connection") && text.contains("CA file"), "{text}");
    assert!(network.api_requests().is_empty());
}

#[tokio::test]
async fn calls_use_the_proxy_with_its_certificate() {
    let network = Network::start(Proxy::Inspects).await;
    let by_flag = ran(network.program(&call_arguments()).args(["--ca-file", network.ca_file()])).await;
    assert_eq!(by_flag, (Some(0), "{}".to_owned()));
    let by_variable =
        ran(network.program(&call_arguments()).env(EnvNames::for_api(&API).ca_file(), network.ca_file())).await;
    assert_eq!(by_variable, (Some(0), "{}".to_owned()));
    assert_eq!(network.tunnel_requests().len(), 2);
    for head in network.tunnel_requests() {
        assert!(head.starts_with(&format!("CONNECT {HOST}:443 HTTP/1.1\r\n")), "{head}");
        assert!(!head.contains(KEY), "the key was sent unencrypted: {head}");
    }
    for head in network.api_requests() {
        assert!(head.contains(KEY) && head.contains("/api/"), "{head}");
    }
}

#[tokio::test]
async fn a_lower_case_proxy_variable_is_honoured() {
    let network = Network::start(Proxy::Inspects).await;
    let mut command = network.program(&call_arguments());
    command.env_remove("HTTPS_PROXY").env("https_proxy", format!("http://{}", network.address));
    let (code, text) = ran(command.args(["--ca-file", network.ca_file()])).await;
    assert_eq!((code, text.as_str()), (Some(0), "{}"));
}

#[tokio::test]
async fn hosts_in_no_proxy_bypass_the_proxy() {
    let network = Network::start(Proxy::Inspects).await;
    for no_proxy in [HOST, "example.test", ".example.test", "other.test, example.test", "*"] {
        let (code, text) = ran(network.program(&call_arguments()).env("NO_PROXY", no_proxy)).await;
        assert_eq!(code, Some(1), "{no_proxy}");
        assert!(text.contains(&format!("the host name {HOST} could not be resolved")), "{no_proxy}: {text}");
    }
    assert!(network.tunnel_requests().is_empty(), "{:?}", network.tunnel_requests());
    let (code, _) =
        ran(network.program(&call_arguments()).env("NO_PROXY", "other.test").args(["--ca-file", network.ca_file()]))
            .await;
    assert_eq!(code, Some(0));
}

#[tokio::test]
async fn only_the_proxy_receives_its_password() {
    let network = Network::start(Proxy::Inspects).await;
    let with_password = |arguments: &[&str]| {
        let mut command = network.program(arguments);
        command.env("HTTPS_PROXY", format!("http://me:proxy-password@{}", network.address));
        command.args(["--ca-file", network.ca_file()]);
        command
    };
    for arguments in [&call_arguments()[..], &["doctor"]] {
        let (code, text) = ran(&mut with_password(arguments)).await;
        assert!(code == Some(0) || arguments == ["doctor"], "{text}");
        assert!(!text.contains("proxy-password"), "{text}");
    }
    let credentials = STANDARD.encode("me:proxy-password");
    for head in network.tunnel_requests() {
        assert!(head.to_lowercase().contains("proxy-authorization: basic ") && head.contains(&credentials), "{head}");
    }
    assert!(network.api_requests().iter().all(|head| !head.contains(&credentials)));
}

#[tokio::test]
async fn a_refusing_proxy_is_not_a_refusing_api() {
    for status in ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"] {
        let network = Network::start(Proxy::Refuses(status)).await;
        let (code, text) = ran(&mut network.program(&call_arguments())).await;
        assert_eq!(code, Some(1));
        assert!(text.contains("unreachable: "), "{status}: {text}");
    }
}

#[tokio::test]
async fn doctor_distinguishes_the_proxy_from_the_api() {
    let network = Network::start(Proxy::Inspects).await;
    let (code, text) = ran(&mut network.program(&["doctor"])).await;
    assert_eq!(code, Some(1));
    let failed = text.lines().find(|line| line.starts_with("fail")).unwrap();
    assert!(failed.contains("connection") && failed.contains("--ca-file"), "{failed}");

    let (code, text) = ran(network.program(&["doctor", "--ca-file", network.ca_file()]).env("NO_COLOR", "1")).await;
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains(&format!("to {HOST} through the proxy {}", network.address)), "{text}");

    let network = Network::start(Proxy::Refuses("403 Forbidden")).await;
    let (_, text) = ran(&mut network.program(&["doctor"])).await;
    let failed = text.lines().find(|line| line.starts_with("fail")).unwrap();
    assert!(failed.contains(&network.address) && failed.contains("HTTPS_PROXY"), "{failed}");
}

#[tokio::test]
async fn stdio_serves_through_the_proxy() {
    let network = Network::start(Proxy::Inspects).await;
    let [_, name, _, example] = call_arguments();
    let arguments: Value = serde_json::from_str(example).unwrap();
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": name, "arguments": arguments },
    });
    let mut command = network.program(&["stdio", "--ca-file", network.ca_file()]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    let mut response = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut response).await.unwrap();
    let response: Value = serde_json::from_str(&response).unwrap();
    assert_eq!(response["result"]["content"][0]["text"], "{}", "{response}");
    drop(stdin);
    assert!(child.wait().await.unwrap().success());
}
