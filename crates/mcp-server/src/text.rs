//! Shortening text from a client before it is repeated in an error or kept for a log.

/// The first 200 characters of `name`, with an ellipsis if there are more.
///
/// No tool, prompt or client needs a longer name, and an error must not send a megabyte back.
pub(crate) fn shortened(name: &str) -> String {
    const LONGEST: usize = 200;
    match name.char_indices().nth(LONGEST) {
        None => name.to_owned(),
        Some((end, _)) => format!("{}…", name.split_at(end).0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_between_characters_only_if_it_is_longer() {
        let longest = "é".repeat(200);
        assert_eq!(shortened(&longest), longest);
        assert_eq!(shortened(&format!("{longest}é")), format!("{longest}…"));
        assert_eq!(shortened(""), "");
    }
}
