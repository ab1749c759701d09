//! Values as results show them: codes as labels, texts cleaned and cut, numbers with their digits.

use super::clean::{Piece, Pieces, is_plain};
use super::json::{Kind, Raw, Token, Tokens};
use super::marks;
use super::object::{Found, find_in_item};
use super::sink::Sink;
use super::view::{Label, View};

/// The limits of one result.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// The maximum length of each text.
    pub(super) max_chars: Option<usize>,
    /// The character from which long texts are shown.
    pub(super) text_from: usize,
    /// The maximum length of every value, once whole values have turned out not to fit.
    pub(super) shrink: Option<usize>,
}

/// Everything that was left out of the values of a result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Losses {
    /// Invisible characters.
    pub(super) invisible: usize,
    /// Values that end in a mark.
    pub(super) cut: usize,
}

/// Writes values, and counts what it leaves out of them.
pub(super) struct Writer<'v> {
    view: &'v View,
    limits: Limits,
    losses: Losses,
}

impl<'v> Writer<'v> {
    pub(super) fn new(view: &'v View, limits: Limits) -> Self {
        Self { view, limits, losses: Losses::default() }
    }

    /// Returns what was left out of everything that fitted.
    pub(super) fn losses(&self) -> Losses {
        self.losses
    }

    /// Lets `write` write to `sink`. Returns whether all of it fits; otherwise it is taken back.
    pub(super) fn fits(&mut self, sink: &mut Sink, write: impl FnOnce(&mut Self, &mut Sink)) -> bool {
        let before = (self.losses, sink.mark());
        write(self, sink);
        let fits = sink.excess() == 0;
        if !fits {
            self.losses = before.0;
            sink.undo(before.1);
        }
        fits
    }

    /// Writes a member: the name of a field, and its value.
    pub(super) fn member(&mut self, sink: &mut Sink, field: &str, value: Found) {
        sink.push_name(field);
        self.found(sink, field, value);
    }

    /// Writes the value under a name.
    pub(super) fn found(&mut self, sink: &mut Sink, field: &str, found: Found) {
        match found {
            Found::Value(value) => self.value(sink, field, value),
            Found::Each(list, rest) => self.shrunk(sink, |writer, sink| writer.each(sink, field, list, rest)),
        }
    }

    /// Writes the values under a name within the objects of a list.
    fn each(&mut self, sink: &mut Sink, field: &str, list: Raw, rest: &str) {
        sink.push('[');
        for (index, item) in list.items().enumerate() {
            if index > 0 {
                sink.push(',');
            }
            match find_in_item(item, rest) {
                Some(found) => self.found(sink, field, found),
                None => sink.push_str("null"),
            }
        }
        sink.push(']');
    }

    fn value(&mut self, sink: &mut Sink, field: &str, value: Raw) {
        match value.kind() {
            Kind::Object | Kind::Array => {
                self.shrunk(sink, |writer, sink| writer.container(sink, field, value, MAX_DEPTH));
            }
            Kind::String | Kind::Literal if let Some(label) = self.label(field, value) => match label {
                Label::Text(text) => sink.push_string(text),
                Label::Flag(flag) => sink.push_ascii(if flag { "true" } else { "false" }),
            },
            Kind::String => self.string(sink, field, value),
            Kind::Literal => sink.push_ascii(value.text()),
        }
    }

    /// Returns the label of a code, or `None` for a value that is not a known code of the field.
    fn label(&self, field: &str, value: Raw) -> Option<Label> {
        let labels = self.view.labels(field)?;
        let code = value.escaped().unwrap_or(value.text());
        labels.iter().find_map(|(known, label)| (*known == code).then_some(*label))
    }

    /// Writes an object or a list. If values are cut and it is too long, it becomes a text that ends in a mark.
    fn shrunk(&mut self, sink: &mut Sink, write: impl FnOnce(&mut Self, &mut Sink)) {
        let Some(max_chars) = self.limits.shrink else { return write(self, sink) };
        let before = self.losses;
        let mut whole = Sink::new(max_chars);
        // Its texts are not cut as well: the mark counts everything that is missing.
        let limits = Limits { shrink: None, ..self.limits };
        let limits = std::mem::replace(&mut self.limits, limits);
        write(self, &mut whole);
        self.limits = limits;
        let excess = whole.excess();
        if excess == 0 {
            return sink.push_str(&whole.text());
        }
        self.losses = Losses { cut: before.cut + 1, ..before };
        sink.push('"');
        whole.text().chars().for_each(|c| sink.push_escaped(c));
        sink.push_str(&marks::cut(excess));
        sink.push('"');
    }

    /// Writes an object or a list, down to `depth` with labels.
    fn container(&mut self, sink: &mut Sink, field: &str, value: Raw, depth: usize) {
        if depth == 0 || !self.view.has_codes_in(field) {
            return self.tokens(sink, value);
        }
        match value.kind() {
            Kind::Object => {
                sink.push('{');
                for (index, (key, value)) in value.members().enumerate() {
                    if index > 0 {
                        sink.push(',');
                    }
                    let name = key.name();
                    sink.push_string(&name);
                    sink.push(':');
                    self.nested(sink, &format!("{field}.{name}"), value, depth);
                }
                sink.push('}');
            }
            _ => {
                sink.push('[');
                for (index, item) in value.items().enumerate() {
                    if index > 0 {
                        sink.push(',');
                    }
                    self.nested(sink, field, item, depth);
                }
                sink.push(']');
            }
        }
    }

    fn nested(&mut self, sink: &mut Sink, field: &str, value: Raw, depth: usize) {
        match value.kind() {
            Kind::Object | Kind::Array => self.container(sink, field, value, depth - 1),
            Kind::String | Kind::Literal => self.value(sink, field, value),
        }
    }

    /// Writes a value of any depth without labels.
    fn tokens(&mut self, sink: &mut Sink, value: Raw) {
        for token in Tokens::of(value) {
            match token {
                Token::Key(key) => sink.push_string(&key.name()),
                Token::String(text) => self.string(sink, "", text),
                Token::Other(text) => sink.push_str(text),
            }
        }
    }

    /// Writes a string, cleaned, from the first character that the limits allow to the last one.
    fn string(&mut self, sink: &mut Sink, field: &str, value: Raw) {
        let escaped = value.escaped().unwrap_or_default();
        let from = if self.view.long_texts.contains(&field) { self.limits.text_from } else { 0 };
        let max_chars = match (self.limits.max_chars, self.limits.shrink) {
            (Some(max_chars), Some(shrink)) => max_chars.min(shrink),
            (max_chars, shrink) => max_chars.or(shrink).unwrap_or(usize::MAX),
        };
        if from == 0 && escaped.len() <= max_chars && is_plain(escaped) {
            return sink.push_ascii(value.text());
        }
        sink.push('"');
        let (mut at, mut hidden) = (0_usize, 0);
        let mut pieces = Pieces::new(escaped);
        for piece in pieces.by_ref() {
            let length = piece.chars();
            match piece {
                Piece::Plain(text) => {
                    // One character is one byte.
                    let begin = from.saturating_sub(at).min(length);
                    let end = from.saturating_add(max_chars).saturating_sub(at).clamp(begin, length);
                    sink.push_ascii(text.get(begin..end).unwrap_or_default());
                    hidden += length - end;
                }
                _ if at < from => {}
                _ if at - from >= max_chars => hidden += length,
                Piece::Char(c) => sink.push_escaped(c),
                Piece::Mark(mark) => sink.push_str(&mark),
            }
            at += length;
        }
        if hidden > 0 {
            sink.push_str(&marks::cut(hidden));
            self.losses.cut += 1;
        }
        sink.push('"');
        self.losses.invisible += pieces.removed();
    }
}

/// The depth to which an object is searched for codes.
const MAX_DEPTH: usize = 8;
