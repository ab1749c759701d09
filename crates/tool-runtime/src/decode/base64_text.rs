//! Base64, decoded within its own buffer.

use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, DecodeSliceError, Engine as _};

/// The standard alphabet. Padding is optional, because nothing is ambiguous without it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes base64 piece by piece into its own buffer. A file can be long, and would otherwise be in memory twice.
pub(super) fn decoded_in_place(mut text: Vec<u8>) -> Result<Vec<u8>, DecodeError> {
    /// Every four characters are three bytes.
    const PIECE: usize = 4 * 1024;
    let mut buffer = [0; PIECE / 4 * 3];
    let (mut read, mut written) = (0, 0);
    while let Some(rest) = text.get(read..).filter(|rest| !rest.is_empty()) {
        let piece = rest.get(..PIECE).unwrap_or(rest);
        let is_last = piece.len() == rest.len();
        let length = BASE64.decode_slice(piece, &mut buffer).map_err(|error| match error {
            DecodeSliceError::DecodeError(error) => moved(error, read),
            DecodeSliceError::OutputSliceTooSmall => unreachable!("the buffer is as long as a decoded piece"),
        })?;
        read += piece.len();
        if let (Some(target), Some(bytes)) = (text.get_mut(written..written + length), buffer.get(..length)) {
            target.copy_from_slice(bytes);
        }
        written += length;
        if !is_last && length < buffer.len() {
            // Only the end of a text may be padded.
            return Err(DecodeError::InvalidByte(read - 1, b'='));
        }
    }
    text.truncate(written);
    text.shrink_to_fit();
    Ok(text)
}

/// The error of a piece as an error of the whole text, in which the piece begins at `start`.
fn moved(error: DecodeError, start: usize) -> DecodeError {
    match error {
        DecodeError::InvalidByte(at, byte) => DecodeError::InvalidByte(start + at, byte),
        DecodeError::InvalidLastSymbol { offset, symbol, symbol_value } => {
            DecodeError::InvalidLastSymbol { offset: start + offset, symbol, symbol_value }
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn base64_is_decoded_in_place_as_at_once() {
        let bytes: Vec<u8> = (0..20_000_u32).map(|number| (number * 31 % 251) as u8).collect();
        for length in [0, 1, 2, 3, 3071, 3072, 3073, 6144, 19_999] {
            let bytes = bytes.get(..length).unwrap();
            let text = BASE64.encode(bytes);
            for text in [text.trim_end_matches('='), &text] {
                assert_eq!(decoded_in_place(text.as_bytes().to_vec()).unwrap(), bytes, "{length}");
            }
        }
    }

    #[test]
    fn invalid_base64_names_the_place_as_at_once() {
        let valid = BASE64.encode([7; 5000]);
        let mut texts = vec!["A".to_owned(), "=".to_owned(), "QQ==QUJD".to_owned()];
        for place in [0, 4095, 4096, 5000, valid.len() - 1] {
            let mut text = valid.clone();
            text.replace_range(place..=place, "!");
            texts.push(text);
        }
        for text in texts {
            assert_eq!(decoded_in_place(text.as_bytes().to_vec()), BASE64.decode(&text), "{text}");
        }
        let mut padded = valid.into_bytes();
        for place in [4094, 4095] {
            if let Some(byte) = padded.get_mut(place) {
                *byte = b'=';
            }
        }
        assert!(decoded_in_place(padded).is_err(), "padding at the end of a piece is inside the text");
    }
}
