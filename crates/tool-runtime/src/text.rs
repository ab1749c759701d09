//! Helpers for texts of unknown origin that go into a message.

/// Returns whether a character has no width or no ink, or changes the direction of the text that follows. A text with
/// such characters can say something other than what is seen of it.
pub fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0e}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// The places in a name at which a joiner (U+200C, U+200D) is part of the name instead of an invisible character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joiners {
    /// No place.
    Nowhere,
    /// Between two letters or emoji, where scripts and emoji sequences need them.
    BetweenLetters,
    /// Any place: the name exists already, and only the API decides what it is.
    Anywhere,
}

/// Returns the first character of a name that its readers cannot see.
pub fn first_unseen(name: &str, joiners: Joiners) -> Option<char> {
    let mut before = None;
    let mut rest = name.chars();
    while let Some(c) = rest.next() {
        let is_joiner = matches!(c, '\u{200c}' | '\u{200d}')
            && match joiners {
                Joiners::Nowhere => false,
                Joiners::BetweenLetters => {
                    before.is_some_and(is_joinable) && rest.clone().next().is_some_and(is_joinable)
                }
                Joiners::Anywhere => true,
            };
        if !is_joiner && (c.is_control() || is_invisible(c)) {
            return Some(c);
        }
        before = Some(c);
    }
    None
}

/// Returns whether a joiner beside the character has a meaning: beside a letter, beside a sign that belongs to one, and
/// beside an emoji or what modifies it.
pub(crate) fn is_joinable(c: char) -> bool {
    let is_punctuation = ('\u{2000}'..='\u{206f}').contains(&c);
    let is_seen = !c.is_whitespace() && !c.is_control() && !is_invisible(c);
    if c.is_ascii() { c.is_ascii_alphabetic() } else { is_seen && !is_punctuation }
}

/// Names a character that cannot be seen: `U+200B (zero width space)`.
pub(crate) fn unseen_name(c: char) -> String {
    let name = match c {
        '\t' => "tab",
        '\n' => "line feed",
        '\r' => "carriage return",
        _ if c.is_control() => "control character",
        '\u{ad}' => "soft hyphen",
        '\u{200b}' => "zero width space",
        '\u{200c}' => "zero width non-joiner",
        '\u{200d}' => "zero width joiner",
        '\u{200e}' | '\u{200f}' | '\u{61c}' => "direction mark",
        '\u{2028}' => "line separator",
        '\u{2029}' => "paragraph separator",
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => "direction control",
        '\u{2060}' => "word joiner",
        '\u{feff}' => "byte order mark",
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' => "variation selector",
        '\u{e0000}'..='\u{e007f}' => "tag character",
        _ => "invisible character",
    };
    format!("U+{:04X} ({name})", u32::from(c))
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
    fn joiners_belong_between_letters_and_emoji() {
        for name in ["می\u{200c}خواهم", "क्\u{200d}ष", "👩\u{200d}💻", "❤\u{fe0f}\u{200d}🔥", "a\u{200d}b"]
        {
            assert_eq!(first_unseen(name, Joiners::BetweenLetters), None, "{name}");
            assert!(first_unseen(name, Joiners::Nowhere).is_some(), "{name}");
        }
        for name in ["\u{200d}a", "a\u{200d}", "a \u{200c}b", "1\u{200d}2", "a\u{200d}\u{200d}b"] {
            assert!(first_unseen(name, Joiners::BetweenLetters).is_some(), "{name:?}");
            assert_eq!(first_unseen(name, Joiners::Anywhere), None, "{name:?}");
        }
        assert_eq!(first_unseen("a\u{200b}b", Joiners::Anywhere), Some('\u{200b}'));
        assert_eq!(first_unseen("a\nb", Joiners::Anywhere), Some('\n'));
    }

    #[test]
    fn an_unseen_character_is_named() {
        assert_eq!(unseen_name('\u{200b}'), "U+200B (zero width space)");
        assert_eq!(unseen_name('\u{e0041}'), "U+E0041 (tag character)");
        assert_eq!(unseen_name('\0'), "U+0000 (control character)");
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
