//! Texts of strangers on their way into a message: which characters hide something, and how to cut a text short.

/// Whether a character has no width or no ink, or turns the direction of what follows: with it a text can say something
/// else than what is seen of it.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0e}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The first `most` characters of a text, with a mark if there are more.
pub fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_characters_and_only_if_it_is_longer() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöü", 2), "äö…");
        assert_eq!(shortened("", 0), "");
    }

    #[test]
    fn what_can_be_seen_is_not_invisible() {
        for c in ['a', ' ', 'ä', '日', '\u{300}', '😀', '❤', '\u{fe0f}', '…', '\u{2027}', '\u{2070}', '\u{fffd}']
        {
            assert!(!is_invisible(c), "{c:?}");
        }
        for c in [
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{fe01}',
            '\u{e0101}',
            '\u{200e}',
            '\u{202e}',
            '\u{206f}',
            '\u{e0041}',
            '\u{feff}',
        ] {
            assert!(is_invisible(c), "{c:?}");
        }
    }
}
