//! A mistake in a specification, and the report of all of them.
//!
//! Says what is wrong, where (the text underlined), and what to do. It decides nothing: whoever finds a mistake
//! words it.

use std::fmt;
use std::ops::Range;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// A range of bytes in the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

/// One mistake.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    span: Span,
    message: String,
    label: String,
    help: Option<String>,
}

impl Diagnostic {
    /// A mistake at `span`; `message` says what is wrong as one clause.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), label: String::new(), help: None }
    }

    /// Words beside the underlined text: why it is wrong.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// The way out.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// All mistakes found so far in one file.
#[derive(Debug)]
pub struct Report {
    file: String,
    source: String,
    /// The first byte of every line.
    lines: Vec<usize>,
    diagnostics: Vec<Diagnostic>,
}

impl Report {
    /// A report on the file called `file`, with nothing to report yet.
    pub fn new(file: &str, source: &str) -> Self {
        let breaks = source.match_indices('\n').map(|(at, _)| at + 1);
        let lines = [0].into_iter().chain(breaks).collect();
        Self { file: file.to_owned(), source: source.to_owned(), lines, diagnostics: Vec::new() }
    }

    /// Adds a mistake, once: what several tools share is checked for each of them.
    pub fn add(&mut self, diagnostic: Diagnostic) {
        let same = |other: &Diagnostic| other.span == diagnostic.span && other.message == diagnostic.message;
        if !self.diagnostics.iter().any(same) {
            self.diagnostics.push(diagnostic);
        }
    }

    /// How many mistakes there are.
    pub fn len(&self) -> usize {
        self.diagnostics.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// The file's name, as it is shown.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// What the file has at a place.
    pub(crate) fn written(&self, span: Span) -> &str {
        self.source.get(span.start..span.end).unwrap_or_default()
    }

    /// The line of a place in the file, counted from 1.
    pub fn line(&self, span: Span) -> usize {
        self.lines.partition_point(|first| *first <= span.start)
    }

    /// `value` if nothing was reported, or else the report.
    pub fn result<T>(self, value: Option<T>) -> Result<T, Self> {
        match value {
            Some(value) if self.is_empty() => Ok(value),
            _ => Err(self),
        }
    }

    /// The report as rustc would print it, in the order of the file; with colours if asked for.
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

/// The part of a span that is on its first line, on character boundaries: a whole section is not underlined.
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

/// A list of names for a message: `a`, `b` and `c`.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("`{name}`")).collect();
    match names.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// Which of `known` was meant by `given`, and what else there is.
pub(crate) fn suggestion(given: &str, known: &[&str]) -> String {
    const ALIKE: f64 = 0.8;
    /// More names than this are not read.
    const SHOWN: usize = 24;
    let alike = |name: &&str| strsim::jaro_winkler(given, name);
    let nearest = known.iter().max_by(|a, b| alike(a).total_cmp(&alike(b))).filter(|name| alike(name) >= ALIKE);
    let more = known.len().saturating_sub(SHOWN);
    let all = match known {
        [] => return "there are none".to_owned(),
        [only] if nearest.is_some() => return format!("did you mean `{only}`?"),
        [only] => return format!("there is only `{only}`"),
        _ if more > 0 => {
            let shown: Vec<_> = known.iter().take(SHOWN).map(|name| format!("`{name}`")).collect();
            format!("{} and {more} more", shown.join(", "))
        }
        all => listed(all.iter().copied()),
    };
    match nearest {
        Some(name) => format!("did you mean `{name}`? There are {all}"),
        None => format!("there are {all}"),
    }
}
