//! Plain text from HTML, as a helpdesk shows it in a list. Not a parser: what the stand-in holds was written for it.

/// The text of `html`: tags dropped, ends of blocks turned into line breaks, the common entities read.
pub(super) fn text(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(start) = rest.find(['<', '&']) {
        let (before, from) = rest.split_at(start);
        out.push_str(before);
        rest = if from.starts_with('<') { tag(from, &mut out) } else { entity(from, &mut out) };
    }
    out.push_str(rest);
    let lines: Vec<_> = out.lines().map(str::trim).collect();
    lines.join("\n").trim().to_owned()
}

fn tag<'a>(from: &'a str, out: &mut String) -> &'a str {
    let inside = from.strip_prefix('<').unwrap_or(from);
    let Some((name, rest)) = inside.split_once('>') else {
        out.push('<');
        return inside;
    };
    let name = name.to_ascii_lowercase();
    match name.trim_end_matches('/').trim_end() {
        "br" | "/p" | "/div" | "/li" | "/h2" | "/h3" | "/tr" | "/pre" => out.push('\n'),
        "li" => out.push_str("- "),
        _ => {}
    }
    rest
}

fn entity<'a>(from: &'a str, out: &mut String) -> &'a str {
    const KNOWN: [(&str, char); 6] =
        [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&quot;", '"'), ("&#39;", '\''), ("&nbsp;", ' ')];
    for (name, meant) in KNOWN {
        if let Some(rest) = from.strip_prefix(name) {
            out.push(meant);
            return rest;
        }
    }
    out.push('&');
    from.strip_prefix('&').unwrap_or(from)
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn blocks_become_lines_and_entities_become_characters() {
        assert_eq!(
            text("<p>Hello &amp; welcome</p><ul><li>one</li><li>two &lt;3</li></ul>"),
            "Hello & welcome\n- one\n- two <3"
        );
    }

    #[test]
    fn what_is_no_markup_stays() {
        assert_eq!(text("plain, 3 < 4 & 5"), "plain, 3 < 4 & 5");
    }
}
