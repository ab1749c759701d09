//! Diagnostics: one mistake in a spec, and the report of all of them.
//!
//! A diagnostic says what is wrong, where (with the source underlined), and how to fix it. This module renders; the check
//! that finds a mistake writes its text.

use std::fmt;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// A range of bytes in a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset after the last byte.
    pub end: usize,
}

/// One mistake in a file.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    span: Span,
    message: String,
    label: String,
    help: Option<String>,
}

impl Diagnostic {
    /// Creates a diagnostic at `span`. `message` says in one clause what is wrong.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), label: String::new(), help: None }
    }

    /// Sets the text beside the underlined source: why it is wrong.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Sets the help text: how to fix it.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// All mistakes found in one file so far.
#[derive(Debug)]
pub struct Report {
    file: String,
    source: String,
    /// Offset of the first byte of each line.
    lines: Vec<usize>,
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// Creates an empty report on the file called `file`.
    pub fn new(file: &str, source: &str) -> Self {
        let breaks = source.match_indices('\n').map(|(at, _)| at + 1);
        let lines = [0].into_iter().chain(breaks).collect();
        Self { file: file.to_owned(), source: source.to_owned(), lines, diagnostics: Vec::new() }
    }

    /// Adds a diagnostic unless the report has it: a declaration that several tools share is checked once for each.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        let same = |other: &Diagnostic| other.span == diagnostic.span && other.message == diagnostic.message;
        if !self.diagnostics.iter().any(same) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Returns the number of mistakes.
    pub fn len(&self) -> usize {
        self.diagnostics.len()
    }

    /// Returns whether there are no mistakes.
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// Returns the name of the file.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Returns the source text of a span.
    pub(crate) fn source_of(&self, span: Span) -> &str {
        self.source.get(span.start..span.end).unwrap_or_default()
    }

    /// Returns the line of a span, counted from 1.
    pub fn line(&self, span: Span) -> usize {
        self.lines.partition_point(|first| *first <= span.start)
    }

    /// Returns `value` if the report is empty.
    ///
    /// # Errors
    ///
    /// Returns the report if it has a mistake.
    pub fn result<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            _ => Err(self),
        }
    }

    /// Renders the report as rustc would, in the order of the file, with ANSI colours if `colours` is set.
    pub fn render(&self, colours: bool) -> String {
        let renderer = if colours { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        let mut sorted: Vec<_> = self.diagnostics.iter().collect();
        sorted.sort_by_key(|diagnostic| diagnostic.span);
        let mut text = String::new();
        for diagnostic in sorted {
            text.push_str(&renderer.render(&[self.group(diagnostic)]));
            text.push_str("\n\n");
        }
        let count = self.len();
        let noun = if count == 1 { "mistake" } else { "mistakes" };
        text + &format!("{count} {noun} in {}\n", self.file)
    }

    fn group<'a>(&'a self, diagnostic: &'a Diagnostic) -> annotate_snippets::Group<'a> {
        let line = self.line(diagnostic.span);
        let first = line.checked_sub(1).and_then(|index| self.lines.get(index)).copied().unwrap_or_default();
        let text = self.source.get(first..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let span = diagnostic.span.start.saturating_sub(first)..diagnostic.span.end.saturating_sub(first);
        let annotation = AnnotationKind::Primary.span(visible(text, span)).label(diagnostic.label.as_str());
        let snippet = Snippet::source(text).line_start(line).path(self.file.as_str()).annotation(annotation);
        let group = Level::ERROR.primary_title(diagnostic.message.as_str()).element(snippet);
        match &diagnostic.help {
            Some(help) => group.element(Level::HELP.message(help.as_str())),
            None => group,
        }
    }
}

/// Returns the part of a span that is on its first line, at character boundaries. A whole section is not underlined.
fn visible(line: &str, span: Range<usize>) -> Range<usize> {
    let start = line.floor_char_boundary(span.start);
    let end = line.floor_char_boundary(span.end.max(start));
    let shown = line.get(start..end).unwrap_or_default().trim_end();
    start..start + shown.len()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Report {}

/// Formats names for a message: `a`, `b` and `c`.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    joined(names, "and")
}

/// Formats alternatives for a message: `a`, `b` or `c`.
pub(crate) fn alternatives<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    joined(names, "or")
}

fn joined<'a>(names: impl IntoIterator<Item = &'a str>, word: &str) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {word} {last}", rest.join(", ")),
    }
}

/// Formats a help text for an unknown name: the nearest known name, and all others.
pub(crate) fn suggestion(given: &str, known: &[&str]) -> String {
    /// Jaro-Winkler similarity from which a name counts as a misspelling.
    const SIMILAR: f64 = 0.8;
    /// Longest list that people read.
    const SHOWN: usize = 24;
    let similarity = |name: &&str| strsim::jaro_winkler(given, name);
    let nearest = known.iter().max_by(|a, b| similarity(a).total_cmp(&similarity(b)));
    let nearest = nearest.filter(|name| similarity(name) >= SIMILAR);
    let more = known.len().saturating_sub(SHOWN);
    let all = match known {
        [] => return "none is declared".to_owned(),
        [only] if nearest.is_some() => return format!("did you mean `{only}`?"),
        [only] => return format!("the only one is `{only}`"),
        _ if more > 0 => {
            let shown: Vec<_> = known.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
            format!("{} and {more} more", shown.join(", "))
        }
        all => listed(all.iter().copied()),
    };
    match nearest {
        Some(name) => format!("did you mean `{name}`? Available: {all}"),
        None => format!("available: {all}"),
    }
}
