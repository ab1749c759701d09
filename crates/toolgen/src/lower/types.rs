//! Named types: resolved on demand, so that their order in the file does not matter.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use serde_json::Value;

use super::name::Taken;
use super::size::Size;
use super::{choice, example, name};
use crate::diagnostic::{Diagnostic, Report, Span, suggestion};
use crate::identifier;
use crate::model::{Field, NamedType, Record, Type};
use crate::spec::{self, Limits, Spanned, Text, TypeDecl, TypeExpr, TypeKind};
use crate::yaml::{Key, Node};

/// The types that need no declaration.
const BUILT_IN: &[&str] = &["string", "email", "integer", "number", "boolean", "flag", "timestamp", "date", "object"];

/// What a type's name stands for, with what it says about every argument of that type.
#[derive(Clone, Debug)]
struct Resolved {
    of: Type,
    about: Option<String>,
    default: Option<Value>,
    clear: Option<String>,
    size: Size,
}

impl From<Type> for Resolved {
    fn from(of: Type) -> Self {
        Self { of, about: None, default: None, clear: None, size: Size::default() }
    }
}

/// How far the resolving of a declaration has come.
enum State {
    Untouched,
    Underway,
    Done(Option<Resolved>),
}

/// How many types can lead to each other, one after the other.
const LONGEST_CHAIN: usize = 64;

/// All named types.
pub(super) struct Types<'a> {
    declared: &'a [(Key, TypeDecl)],
    places: HashMap<&'a str, usize>,
    states: Vec<State>,
    used: Vec<bool>,
    /// How many declarations are being resolved.
    underway: usize,
    /// Whether some type could not be found, so that nobody knows which was meant.
    misspelt: bool,
}

impl<'a> Types<'a> {
    /// Resolves everything that is declared.
    pub(super) fn new(declared: &'a [(Key, TypeDecl)], report: &mut Report) -> Self {
        let states = declared.iter().map(|_| State::Untouched).collect();
        let places = declared.iter().enumerate().map(|(index, (key, _))| (key.text.as_str(), index)).collect();
        let used = vec![false; declared.len()];
        let mut types = Self { declared, places, states, used, underway: 0, misspelt: false };
        let mut names = Taken::default();
        for (index, (key, _)) in declared.iter().enumerate() {
            name::check_identifier("a type", &key.text, key.span, report);
            names.claim("types", &key.text, identifier::named(&key.text), key.span, report);
            if BUILT_IN.contains(&key.text.as_str()) {
                report.add(
                    Diagnostic::new(key.span, format!("`{}` is a built-in type", key.text))
                        .label("cannot be declared again")
                        .help("choose another name"),
                );
            }
            types.declaration(index, key.span, report);
        }
        types
    }

    /// The types that have a Rust type of their own.
    pub(super) fn named(&self) -> Vec<NamedType> {
        let done = self.states.iter().filter_map(|state| match state {
            State::Done(Some(resolved)) => Some(&resolved.of),
            State::Untouched | State::Underway | State::Done(None) => None,
        });
        let mut named: Vec<NamedType> = Vec::new();
        let mut listed = HashSet::new();
        for of in done {
            let (name, one) = match of {
                Type::Choice(choice) => (&choice.name, NamedType::Choice(choice.clone())),
                Type::Record(record) => (&record.name, NamedType::Record(record.clone())),
                _ => continue,
            };
            // An alias resolves to the type that it stands for, which is there already or comes by itself.
            if listed.insert(name) {
                named.push(one);
            }
        }
        named
    }

    /// Reports types that nothing uses, unless one of them may only be misspelt where it is used.
    pub(super) fn report_unused(&self, report: &mut Report) {
        if self.misspelt {
            return;
        }
        for ((key, _), _) in self.declared.iter().zip(&self.used).filter(|(_, used)| !**used) {
            report.add(
                Diagnostic::new(key.span, format!("nothing uses the type `{}`", key.text))
                    .label("declared and never used")
                    .help("use it, or take it out"),
            );
        }
    }

    /// An argument or a field of an object. `None` only if its type was reported.
    pub(super) fn field(&mut self, field: &spec::Field, report: &mut Report) -> Option<Field> {
        self.sized_field(field, report).map(|(field, _)| field)
    }

    fn sized_field(&mut self, field: &spec::Field, report: &mut Report) -> Option<(Field, Size)> {
        name::check_argument(&field.name, report);
        let mut resolved = self.expression(field.of.as_ref()?, report)?;
        let required = field.required.unwrap_or_default();
        // A default of its own takes the place of its type's; without what must be given, the API assumes nothing.
        if field.default.is_some() || required {
            resolved.default = None;
        }
        narrow(&mut resolved, &field.limits, report);
        if let Some(about) = &field.about {
            resolved.about = Some(about.value.clone());
        }
        if let Some(default) = &field.default {
            resolved.default = Some(default_of(default, &resolved, report));
            if required {
                report.add(
                    Diagnostic::new(default.span, format!("`{}` is required, and yet has a default", field.name.text))
                        .label("never taken")
                        .help(
                            "take the default out; or else `required`, if that is written and the API does without it",
                        ),
                );
            }
        }
        let size = resolved.size;
        let field = Field {
            argument: field.name.text.clone(),
            wire: field.wire.as_ref().map_or_else(|| field.name.text.clone(), |wire| wire.value.clone()),
            of: resolved.of,
            about: resolved.about,
            required,
            filled: required,
            default: resolved.default,
            clear: resolved.clear,
        };
        Some((field, size))
    }

    fn expression(&mut self, of: &TypeExpr, report: &mut Report) -> Option<Resolved> {
        match of {
            TypeExpr::Name(name) => self.name(name, report),
            TypeExpr::List(item) => {
                let resolved = self.expression(item, report)?;
                let size = resolved.size.within(Size::LIST, item.span(), report)?;
                Some(Resolved { size, ..Type::List(Box::new(resolved.of), None).into() })
            }
        }
    }

    fn name(&mut self, name: &Text, report: &mut Report) -> Option<Resolved> {
        let Some(index) = self.places.get(name.value.as_str()).copied() else {
            if let Some(of) = built_in(&name.value) {
                return Some(of.into());
            }
            self.misspelt = true;
            let declared = self.declared.iter().map(|(key, _)| key.text.as_str());
            let known: Vec<_> = BUILT_IN.iter().copied().chain(declared).collect();
            report.add(
                Diagnostic::new(name.span, format!("there is no type `{}`", name.value))
                    .label("unknown type")
                    .help(suggestion(&name.value, &known)),
            );
            return None;
        };
        if let Some(used) = self.used.get_mut(index) {
            *used = true;
        }
        self.declaration(index, name.span, report)
    }

    /// Resolves a declaration once; `from` is where it is needed.
    fn declaration(&mut self, index: usize, from: Span, report: &mut Report) -> Option<Resolved> {
        let (key, declared) = self.declared.get(index)?;
        match self.states.get(index)? {
            State::Done(resolved) => return resolved.clone(),
            State::Underway => {
                report.add(
                    Diagnostic::new(from, format!("the type `{}` contains itself", key.text))
                        .label("leads back to where it began")
                        .help("use `object`, which takes anything, where the nesting has no end"),
                );
                return None;
            }
            State::Untouched if self.underway == LONGEST_CHAIN => {
                report.add(
                    Diagnostic::new(from, "these types lead to each other without end")
                        .label(format!("the last of {LONGEST_CHAIN}, one after the other"))
                        .help("name the type that is meant, not one that stands for it"),
                );
                return None;
            }
            State::Untouched => {}
        }
        self.set(index, State::Underway);
        self.underway += 1;
        let resolved = declared.kind.as_ref().and_then(|kind| self.kind(key, declared, kind, report));
        let resolved = resolved.map(|mut resolved| {
            if let Some(about) = &declared.about {
                resolved.about = Some(about.value.clone());
            }
            if let Some(default) = &declared.default {
                resolved.default = Some(default_of(default, &resolved, report));
            }
            resolved
        });
        self.underway -= 1;
        self.set(index, State::Done(resolved.clone()));
        resolved
    }

    fn set(&mut self, index: usize, state: State) {
        if let Some(slot) = self.states.get_mut(index) {
            *slot = state;
        }
    }

    fn kind(&mut self, key: &Key, declared: &TypeDecl, kind: &TypeKind, report: &mut Report) -> Option<Resolved> {
        let about = declared.about.as_ref().map(|about| about.value.clone());
        match kind {
            TypeKind::Alias { of, limits } => {
                let mut resolved = self.expression(of, report)?;
                if declared.default.is_some() {
                    resolved.default = None;
                }
                narrow(&mut resolved, limits, report);
                Some(resolved)
            }
            TypeKind::OneOf(texts) => choice::one_of(key, texts, about, report).map(Resolved::from),
            TypeKind::Codes { codes, sent_as } => {
                choice::codes(key, codes, sent_as.as_ref(), about, report).map(Resolved::from)
            }
            TypeKind::List { of, join } => {
                let item = self.expression(of, report)?;
                let separator = join.as_ref().and_then(|join| separator(join, &item.of, report));
                let size = item.size.within(Size::LIST, of.span(), report)?;
                Some(Resolved { size, ..Type::List(Box::new(item.of), separator).into() })
            }
            TypeKind::Object { fields, brief } => {
                let (fields, size) = self.record(key, fields, report)?;
                let record =
                    Record { name: key.text.clone(), about, fields, brief: *brief, line: report.line(key.span) };
                Some(Resolved { size, ..Type::Record(Rc::new(record)).into() })
            }
        }
    }

    /// The fields of an object, and how much there is in them. `None` if something was reported.
    fn record(&mut self, key: &Key, declared: &[spec::Field], report: &mut Report) -> Option<(Vec<Field>, Size)> {
        if declared.is_empty() {
            report.add(
                Diagnostic::new(key.span, format!("the type `{}` has no fields", key.text))
                    .label("nothing could ever be given")
                    .help("declare one, or use the built-in type `object`, which takes any keys"),
            );
            return None;
        }
        let (mut names, mut wires) = (Taken::default(), HashMap::new());
        let (mut fields, mut size) = (Vec::new(), Size::default());
        for one in declared {
            let Some((field, of)) = self.sized_field(one, report) else { continue };
            names.claim("fields", &field.argument, identifier::field(&field.argument), one.name.span, report);
            if let Some(other) = wires.insert(field.wire.clone(), field.argument.clone()) {
                let message = format!("`{other}` and `{}` both go out as `{}`", field.argument, field.wire);
                report.add(
                    Diagnostic::new(one.name.span, message)
                        .label("one would overwrite the other")
                        .help("correct the `wire` of one of them, or take one out"),
                );
            }
            size = size.with(of);
            fields.push(field);
        }
        let size = size.within(Size::OBJECT, key.span, report)?;
        (fields.len() == declared.len()).then_some((fields, size))
    }
}

fn built_in(name: &str) -> Option<Type> {
    Some(match name {
        "string" => Type::Text,
        "email" => Type::Email,
        "integer" => Type::Integer(i64::MIN, i64::MAX),
        "number" => Type::Number,
        "boolean" => Type::Boolean,
        "flag" => Type::Flag,
        "timestamp" => Type::Timestamp,
        "date" => Type::Date,
        "object" => Type::Object,
        _ => return None,
    })
}

/// Applies bounds and the clearing sign, if the type can have them.
fn narrow(resolved: &mut Resolved, limits: &Limits, report: &mut Report) {
    for bound in [&limits.min, &limits.max].into_iter().flatten() {
        if !matches!(resolved.of, Type::Integer(..)) {
            report.add(
                Diagnostic::new(bound.span, "only whole numbers have bounds")
                    .label("this type has none")
                    .help("take it out, or make the type `integer`"),
            );
        }
    }
    if let Type::Integer(min, max) = &mut resolved.of {
        *min = limits.min.as_ref().map_or(*min, |bound| bound.value);
        *max = limits.max.as_ref().map_or(*max, |bound| bound.value);
        if let Some(bound) = limits.max.as_ref().or(limits.min.as_ref()).filter(|_| min > max) {
            report.add(
                Diagnostic::new(bound.span, "no number is within these bounds")
                    .label(format!("from {min} to {max}"))
                    .help("`min` must not be more than `max`"),
            );
        } else if let Some(default) = resolved.default.as_ref().and_then(Value::as_i64)
            && let Some(bound) = broken(default, limits)
        {
            report.add(
                Diagnostic::new(bound.span, format!("the default of this type, {default}, is not within these bounds"))
                    .label("leaves it out")
                    .help("give it a `default` of its own, or correct the bounds"),
            );
        }
    }
    if let Some(clear) = &limits.clear {
        if !matches!(resolved.of, Type::Text | Type::Email) {
            report.add(
                Diagnostic::new(clear.span, "only a text can be cleared by a sign")
                    .label("this type is no text")
                    .help("take `clear` out"),
            );
        }
        resolved.clear = Some(clear.value.clone());
    }
}

/// The bound that a number breaks.
fn broken(number: i64, limits: &Limits) -> Option<&Spanned<i64>> {
    let min = limits.min.as_ref().filter(|min| number < min.value);
    min.or(limits.max.as_ref().filter(|max| number > max.value))
}

fn default_of(default: &Node, resolved: &Resolved, report: &mut Report) -> Value {
    example::Check::default(report).value(default, &resolved.of);
    default.json()
}

fn separator(join: &Text, item: &Type, report: &mut Report) -> Option<char> {
    if !matches!(item, Type::Text | Type::Email) {
        report.add(
            Diagnostic::new(join.span, "only texts can be joined into one text")
                .label("the items are no texts")
                .help("take `join` out, or make the items `string` or `email`"),
        );
    }
    let mut characters = join.value.chars();
    let (Some(separator), None) = (characters.next(), characters.next()) else {
        report.add(
            Diagnostic::new(join.span, "items are joined by exactly one character")
                .label(format!("these are {}", join.value.chars().count()))
                .help("such as `join: \",\"`"),
        );
        return None;
    };
    Some(separator)
}
