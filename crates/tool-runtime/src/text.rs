//! Helpers for texts of unknown origin that go into a message.

/// Returns whether a character has no width or no ink, or changes the direction of the text that follows. A text with
/// such characters can say something other than what is seen of it.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0e}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Returns the first `max` characters of a text, followed by `…` if there are more.
pub fn shortened(text: &str, max: usize) -> String {
    let mut rest = text.chars();
    let mut shown: String = rest.by_ref().take(max).collect();
    if rest.next().is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_longer_text_is_cut_between_characters() {
        assert_eq!(shortened("äöü", 3), "äöü");
        assert_eq!(shortened("äöü", 2), "äö…");
        assert_eq!(shortened("", 0), "");
    }

    #[test]
    fn only_characters_without_width_or_ink_are_invisible() {
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
