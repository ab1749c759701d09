//! A company's network: the API is reached through a proxy only, and the proxy opens TLS with a certificate of its own.
//!
//! The proxy here answers in the API's place, so that a host which does not exist can be called. Everything runs on
//! loopback; the program is started with the variables and flags that people set.

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

/// Nobody has an address for this name; only the proxy knows it.
const HOST: &str = "api.example.test";
const KEY: &str = "a-key-that-is-never-printed";

/// What the proxy does with those who ask for a tunnel.
#[derive(Clone, Copy)]
enum Proxy {
    /// Opens one, into itself.
    Inspects,
    /// Refuses with this status.
    Refuses(&'static str),
}

struct Network {
    /// Where the proxy is.
    address: String,
    /// The certificate that makes its others good.
    ca_file: NamedTempFile,
    /// The heads of the requests that arrived in the clear.
    asked: Arc<Mutex<Vec<String>>>,
    /// The heads of those that arrived within TLS.
    called: Arc<Mutex<Vec<String>>>,
}

impl Network {
    async fn start(proxy: Proxy) -> Self {
        let (acceptor, ca) = certified();
        let mut ca_file = NamedTempFile::new().unwrap();
        ca_file.write_all(ca.as_bytes()).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let network = Self { address, ca_file, asked: Arc::default(), called: Arc::default() };
        let (asked, called) = (network.asked.clone(), network.called.clone());
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(serve(proxy, stream, acceptor.clone(), asked.clone(), called.clone()));
            }
        });
        network
    }

    /// The program within this network, and nothing else in its environment but the account.
    fn program(&self, arguments: &[&str]) -> Command {
        let names = EnvNames::for_api(&API);
        let mut command = Command::new(env!("CARGO_BIN_EXE_desk365-mcp"));
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

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    fn called(&self) -> Vec<String> {
        self.called.lock().unwrap().clone()
    }
}

/// What accepts TLS for the host, and the certificate to trust for it, as PEM.
fn certified() -> (TlsAcceptor, String) {
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
    asked: Arc<Mutex<Vec<String>>>,
    called: Arc<Mutex<Vec<String>>>,
) {
    let mut stream = BufReader::new(stream);
    let asks = head(&mut stream).await;
    asked.lock().unwrap().push(asks);
    if let Proxy::Refuses(status) = proxy {
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        stream.get_mut().write_all(answer.as_bytes()).await.unwrap();
        return;
    }
    stream.get_mut().write_all(b"HTTP/1.1 200 Connection established\r\n\r\n").await.unwrap();
    // Whoever does not trust the certificate goes away here.
    let Ok(stream) = acceptor.accept(stream.into_inner()).await else { return };
    let mut stream = BufReader::new(stream);
    let calls = head(&mut stream).await;
    called.lock().unwrap().push(calls);
    let answer =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
    let _ = stream.get_mut().write_all(answer).await;
    let _ = stream.get_mut().shutdown().await;
}

/// All lines before the first empty one.
async fn head(stream: &mut BufReader<impl AsyncRead + Unpin>) -> String {
    let mut head = String::new();
    while stream.read_line(&mut head).await.unwrap_or(0) > 2 {}
    head
}

/// A tool that only reads, with its example's arguments.
fn call() -> [&'static str; 4] {
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
async fn a_proxy_that_inspects_is_not_trusted_without_its_certificate() {
    let network = Network::start(Proxy::Inspects).await;
    let (code, text) = ran(&mut network.program(&call())).await;
    assert_eq!(code, Some(1));
    assert!(text.contains("no trusted connection") && text.contains("CA file"), "{text}");
    assert!(network.called().is_empty());
}

#[tokio::test]
async fn with_its_certificate_calls_go_through_the_proxy() {
    let network = Network::start(Proxy::Inspects).await;
    let by_flag = ran(network.program(&call()).args(["--ca-file", network.ca_file()])).await;
    assert_eq!(by_flag, (Some(0), "{}".to_owned()));
    let by_variable = ran(network.program(&call()).env(EnvNames::for_api(&API).ca_file(), network.ca_file())).await;
    assert_eq!(by_variable, (Some(0), "{}".to_owned()));
    assert_eq!(network.asked().len(), 2);
    for head in network.asked() {
        assert!(head.starts_with(&format!("CONNECT {HOST}:443 HTTP/1.1\r\n")), "{head}");
        assert!(!head.contains(KEY), "the key went through the network in the clear: {head}");
    }
    for head in network.called() {
        assert!(head.contains(KEY) && head.contains("/api/"), "{head}");
    }
}

#[tokio::test]
async fn a_lower_case_variable_counts_as_well() {
    let network = Network::start(Proxy::Inspects).await;
    let mut command = network.program(&call());
    command.env_remove("HTTPS_PROXY").env("https_proxy", format!("http://{}", network.address));
    let (code, text) = ran(command.args(["--ca-file", network.ca_file()])).await;
    assert_eq!((code, text.as_str()), (Some(0), "{}"));
}

#[tokio::test]
async fn hosts_in_no_proxy_are_not_asked_of_the_proxy() {
    let network = Network::start(Proxy::Inspects).await;
    for no_proxy in [HOST, "example.test", ".example.test", "other.test, example.test", "*"] {
        let (code, text) = ran(network.program(&call()).env("NO_PROXY", no_proxy)).await;
        assert_eq!(code, Some(1), "{no_proxy}");
        assert!(text.contains(&format!("the name {HOST} has no address")), "{no_proxy}: {text}");
    }
    assert!(network.asked().is_empty(), "{:?}", network.asked());
    let (code, _) =
        ran(network.program(&call()).env("NO_PROXY", "other.test").args(["--ca-file", network.ca_file()])).await;
    assert_eq!(code, Some(0));
}

#[tokio::test]
async fn the_proxys_password_reaches_the_proxy_and_nobody_else() {
    let network = Network::start(Proxy::Inspects).await;
    let with_password = |arguments: &[&str]| {
        let mut command = network.program(arguments);
        command.env("HTTPS_PROXY", format!("http://me:proxy-password@{}", network.address));
        command.args(["--ca-file", network.ca_file()]);
        command
    };
    for arguments in [&call()[..], &["doctor"]] {
        let (code, text) = ran(&mut with_password(arguments)).await;
        assert!(code == Some(0) || arguments == ["doctor"], "{text}");
        assert!(!text.contains("proxy-password"), "{text}");
    }
    let credentials = STANDARD.encode("me:proxy-password");
    for head in network.asked() {
        assert!(head.to_lowercase().contains("proxy-authorization: basic ") && head.contains(&credentials), "{head}");
    }
    assert!(network.called().iter().all(|head| !head.contains(&credentials)));
}

#[tokio::test]
async fn a_proxy_that_refuses_is_no_api_that_refuses() {
    for status in ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"] {
        let network = Network::start(Proxy::Refuses(status)).await;
        let (code, text) = ran(&mut network.program(&call())).await;
        assert_eq!(code, Some(1));
        assert!(text.contains(r#""kind":"unreachable""#), "{status}: {text}");
    }
}

#[tokio::test]
async fn doctor_tells_the_proxy_from_the_api() {
    let network = Network::start(Proxy::Inspects).await;
    let (code, text) = ran(&mut network.program(&["doctor"])).await;
    assert_eq!(code, Some(1));
    let failed = text.lines().find(|line| line.starts_with("fail")).unwrap();
    assert!(failed.contains("connection") && failed.contains("--ca-file"), "{failed}");

    let (code, text) = ran(network.program(&["doctor", "--ca-file", network.ca_file()]).env("NO_COLOR", "1")).await;
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains(&format!("to {HOST}, through the proxy {}", network.address)), "{text}");

    let network = Network::start(Proxy::Refuses("403 Forbidden")).await;
    let (_, text) = ran(&mut network.program(&["doctor"])).await;
    let failed = text.lines().find(|line| line.starts_with("fail")).unwrap();
    assert!(failed.contains(&network.address) && failed.contains("HTTPS_PROXY"), "{failed}");
}

#[tokio::test]
async fn stdio_serves_through_the_proxy() {
    let network = Network::start(Proxy::Inspects).await;
    let [_, name, _, example] = call();
    let arguments: Value = serde_json::from_str(example).unwrap();
    let message = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": name, "arguments": arguments },
    });
    let mut command = network.program(&["stdio", "--ca-file", network.ca_file()]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(format!("{message}\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut answer).await.unwrap();
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["result"]["content"][0]["text"], "{}", "{answer}");
    drop(stdin);
    assert!(child.wait().await.unwrap().success());
}
