//! Whom the client trusts, and which protocol it asks for.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use desk365_mcp::outcome::Kind;
use desk365_mcp::upstream::{ClientError, Options, UpstreamClient};
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

/// An HTTPS API with a certificate that nobody knows.
struct Api {
    base_url: String,
    /// That certificate.
    ca_file: NamedTempFile,
    /// The protocol that each connection agreed on.
    agreed: mpsc::Receiver<Vec<u8>>,
}

/// An API that takes `protocols`, and answers everything with an HTTP/1.1 success.
async fn https(protocols: &[&str]) -> Api {
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
    let (tell, agreed) = mpsc::channel(8);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = acceptor.accept(stream).await else { continue };
            tell.send(stream.get_ref().1.alpn_protocol().unwrap_or_default().to_vec()).await.unwrap();
            stream.read_exact(&mut [0; 3]).await.unwrap();
            let reply = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}";
            stream.write_all(reply).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    let mut ca_file = NamedTempFile::new().unwrap();
    ca_file.write_all(cert.pem().as_bytes()).unwrap();
    Api { base_url, ca_file, agreed }
}

fn trusting(path: PathBuf) -> Options {
    Options { ca_file: Some(path), ..Options::default() }
}

#[tokio::test]
async fn a_certificate_that_nobody_knows_is_not_trusted() {
    let api = https(&["http/1.1"]).await;
    let error = failed(set(&caller_with(&api.base_url, Options::default())).await);
    assert_eq!(error.kind, Kind::Unreachable);
    assert!(error.message.contains("no trusted connection"), "{}", error.message);
    assert!(error.message.contains("Nothing was sent"), "{}", error.message);
}

#[tokio::test]
async fn a_certificate_in_the_ca_file_is_trusted() {
    let api = https(&["http/1.1"]).await;
    ok(get(&caller_with(&api.base_url, trusting(api.ca_file.path().into()))).await);
}

#[tokio::test]
async fn an_api_that_would_rather_speak_http_2_is_spoken_to_in_http_1() {
    let mut api = https(&["h2", "http/1.1"]).await;
    ok(get(&caller_with(&api.base_url, trusting(api.ca_file.path().into()))).await);
    assert_eq!(api.agreed.recv().await.unwrap(), b"http/1.1");
}

#[test]
fn a_ca_file_that_is_of_no_use_is_named() {
    let missing = UpstreamClient::new(trusting("/nonexistent/ca.pem".into())).unwrap_err();
    assert!(matches!(missing, ClientError::Unreadable { .. }), "{missing}");
    for content in [
        "",
        "not a certificate",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n",
    ] {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        let error = UpstreamClient::new(trusting(file.path().into())).unwrap_err();
        assert!(matches!(error, ClientError::NoCertificate { .. }), "{content:?}: {error}");
        assert!(error.to_string().contains(&file.path().display().to_string()), "{error}");
    }
}
