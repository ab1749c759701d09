//! Differences that are as they should be, each with its reason: a small YAML file beside the specification.
//!
//! A key is a difference as it is reported, in which `*` stands for anything; the value says why it is right.

use super::Difference;
use crate::Source;
use crate::diagnostic::{Diagnostic, Report};
use crate::yaml::{self, Key, Yaml};

/// The explanations of a file.
#[derive(Debug, Default)]
pub struct Explanations(Vec<(Key, String)>);

/// Differences, sorted by whether there is a reason for them.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Those that nobody has explained.
    pub unexplained: Vec<String>,
    /// Those that have a reason, with it.
    pub explained: Vec<(String, String)>,
    /// Explanations of what is no difference any more.
    pub stale: Vec<String>,
}

impl Told {
    /// Whether someone has to look at it.
    pub fn drifts(&self) -> bool {
        !self.unexplained.is_empty() || !self.stale.is_empty()
    }
}

impl Explanations {
    /// Reads a file of explanations. Fails with every mistake in it.
    pub fn parse(source: Source<'_>) -> Result<Self, Report> {
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
                                .label("needs a text")
                                .help("say why it is right, so that the next person need not find out"),
                        ),
                    }
                }
            }
            Some((_, Yaml::Null)) | None => {}
            Some((span, _)) => report.add(
                Diagnostic::new(span, "here must be a map of differences and their reasons")
                    .label("is something else")
                    .help("copy a difference as it is reported, and write `: \"the reason\"` behind it"),
            ),
        }
        report.result(Some(Self(explanations)))
    }

    /// Sorts differences by whether they are explained, here or by the specification itself.
    pub fn told(&self, differences: Vec<Difference>) -> Told {
        let mut told = Told::default();
        let mut used = vec![false; self.0.len()];
        for Difference { text, inferred } in differences {
            let found = self.0.iter().position(|(key, _)| matches(&key.text, &text));
            if let Some(used) = found.and_then(|found| used.get_mut(found)) {
                *used = true;
            }
            let reason = found.and_then(|found| self.0.get(found)).map(|(_, reason)| reason.clone());
            match reason.or_else(|| inferred.map(|why| format!("inferred: {why}"))) {
                Some(reason) => told.explained.push((text, reason)),
                None => told.unexplained.push(text),
            }
        }
        let stale = self.0.iter().zip(used).filter(|(_, used)| !used);
        told.stale = stale.map(|((key, _), _)| key.text.clone()).collect();
        told
    }
}

/// Whether a text is what a pattern says, in which `*` stands for any text.
fn matches(pattern: &str, text: &str) -> bool {
    let Some((first, rest)) = pattern.split_once('*') else { return pattern == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let mut pieces: Vec<_> = rest.split('*').collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        match text.find(piece) {
            Some(at) => text = text.get(at + piece.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    text.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(matches("GET /a is new", "GET /a is new"));
        assert!(!matches("GET /a is new", "GET /ab is new"));
        assert!(matches("* body * is required here only", "POST /a body b is required here only"));
        assert!(!matches("* body * is required here only", "POST /a query b is required here only"));
        assert!(matches("*", ""));
        assert!(!matches("a*a", "a"), "the two ends do not share a character");
    }
}
