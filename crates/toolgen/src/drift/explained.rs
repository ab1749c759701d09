//! Explanations of expected differences: a small YAML file beside the spec.
//!
//! A key is a difference as it is reported, in which `*` matches any text. The value says why the difference is right.

use super::difference::Difference;
use crate::diagnostic::{Diagnostic, Report};
use crate::source::Source;
use crate::yaml::{self, Key, Yaml};

/// The explanations of a file.
#[derive(Debug, Default)]
pub struct Explanations(Vec<(Key, String)>);

/// Differences, divided into explained and unexplained ones.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct DriftReport {
    /// Differences without an explanation.
    pub unexplained: Vec<String>,
    /// Differences with an explanation, and its reason.
    pub explained: Vec<(String, String)>,
    /// Explanations that match no difference.
    pub stale: Vec<String>,
}

impl DriftReport {
    /// Returns whether every difference is explained and every explanation is used.
    pub fn is_clean(&self) -> bool {
        self.unexplained.is_empty() && self.stale.is_empty()
    }
}

impl Explanations {
    /// Parses a file of explanations.
    ///
    /// # Errors
    ///
    /// Returns a report of every mistake in the file.
    pub fn parse(source: Source<'_>) -> Result<Self, Report> {
        let source = source.without_bom();
        let mut report = Report::new(source.file, source.text);
        let root = yaml::parse(source.text, &mut report);
        let mut explanations = Vec::new();
        match root.map(|root| (root.span, root.value)) {
            Some((_, Yaml::Map(entries))) => {
                for (key, node) in entries {
                    match node.value {
                        Yaml::Text(reason) if !reason.trim().is_empty() => explanations.push((key, reason)),
                        _ => report.add(
                            Diagnostic::new(key.span, "this difference has no reason")
                                .label("expected a text")
                                .help("write why the difference is right, for the next person who compares"),
                        ),
                    }
                }
            }
            Some((_, Yaml::Null)) | None => {}
            Some((span, _)) => report.add(
                Diagnostic::new(span, "expected a map from differences to reasons")
                    .label("not a map")
                    .help("copy a difference as it is reported, and add `: \"the reason\"` after it"),
            ),
        }
        report.result(Some(Self(explanations)))
    }

    /// Divides differences into explained and unexplained ones. A difference is explained by this file or by the spec
    /// itself.
    pub fn apply(&self, differences: Vec<Difference>) -> DriftReport {
        let mut report = DriftReport::default();
        let mut used = vec![false; self.0.len()];
        for Difference { text, inferred } in differences {
            let found = self.0.iter().position(|(key, _)| matches(&key.text, &text));
            if let Some(used) = found.and_then(|found| used.get_mut(found)) {
                *used = true;
            }
            let reason = found.and_then(|found| self.0.get(found)).map(|(_, reason)| reason.clone());
            match reason.or_else(|| inferred.map(|why| format!("inferred: {why}"))) {
                Some(reason) => report.explained.push((text, reason)),
                None => report.unexplained.push(text),
            }
        }
        let stale = self.0.iter().zip(used).filter(|(_, used)| !used);
        report.stale = stale.map(|((key, _), _)| key.text.clone()).collect();
        report
    }
}

/// Returns whether a text matches a pattern, in which `*` matches any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
    for piece in middle.split('*') {
        let Some((_, after)) = text.split_once(piece) else { return false };
        text = after;
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_matches_any_text() {
        assert!(matches("GET /a is new", "GET /a is new"));
        assert!(!matches("GET /a is new", "GET /ab is new"));
        assert!(matches("* body * is required here only", "POST /a body b is required here only"));
        assert!(!matches("* body * is required here only", "POST /a query b is required here only"));
        assert!(matches("*", ""));
        assert!(!matches("a*a", "a"), "the two ends share no character");
    }
}
