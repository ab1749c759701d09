//! Trusted certificates, and the HTTP version that the client negotiates.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use desk365_mcp::outcome::FailureKind;
use desk365_mcp::upstream::{UpstreamClient, UpstreamOptions, UpstreamSetupError};
use rcgen::{Certificate, CertificateParams, CertifiedKey, KeyPair, date_time_ymd, generate_simple_self_signed};
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

/// Returns the error for a CA file with this content.
fn ca_file_error(content: &[u8]) -> String {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(content).unwrap();
    let error = UpstreamClient::new(options_with_ca_file(file.path().into())).unwrap_err();
    assert!(matches!(error, UpstreamSetupError::CaFile { .. }), "{error}");
    let place = format!("the CA file {} ", file.path().display());
    error.to_string().strip_prefix(&place).expect("the message names the file").to_owned()
}

fn certificate(expires: i32) -> (Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["ca.example".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(expires, 1, 1));
    (params.self_signed(&key).unwrap(), key)
}

#[test]
fn each_unusable_ca_file_is_refused_with_its_reason() {
    let (valid, key) = certificate(4000);
    let pem = |label: &str| valid.pem().replace("CERTIFICATE", label);
    let utf16: Vec<u8> = "\u{feff}-----BEGIN".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (content, reason) in [
        (Vec::new(), "is empty"),
        (b" \n".to_vec(), "is empty"),
        (b"not a certificate".to_vec(), "is not PEM"),
        (valid.der().to_vec(), "is binary (DER), not PEM: convert it"),
        (utf16, "is UTF-16 text"),
        (key.serialize_pem().into_bytes(), "contains no certificate, but a private key"),
        (pem("RSA PRIVATE KEY").into_bytes(), "contains no certificate, but a private key"),
        (pem("CERTIFICATE REQUEST").into_bytes(), "contains no certificate, but a certificate request"),
        (pem("TRUSTED CERTIFICATE").into_bytes(), "contains no certificate, but a certificate in OpenSSL's own format"),
        (pem("PKCS7").into_bytes(), "contains no certificate, but a PKCS #7 bundle"),
        (pem("PUBLIC KEY").into_bytes(), "contains no certificate, but a public key"),
        (b"-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n".to_vec(), "is damaged PEM"),
        (valid.pem().replace("-----END CERTIFICATE-----", "").into_bytes(), "is damaged PEM"),
        (
            [valid.pem().as_bytes(), b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"].concat(),
            "contains a certificate that cannot be parsed, number 2 in the file",
        ),
        (certificate(2002).0.pem().into_bytes(), "contains only certificates that have expired"),
    ] {
        let error = ca_file_error(&content);
        assert!(error.starts_with(reason), "{error}");
        assert!(!error.contains(key.serialize_pem().lines().nth(1).unwrap()), "{error}");
    }
    let missing = UpstreamClient::new(options_with_ca_file("/nonexistent/ca.pem".into())).unwrap_err();
    assert!(
        missing.to_string().starts_with("the CA file /nonexistent/ca.pem cannot be read: No such file"),
        "{missing}"
    );
    let folder = UpstreamClient::new(options_with_ca_file("/".into())).unwrap_err();
    assert!(folder.to_string().contains("cannot be read: Is a directory"), "{folder}");
}

#[test]
fn a_ca_file_may_contain_more_than_one_valid_certificate() {
    let (valid, key) = certificate(4000);
    let parts = [certificate(2002).0.pem(), "# a comment\n".to_owned(), valid.pem(), key.serialize_pem()];
    for content in [parts.concat(), format!("\u{feff}{}", valid.pem()), valid.pem().replace('\n', "\r\n")] {
        let mut file = NamedTempFile::new().unwrap();
        file.write_all(content.as_bytes()).unwrap();
        UpstreamClient::new(options_with_ca_file(file.path().into())).unwrap();
    }
}
