//! Bodies in every coding, whole and broken.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

use super::*;

const LIMIT: usize = 1000;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn decoder(codings: &[&str]) -> Result<BodyDecoder, ReplyBodyError> {
    let mut headers = HeaderMap::new();
    for coding in codings {
        headers.append(CONTENT_ENCODING, coding.parse().unwrap());
    }
    BodyDecoder::new(&headers, LIMIT)
}

/// The decoded body, which arrives byte by byte.
fn decoded(codings: &[&str], body: &[u8]) -> Result<Vec<u8>, ReplyBodyError> {
    let mut decoder = decoder(codings)?;
    for byte in body {
        decoder.write(&[*byte])?;
    }
    decoder.finish()
}

#[test]
fn codings_are_known_in_any_case() {
    for name in ["gzip", "GZIP", "x-gzip", " Gzip ", "identity, gzip,", ""] {
        let body = if name.is_empty() { b"body".to_vec() } else { gzip(b"body") };
        assert_eq!(decoded(&[name], &body).unwrap(), b"body", "{name:?}");
    }
    assert_eq!(decoded(&["deflate"], &deflate(b"body")).unwrap(), b"body");
}

#[test]
fn codings_are_removed_in_reverse_order() {
    let body = gzip(&deflate(b"body"));
    assert_eq!(decoded(&["deflate, gzip"], &body).unwrap(), b"body");
    assert_eq!(decoded(&["deflate", "gzip"], &body).unwrap(), b"body");
    assert!(decoded(&["gzip, deflate"], &body).is_err());
}

#[test]
fn all_members_of_a_gzip_body_are_read() {
    let body = [gzip(b"two "), gzip(b""), gzip(b"members")].concat();
    assert_eq!(decoded(&["gzip"], &body).unwrap(), b"two members");
}

#[test]
fn an_unknown_coding_is_named() {
    let named = |codings: &[&str]| decoder(codings).unwrap_err();
    assert_eq!(named(&["gzip, zstd"]), ReplyBodyError::UnknownCoding("zstd".to_owned()));
    assert!(matches!(named(&["gzip,gzip,gzip,gzip"]), ReplyBodyError::UnknownCoding(_)));
}

#[test]
fn a_body_that_expands_over_the_limit_is_refused() {
    assert_eq!(decoded(&["gzip"], &gzip(&[0; LIMIT])).unwrap().len(), LIMIT);
    assert_eq!(decoded(&["gzip"], &gzip(&[0; LIMIT + 1])).unwrap_err(), ReplyBodyError::TooLarge(LIMIT));
    let twice = gzip(&gzip(&vec![0; 10_000_000]));
    assert_eq!(decoded(&["gzip, gzip"], &twice).unwrap_err(), ReplyBodyError::TooLarge(LIMIT));
}

#[test]
fn a_broken_body_is_cut_off() {
    let whole = gzip(b"body");
    for broken in [&whole[..whole.len() - 1], b"not gzip at all"] {
        assert!(matches!(decoded(&["gzip"], broken), Err(ReplyBodyError::CutOff(_))), "{broken:?}");
    }
    assert_eq!(decoded(&["gzip"], b"").unwrap(), b"", "no bytes are an empty body in every coding");
}

#[test]
fn the_beginning_of_a_broken_body_can_be_read() {
    let text = b"an explanation that is long enough to be in the first half".repeat(10);
    let whole = gzip(&text);
    let mut decoder = decoder(&["gzip"]).unwrap();
    decoder.write(&whole[..whole.len() - 8]).unwrap();
    assert!(decoder.into_beginning().starts_with(b"an explanation"));
}
