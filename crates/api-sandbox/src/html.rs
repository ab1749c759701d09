//! Plain text from HTML, as a helpdesk shows it in a list. Not a parser: it handles what seed data and short messages
//! contain.

const ENTITIES: [(&str, &str); 6] =
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&amp;", "&")];

/// The text of `html`: without tags, with line breaks where blocks end, and with the common entities decoded.
pub(crate) fn plain_text(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let Some((name, after)) = tag.split_once('>') else {
            text.push('<');
            rest = tag;
            continue;
        };
        match name.to_ascii_lowercase().trim_end_matches('/').trim_end() {
            "br" | "/p" | "/div" | "/li" | "/h2" | "/h3" | "/tr" | "/pre" => text.push('\n'),
            "li" => text.push_str("- "),
            _ => {}
        }
        rest = after;
    }
    text.push_str(rest);
    for (entity, character) in ENTITIES {
        text = text.replace(entity, character);
    }
    text.lines().map(str::trim).collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::plain_text;

    #[test]
    fn blocks_become_lines_and_entities_become_characters() {
        let html = "<p>Hello &amp; welcome</p><ul><li>one</li><li>two &lt;3 &amp;lt;</li></ul>";
        assert_eq!(plain_text(html), "Hello & welcome\n- one\n- two <3 &lt;");
    }

    #[test]
    fn text_without_markup_is_unchanged() {
        assert_eq!(plain_text("plain, 3 < 4 & 5"), "plain, 3 < 4 & 5");
    }
}
