//! Trusted certificates, and the HTTP version that the client negotiates.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use desk365_mcp::outcome::FailureKind;
use desk365_mcp::upstream::{UpstreamClient, UpstreamOptions, UpstreamSetupError};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use tempfile::NamedTempFile;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::upstream::fixture::{caller_with, failed, get, ok, set};

/// An HTTPS API with a self-signed certificate.
struct HttpsApi {
    base_url: String,
    /// The certificate.
    ca_file: NamedTempFile,
    /// The protocol that each connection negotiated.
    negotiated: mpsc::Receiver<Vec<u8>>,
}

/// Starts an API that offers `protocols`, and answers every request with an HTTP/1.1 success.
async fn start_https(protocols: &[&str]) -> HttpsApi {
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], PrivateKeyDer::Pkcs8(signing_key.serialize_der().into()))
        .unwrap();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("https://{}/api", listener.local_addr().unwrap());
    let (sender, negotiated) = mpsc::channel(8);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            sender.send(stream.get_ref().1.alpn_protocol().unwrap_or_default().to_vec()).await.unwrap();
            stream.read_exact(&mut [0; 3]).await.unwrap();
            let reply = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            stream.write_all(reply).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    let mut ca_file = NamedTempFile::new().unwrap();
    ca_file.write_all(cert.pem().as_bytes()).unwrap();
    HttpsApi { base_url, ca_file, negotiated }
}

fn options_with_ca_file(path: PathBuf) -> UpstreamOptions {
    UpstreamOptions { ca_file: Some(path), ..UpstreamOptions::default() }
}

#[tokio::test]
async fn an_unknown_certificate_is_not_trusted() {
    let api = start_https(&["http/1.1"]).await;
    let error = failed(set(&caller_with(&api.base_url, UpstreamOptions::default())).await);
    assert_eq!(error.kind, FailureKind::Unreachable);
    assert!(error.message.contains("no trusted TLS connection"), "{}", error.message);
    assert!(error.message.contains("Nothing was sent"), "{}", error.message);
}

#[tokio::test]
async fn a_certificate_in_the_ca_file_is_trusted() {
    let api = start_https(&["http/1.1"]).await;
    ok(get(&caller_with(&api.base_url, options_with_ca_file(api.ca_file.path().into()))).await);
}

#[tokio::test]
async fn http_1_is_used_even_if_http_2_is_offered() {
    let mut api = start_https(&["h2", "http/1.1"]).await;
    ok(get(&caller_with(&api.base_url, options_with_ca_file(api.ca_file.path().into()))).await);
    assert_eq!(api.negotiated.recv().await.unwrap(), b"http/1.1");
}

#[test]
fn an_unusable_ca_file_is_named() {
    let missing = UpstreamClient::new(options_with_ca_file("/nonexistent/ca.pem".into())).unwrap_err();
    assert!(matches!(missing, UpstreamSetupError::Unreadable { .. }), "{missing}");
    for content in [
        "",
        "not a certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    ] {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        let error = UpstreamClient::new(options_with_ca_file(file.path().into())).unwrap_err();
        assert!(matches!(error, UpstreamSetupError::NoCertificate { .. }), "{content:?}: {error}");
        assert!(error.to_string().contains(&file.path().display().to_string()), "{error}");
    }
}
