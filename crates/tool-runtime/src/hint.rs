//! Hints: the name that a caller may have meant by a name that does not exist. Meaning goes before spelling.

use indexmap::IndexSet;

use crate::violation::similarity;

/// Returns the known names that `given` may mean, the best group first. Names of one group are equally likely.
///
/// `keys` are names and their synonyms, each with the name that it means. A key with the same words as `given` is
/// best, then the keys with most words in common, then those of similar spelling.
pub(crate) fn candidates<'a>(given: &str, keys: &[(&str, &'a str)]) -> Vec<Vec<&'a str>> {
    /// Longer texts are no names, and are not compared.
    const MAX_LENGTH: usize = 100;
    if given.len() > MAX_LENGTH {
        return Vec::new();
    }
    let wanted = words(given);
    let mut by_words: Vec<_> =
        keys.iter().filter_map(|(key, name)| Some((shared(&wanted, &words(key))?, *name))).collect();
    by_words.sort_by_key(|(points, _)| std::cmp::Reverse(*points));
    let mut by_spelling: Vec<_> =
        keys.iter().filter_map(|(key, name)| Some((similarity(given, key)?, *name))).collect();
    by_spelling.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let mut groups: Vec<Vec<_>> =
        by_words.chunk_by(|(a, _), (b, _)| a == b).map(|group| unique(group.iter().map(|(_, name)| *name))).collect();
    groups.extend(by_spelling.into_iter().map(|(_, name)| vec![name]));
    groups
}

/// Returns the names without repetitions.
fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    names.collect::<IndexSet<_>>().into_iter().collect()
}

/// Returns the words of a name in lower case and in the singular: `primaryEmails` is `primary`, `email`.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_lower) {
            words.push(String::new());
        }
        if c.is_alphanumeric()
            && let Some(word) = words.last_mut()
        {
            word.extend(c.to_lowercase());
        }
        after_lower = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    for word in &mut words {
        if word.len() > 3 && word.ends_with('s') {
            word.pop();
        }
    }
    words
}

/// Returns the share of common words in thousandths, or `None` without a common word. Words such as `of` and `by` do not count.
fn shared(one: &[String], other: &[String]) -> Option<usize> {
    const MIN_LENGTH: usize = 3;
    if !one.is_empty() && one.concat() == other.concat() {
        return Some(1000);
    }
    let common = one.iter().filter(|word| word.len() >= MIN_LENGTH && other.contains(word)).count();
    (common > 0).then(|| 999 * 2 * common / (one.len() + other.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(given: &str, keys: &[(&str, &'static str)]) -> Vec<&'static str> {
        candidates(given, keys).into_iter().next().unwrap_or_default()
    }

    #[test]
    fn the_same_words_in_another_form_are_best() {
        let keys = [("end_date", "end_date"), ("start_date", "start_date"), ("date", "date")];
        for given in ["startDate", "StartDate", "start-date", "startdate", "START_DATE", "start dates"] {
            assert_eq!(first(given, &keys), ["start_date"], "{given}");
        }
        assert_eq!(first("begin_date", &keys), ["date"]);
    }

    #[test]
    fn common_words_go_before_similar_spelling() {
        let keys = [("status", "status"), ("agent_email", "agent_email"), ("statute_name", "statute_name")];
        assert_eq!(first("status_name", &keys), ["status"]);
        assert_eq!(first("author_email", &keys), ["agent_email"]);
        assert_eq!(first("statsu", &keys), ["status"]);
        assert_eq!(shared(&words("sort_by"), &words("order_by")), None, "small words say nothing");
    }

    #[test]
    fn equally_likely_names_are_one_group() {
        let keys =
            [("cc_emails", "cc_emails"), ("from_email", "from_email"), ("body", "body"), ("email", "from_email")];
        assert_eq!(first("author_mail", &keys), Vec::<&str>::new());
        assert_eq!(first("other_email", &keys), ["from_email"]);
        assert_eq!(first("other_email", &keys[..3]), ["cc_emails", "from_email"]);
    }

    #[test]
    fn a_synonym_leads_to_its_name() {
        assert_eq!(first("ttile", &[("book_name", "book_name"), ("title", "book_name")]), ["book_name"]);
        assert!(candidates(&"x".repeat(101), &[("x", "x")]).is_empty());
    }
}
