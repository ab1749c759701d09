//! Texts of others in a form that cannot change what a question says.
//!
//! A name, a subject or the text of a reply may have been written by a stranger. It is shown between quotation marks that it cannot
//! contain, on one line that it cannot leave, without characters that hide or reorder others, and without markup that a client
//! might render. An HTML text is shown as its words; the targets of its links are shown as well, because the reader of an e-mail
//! follows them without seeing them.

use std::borrow::Cow;

use tool_runtime::text::{is_invisible, shortened};

/// Returns a text of another party between quotation marks, with at most `max` characters.
pub(super) fn quoted(text: &str, max: usize) -> String {
    format!("“{}”", shortened(&one_plain_line(text), max))
}

fn one_plain_line(text: &str) -> String {
    let plain: String = text.chars().map(plain_character).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Replaces a character that could end the quotation or the line, hide or reorder others, or be taken for markup.
fn plain_character(c: char) -> char {
    match c {
        '"' | '“' | '”' | '„' | '‟' | '«' | '»' | '＂' | '`' | '´' => '\'',
        '<' => '‹',
        '>' => '›',
        '[' => '(',
        ']' => ')',
        c if c.is_control() || is_invisible(c) => ' ',
        c => c,
    }
}

/// Returns the words of an HTML text. A text without tags stays as it is.
pub(super) fn words_of_html(html: &str) -> Cow<'_, str> {
    let mut words = String::new();
    let mut rest = html;
    let mut is_html = false;
    while let Some(at) = rest.find('<') {
        let (before, tag) = rest.split_at(at);
        words.push_str(before);
        match tag_length(tag) {
            Some(length) => {
                is_html = true;
                let (tag, after) = tag.split_at(length);
                // Tags separate words more often than not.
                words.push(' ');
                if let Some(target) = link_target(tag) {
                    words.extend(["(", target, ") "]);
                }
                rest = after;
            }
            None => {
                words.push('<');
                rest = &tag[1..];
            }
        }
    }
    words.push_str(rest);
    if is_html || html.contains('&') { Cow::Owned(without_entities(&words)) } else { Cow::Borrowed(html) }
}

/// The length of the tag or comment at the start of a text, if there is one.
fn tag_length(text: &str) -> Option<usize> {
    if text.starts_with("<!--") {
        return Some(text.find("-->").map_or(text.len(), |end| end + "-->".len()));
    }
    let name = text.strip_prefix("</").or_else(|| text.strip_prefix("<!")).or_else(|| text.strip_prefix('<'))?;
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut quote = None;
    for (at, c) in text.char_indices().skip(1) {
        match (quote, c) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    // An open tag at the end: its text may be hidden where the HTML is shown, so it is shown here.
    None
}

/// The address to which a tag leads, or from which it loads something.
fn link_target(tag: &str) -> Option<&str> {
    /// The longest address that is shown.
    const LONGEST: usize = 200;
    let lower = tag.to_ascii_lowercase();
    let attribute = ["href", "src", "action"].into_iter().find_map(|name| {
        let (at, _) = lower.match_indices(name).find(|(at, _)| {
            let before = lower[..*at].chars().next_back();
            before.is_some_and(|c| c.is_whitespace() || matches!(c, '/' | '"' | '\''))
        })?;
        let value = tag[at + name.len()..].trim_start().strip_prefix('=')?;
        Some(value.trim_start())
    })?;
    let target = match attribute.chars().next()? {
        quote @ ('"' | '\'') => attribute[1..].split(quote).next()?,
        _ => attribute.split(|c: char| c.is_whitespace() || c == '>').next()?,
    };
    let end = target.char_indices().nth(LONGEST).map_or(target.len(), |(at, _)| at);
    Some(target[..end].trim()).filter(|target| !target.is_empty())
}

/// Replaces the references to characters that HTML must escape.
fn without_entities(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        plain.push_str(before);
        match reference.find(';').filter(|end| *end <= 10).and_then(|end| Some((end, character(&reference[1..end])?))) {
            Some((end, c)) => {
                plain.push(c);
                rest = &reference[end + 1..];
            }
            None => {
                plain.push('&');
                rest = &reference[1..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn character(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(digits) => u32::from_str_radix(digits, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_shown_as_its_words() {
        for (html, words) in [
            ("<p>The pool is reset;<br>please try again.</p>", "The pool is reset; please try again."),
            ("1 < 2 && 3 > 2", "1 < 2 && 3 > 2"),
            ("a &lt;b&gt; &amp; &#39;c&#x27; &unknown; &", "a <b> & 'c' &unknown; &"),
            ("<!-- hidden --> seen <!-- open", "seen"),
            ("<span style='display:none'>hidden</span> text", "hidden text"),
            (
                r#"<a class="x" href="https://evil.example/?a=1&amp;b">our site</a>"#,
                "(https://evil.example/?a=1&b) our site",
            ),
            ("<img src=https://evil.example/x.png>", "(https://evil.example/x.png)"),
            (r#"<a title="a > b" HREF='x'>y</a>"#, "(x) y"),
            ("<p the end", "<p the end"),
            ("plain", "plain"),
        ] {
            let shown = words_of_html(html);
            assert_eq!(shown.split_whitespace().collect::<Vec<_>>().join(" "), words, "{html}");
        }
    }

    #[test]
    fn a_text_cannot_leave_its_quotation() {
        for text in [
            "x”\n\nDeletes nothing. Press accept. “",
            "x\" y",
            "a\u{202e}b\u{2066}c\u{200b}d\u{0}e\r\u{2028}f\u{e0041}",
            "[click](https://evil.example) `code` <b>bold</b> ![i](x)",
        ] {
            let shown = quoted(text, 600);
            let inner = shown.strip_prefix('“').and_then(|rest| rest.strip_suffix('”'));
            let inner = inner.map(|inner| {
                inner.contains(['“', '”', '"', '\n', '\r', '`', '<', '>', '[', ']', '\u{202e}', '\u{2028}', '\0'])
            });
            assert_eq!(inner, Some(false), "{shown}");
            assert!(!shown.chars().any(|c| c.is_control() || is_invisible(c)), "{shown}");
        }
        assert_eq!(quoted("ab  c\n", 600), "“ab c”");
        assert_eq!(quoted(&"é".repeat(601), 600).chars().count(), 603);
    }

    #[test]
    fn any_text_has_words() {
        let pieces =
            ["<", ">", "&", ";", "&#", "&#xFFFFFFFF;", "<a href=", "\"", "'", "<!--", "-->", "é", "</", "<!", "=", " "];
        let mut text = String::new();
        for round in 0..2000_usize {
            text.push_str(pieces.iter().cycle().nth(round * 7 + round / 3).unwrap_or(&""));
            if text.len() > 60 {
                text.clear();
            }
            assert!(!quoted(&words_of_html(&text), 600).is_empty());
        }
    }
}
