//! The file with extra CA certificates: PEM text, with an exact reason for each file that cannot be used.

use std::fs;
use std::io;
use std::path::Path;

use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::ring;
use rustls::pki_types::pem::{PemObject as _, SectionKind};
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, RootCertStore};

/// The reason why a CA file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CaFileProblem {
    /// The file does not exist, or the system denies access.
    #[error("cannot be read: {0}")]
    Unreadable(io::Error),
    /// The file has no content.
    #[error("is empty: expected PEM text with BEGIN CERTIFICATE")]
    Empty,
    /// The file is a certificate or another object in binary form.
    #[error("is binary (DER), not PEM: convert it with `openssl x509 -inform der -in FILE -out ca.pem`")]
    Binary,
    /// The file is text in an encoding that PEM readers do not accept.
    #[error("is UTF-16 text: save it as UTF-8 or ASCII")]
    Utf16,
    /// The file is not PEM.
    #[error("is not PEM: expected text with the line -----BEGIN CERTIFICATE-----")]
    NotPem,
    /// The file is PEM, of something else.
    #[error("contains no certificate, but {found}: expected PEM text with BEGIN CERTIFICATE{advice}")]
    NoCertificate {
        /// The content.
        found: &'static str,
        /// The way to a certificate, if there is one.
        advice: &'static str,
    },
    /// The PEM text is incomplete or its Base64 is wrong.
    #[error("is damaged PEM ({0}): copy the file again")]
    Damaged(String),
    /// A certificate in the file cannot be parsed.
    #[error("contains a certificate that cannot be parsed, number {number} in the file ({cause}): copy it again")]
    Unparsable {
        /// The position among the certificates in the file, from 1.
        number: usize,
        /// The parser's explanation.
        cause: String,
    },
    /// All certificates in the file have expired.
    #[error("contains only certificates that have expired: get the current one from the operator of the proxy or CA")]
    Expired,
}

/// Reads the certificates in a file. A certificate that has expired beside valid ones is only logged, because bundles
/// often contain some.
///
/// # Errors
///
/// Fails if the file contains no certificate, one that cannot be parsed, or only expired ones.
pub(super) fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, CaFileProblem> {
    let content = fs::read(path).map_err(CaFileProblem::Unreadable)?;
    let certificates = parse(&content)?;
    let expired: Vec<_> = (1..)
        .zip(&certificates)
        .filter(|(_, certificate)| has_expired(certificate))
        .map(|(number, _)| number)
        .collect();
    if expired.len() == certificates.len() {
        return Err(CaFileProblem::Expired);
    }
    if !expired.is_empty() {
        tracing::warn!(?path, certificates = ?expired, "found expired certificates in the CA file");
    }
    Ok(certificates)
}

fn parse(content: &[u8]) -> Result<Vec<CertificateDer<'static>>, CaFileProblem> {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    let content = content.strip_prefix(BYTE_ORDER_MARK).unwrap_or(content);
    let mut certificates = Vec::new();
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(content) {
        let (kind, der) = section.map_err(|error| CaFileProblem::Damaged(error.to_string()))?;
        if kind == SectionKind::Certificate {
            certificates.push(CertificateDer::from(der));
        }
    }
    for (number, certificate) in (1..).zip(&certificates) {
        if let Err(error) = RootCertStore::empty().add(certificate.clone()) {
            return Err(CaFileProblem::Unparsable { number, cause: error.to_string() });
        }
    }
    if certificates.is_empty() { Err(without_certificate(content)) } else { Ok(certificates) }
}

/// Returns what is wrong with a file that contains no certificate.
fn without_certificate(content: &[u8]) -> CaFileProblem {
    match content {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => return CaFileProblem::Utf16,
        // A DER sequence with a length of two bytes, as all certificates are.
        [0x30, 0x82, ..] => return CaFileProblem::Binary,
        content if content.trim_ascii().is_empty() => return CaFileProblem::Empty,
        _ => {}
    }
    let text = String::from_utf8_lossy(content);
    let label = text.lines().find_map(|line| line.trim().strip_prefix("-----BEGIN ")?.strip_suffix("-----"));
    let (found, advice) = match label {
        None => return CaFileProblem::NotPem,
        Some(label) if label.ends_with("PRIVATE KEY") => {
            ("a private key", ". A private key does not belong here; give the certificate of the CA that signs")
        }
        Some("CERTIFICATE REQUEST" | "NEW CERTIFICATE REQUEST") => {
            ("a certificate request", ". Give the certificate of the CA that signs")
        }
        Some("TRUSTED CERTIFICATE") => {
            ("a certificate in OpenSSL's own format", ". Convert it with `openssl x509 -in FILE -out ca.pem`")
        }
        Some("PKCS7" | "CMS") => {
            ("a PKCS #7 bundle", ". Convert it with `openssl pkcs7 -print_certs -in FILE -out ca.pem`")
        }
        Some("X509 CRL") => ("a list of revoked certificates", ""),
        Some(label) if label.ends_with("PUBLIC KEY") => ("a public key", ". Give the whole certificate"),
        Some(_) => ("PEM of another kind", ""),
    };
    CaFileProblem::NoCertificate { found, advice }
}

/// Returns whether a certificate has expired.
///
/// Its dates are the first thing that is checked when it is verified as a server's. A certificate that is not verified
/// for another reason counts as valid, because as a trusted one it needs less.
fn has_expired(certificate: &CertificateDer<'_>) -> bool {
    let Ok(parsed) = ParsedCertificate::try_from(certificate) else { return false };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates([certificate.clone().into_owned()]);
    let algorithms = ring::default_provider().signature_verification_algorithms.all;
    let verified = verify_server_cert_signed_by_trust_anchor(&parsed, &roots, &[], UnixTime::now(), algorithms);
    matches!(
        verified,
        Err(rustls::Error::InvalidCertificate(CertificateError::Expired | CertificateError::ExpiredContext { .. }))
    )
}
