//! Content codings of a reply's body (RFC 9110, section 8.4): lists of them, in any case, with all members of a gzip file.
//!
//! A body is decoded piece by piece as it arrives, so that memory is bounded by the limit on the decoded body, however
//! much a compressed one expands.

use std::io::{self, Write};

use flate2::write::{MultiGzDecoder, ZlibDecoder};
use http::header::{CONTENT_ENCODING, HeaderMap, HeaderValue};

use super::failure::ReplyBodyError;

/// The value of `Accept-Encoding`: the codings that [`BodyDecoder`] decodes.
pub(super) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip, deflate");

/// The maximum number of codings that are applied one after another. No server has a use for more than one.
const MAX_CODINGS: usize = 3;

/// A body that is being decoded.
#[derive(Debug)]
pub(super) struct BodyDecoder {
    layer: Layer,
    is_started: bool,
}

/// A coding around what is inside it, which is the body at the innermost.
#[derive(Debug)]
enum Layer {
    Plain(Bounded),
    Gzip(Box<MultiGzDecoder<Layer>>),
    Deflate(Box<ZlibDecoder<Layer>>),
}

/// The decoded body, up to a limit.
#[derive(Debug)]
struct Bounded {
    bytes: Vec<u8>,
    limit: usize,
}

/// The error of a decoded body over its limit. Its type distinguishes it from errors of the coding.
#[derive(Debug, thiserror::Error)]
#[error("the decoded body is too long")]
struct OverLimit;

impl BodyDecoder {
    /// Creates the decoder for a reply with these headers, whose decoded body has at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// If the headers name a coding that is not known.
    pub(super) fn new(headers: &HeaderMap, limit: usize) -> Result<Self, ReplyBodyError> {
        let mut layer = Layer::Plain(Bounded { bytes: Vec::new(), limit });
        let values = headers.get_all(CONTENT_ENCODING).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        let joined = values.collect::<Vec<_>>().join(",");
        let codings = joined.split(',').map(str::trim).filter(|coding| !coding.is_empty());
        // The codings are listed in the order in which they were applied, so the first one is the innermost.
        for (applied, coding) in codings.enumerate() {
            layer = match coding.to_ascii_lowercase().as_str() {
                "identity" => layer,
                _ if applied >= MAX_CODINGS => return Err(ReplyBodyError::UnknownCoding(joined)),
                // Both names mean the same (RFC 9110, section 8.4.1.3).
                "gzip" | "x-gzip" => Layer::Gzip(Box::new(MultiGzDecoder::new(layer))),
                "deflate" => Layer::Deflate(Box::new(ZlibDecoder::new(layer))),
                _ => return Err(ReplyBodyError::UnknownCoding(coding.to_owned())),
            };
        }
        Ok(Self { layer, is_started: false })
    }

    /// Allocates the buffer of a body without a coding at its announced length, because growing it would copy it.
    pub(super) fn expecting(mut self, announced: usize) -> Self {
        if let Layer::Plain(body) = &mut self.layer {
            body.bytes.reserve_exact(announced.min(body.limit));
        }
        self
    }

    /// Decodes the next piece of the body.
    ///
    /// # Errors
    ///
    /// If the decoded body is over the limit, or if the piece is not in the coding.
    pub(super) fn write(&mut self, piece: &[u8]) -> Result<(), ReplyBodyError> {
        self.is_started |= !piece.is_empty();
        self.layer.write_all(piece).map_err(|error| self.error(&error))
    }

    /// Returns the decoded body.
    ///
    /// # Errors
    ///
    /// If the body ends within its coding. A body of no bytes is empty in every coding.
    pub(super) fn finish(self) -> Result<Vec<u8>, ReplyBodyError> {
        if !self.is_started {
            return Ok(Vec::new());
        }
        let limit = self.layer.limit();
        self.layer.finish().map_err(|error| body_error(&error, limit))
    }

    /// Returns what was decoded so far, whether or not the body is whole.
    pub(super) fn into_beginning(mut self) -> Vec<u8> {
        // An incomplete coding still holds back the bytes before the end.
        let _ = self.layer.flush();
        self.layer.into_decoded()
    }

    fn error(&self, error: &io::Error) -> ReplyBodyError {
        body_error(error, self.layer.limit())
    }
}

fn body_error(error: &io::Error, limit: usize) -> ReplyBodyError {
    if matches!(error.get_ref(), Some(inner) if inner.is::<OverLimit>()) {
        ReplyBodyError::TooLarge(limit)
    } else {
        ReplyBodyError::CutOff(error.to_string())
    }
}

impl Layer {
    fn limit(&self) -> usize {
        match self {
            Self::Plain(body) => body.limit,
            Self::Gzip(decoder) => decoder.get_ref().limit(),
            Self::Deflate(decoder) => decoder.get_ref().limit(),
        }
    }

    fn finish(self) -> io::Result<Vec<u8>> {
        match self {
            Self::Plain(body) => Ok(body.bytes),
            Self::Gzip(decoder) => decoder.finish()?.finish(),
            Self::Deflate(decoder) => decoder.finish()?.finish(),
        }
    }

    /// Takes the decoded body out.
    fn into_decoded(mut self) -> Vec<u8> {
        let mut innermost = &mut self;
        loop {
            innermost = match innermost {
                Self::Plain(body) => return std::mem::take(&mut body.bytes),
                Self::Gzip(decoder) => decoder.get_mut(),
                Self::Deflate(decoder) => decoder.get_mut(),
            };
        }
    }
}

impl Write for Layer {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(body) => body.write(piece),
            Self::Gzip(decoder) => decoder.write(piece),
            Self::Deflate(decoder) => decoder.write(piece),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(_) => Ok(()),
            Self::Gzip(decoder) => decoder.flush(),
            Self::Deflate(decoder) => decoder.flush(),
        }
    }
}

impl Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + piece.len() > self.limit {
            return Err(io::Error::other(OverLimit));
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
