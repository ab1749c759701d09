//! Named types. They are resolved on demand, so their order in the file does not matter.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use super::name::NameTable;
use super::resolved::{Resolved, default_of, narrow};
use super::size::Size;
use super::{choice, empty, lenient, name, rules};
use crate::diagnostic::{Diagnostic, Report, Span, suggestion};
use crate::identifier;
use crate::model::{Field, Label, NamedType, Place, Record, Type};
use crate::spec::{FieldSpec, Text, TypeDecl, TypeExpr, TypeKind};
use crate::yaml::Key;

/// The built-in types.
const BUILT_IN: &[&str] =
    &["string", "name", "email", "integer", "number", "boolean", "flag", "timestamp", "date", "object"];

/// The progress of resolving a declaration.
enum State {
    Unresolved,
    InProgress,
    Done(Option<Box<Resolved>>),
}

/// Maximum number of types that refer to each other in a chain.
const MAX_CHAIN: usize = 64;

/// All named types.
pub(super) struct Types<'a> {
    declared: &'a [(Key, TypeDecl)],
    places: HashMap<&'a str, usize>,
    states: Vec<State>,
    used: Vec<bool>,
    /// The types whose values replies show.
    kinds: HashSet<&'a str>,
    /// True for the types whose labels results show.
    shown: Vec<bool>,
    /// Number of declarations that are being resolved.
    depth: usize,
    /// True if a type name is unknown. A type that seems unused may then be the one that was meant.
    misspelled: bool,
}

impl<'a> Types<'a> {
    /// Resolves everything that is declared.
    pub(super) fn new(declared: &'a [(Key, TypeDecl)], kinds: HashSet<&'a str>, report: &mut Report) -> Self {
        let states = declared.iter().map(|_| State::Unresolved).collect();
        let places = declared.iter().enumerate().map(|(index, (key, _))| (key.text.as_str(), index)).collect();
        let (used, shown) = (vec![false; declared.len()], vec![false; declared.len()]);
        let mut types = Self { declared, places, states, used, kinds, shown, depth: 0, misspelled: false };
        let mut names = NameTable::default();
        for (index, (key, _)) in declared.iter().enumerate() {
            name::check_identifier("a type", &key.text, key.span, report);
            names.claim("types", &key.text, identifier::named(&key.text), key.span, report);
            if BUILT_IN.contains(&key.text.as_str()) {
                report.add(
                    Diagnostic::new(key.span, format!("`{}` is a built-in type", key.text))
                        .label("cannot be redeclared")
                        .help("choose another name"),
                );
            }
            types.declaration(index, key.span, report);
        }
        types
    }

    /// Returns the types that become Rust types: those that arguments use.
    pub(super) fn named(&self) -> Vec<NamedType> {
        let done = self.states.iter().zip(&self.used).filter_map(|(state, used)| match state {
            State::Done(Some(resolved)) => used.then_some(&resolved.ty),
            State::Unresolved | State::InProgress | State::Done(None) => None,
        });
        let mut named: Vec<NamedType> = Vec::new();
        let mut listed = HashSet::new();
        for ty in done {
            let (name, named_type) = match ty {
                Type::Choice(choice) => (&choice.name, NamedType::Choice(choice.clone())),
                Type::Record(record) => (&record.name, NamedType::Record(record.clone())),
                _ => continue,
            };
            // An alias resolves to its target, which has its own declaration.
            if listed.insert(name) {
                named.push(named_type);
            }
        }
        named
    }

    /// Reports unused types, unless a use may have misspelled one.
    pub(super) fn report_unused(&self, report: &mut Report) {
        if self.misspelled {
            return;
        }
        let used = self.used.iter().zip(&self.shown).map(|(used, shown)| *used || *shown);
        for ((key, _), _) in self.declared.iter().zip(used).filter(|(_, used)| !used) {
            report.add(
                Diagnostic::new(key.span, format!("the type `{}` is never used", key.text))
                    .label("unused")
                    .help("use it, or remove it"),
            );
        }
    }

    /// Resolves the type whose labels a field of results shows. Returns `None` only if it was reported.
    pub(super) fn labels(&mut self, name: &Text, report: &mut Report) -> Option<Vec<(String, Label)>> {
        let place = self.places.get(name.value.as_str()).copied();
        let used = place.and_then(|index| self.used.get(index).copied());
        let resolved = self.name(name, report)?;
        if let Some(index) = place {
            // Only an argument makes a Rust type of it.
            *self.used.get_mut(index)? = used?;
            *self.shown.get_mut(index)? = true;
        }
        choice::labels(&resolved.ty).or_else(|| {
            report.add(
                Diagnostic::new(name.span, format!("the type `{}` has no codes", name.value))
                    .label("no labels for a result")
                    .help("name a type with `codes`, or `flag` for the numbers 1 and 0"),
            );
            None
        })
    }

    /// Resolves an argument or a field of an object. Returns `None` only if its type was reported.
    pub(super) fn field(&mut self, field: &FieldSpec, place: Place, report: &mut Report) -> Option<Field> {
        self.sized_field(field, place, report).map(|(field, _)| field)
    }

    fn sized_field(&mut self, field: &FieldSpec, place: Place, report: &mut Report) -> Option<(Field, Size)> {
        name::check_argument(&field.name, report);
        let mut resolved = self.expression(field.ty.as_ref()?, report)?;
        let required = field.required.unwrap_or_default();
        // A default of its own replaces that of its type; a required argument has no default.
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
                    Diagnostic::new(default.span, format!("`{}` is required but has a default", field.name.text))
                        .label("never used")
                        .help("remove the default, or remove `required` if the API accepts calls without the argument"),
                );
            }
        }
        if !field.also.is_empty() {
            resolved.also = lenient::synonyms(&field.also, report);
        }
        resolved.also.retain(|synonym| *synonym != field.name.text || !field.also.is_empty());
        empty::check_required(field, report);
        let size = resolved.size;
        let field = Field {
            empty: empty::meaning(&resolved.ty, required, resolved.marks.clear.is_some(), resolved.empty, place),
            alternative: false,
            argument: field.name.text.clone(),
            also: resolved.also,
            wire: field.wire.as_ref().map_or_else(|| field.name.text.clone(), |wire| wire.value.clone()),
            ty: resolved.ty,
            about: resolved.about,
            required,
            default: resolved.default,
            clear: resolved.marks.clear,
            prefix: resolved.marks.prefix,
            kind: resolved.kind,
        };
        Some((field, size))
    }

    /// Reports a type whose values cannot be told apart in replies: one that does not exist, or that is not a text.
    pub(super) fn check_kind(&mut self, kind: &Text, report: &mut Report) {
        let Some(resolved) = self.lookup(kind, report) else { return };
        if resolved.kind.is_none() {
            report.add(
                Diagnostic::new(kind.span, format!("`{}` is a built-in type", kind.value))
                    .label("says nothing about the meaning of a value")
                    .help("declare a type under `types`, and use it for the arguments that take these values"),
            );
        } else if !matches!(resolved.ty, Type::Text | Type::Name | Type::Email) {
            report.add(
                Diagnostic::new(kind.span, format!("the values of `{}` are not names", kind.value))
                    .label("not a text")
                    .help("only values of the types `string`, `name` and `email` are learnt from replies"),
            );
        }
    }

    fn expression(&mut self, expression: &TypeExpr, report: &mut Report) -> Option<Resolved> {
        match expression {
            TypeExpr::Name(name) => self.name(name, report),
            TypeExpr::List(item) => {
                let resolved = self.expression(item, report)?;
                let size = resolved.size.within(Size::LIST, item.span(), report)?;
                let kind = resolved.kind.clone();
                Some(Resolved { kind, size, ..Type::List(Box::new(resolved.item()), None).into() })
            }
        }
    }

    /// Resolves a name that an argument uses.
    fn name(&mut self, name: &Text, report: &mut Report) -> Option<Resolved> {
        if let Some(used) = self.places.get(name.value.as_str()).and_then(|index| self.used.get_mut(*index)) {
            *used = true;
        }
        self.lookup(name, report)
    }

    fn lookup(&mut self, name: &Text, report: &mut Report) -> Option<Resolved> {
        let Some(index) = self.places.get(name.value.as_str()).copied() else {
            if let Some(ty) = built_in(&name.value) {
                return Some(ty.into());
            }
            self.misspelled = true;
            let declared = self.declared.iter().map(|(key, _)| key.text.as_str());
            let known: Vec<_> = BUILT_IN.iter().copied().chain(declared).collect();
            report.add(
                Diagnostic::new(name.span, format!("unknown type `{}`", name.value))
                    .label("not declared")
                    .help(suggestion(&name.value, &known)),
            );
            return None;
        };
        self.declaration(index, name.span, report)
    }

    /// Resolves a declaration once. `from` is the place of its use.
    fn declaration(&mut self, index: usize, from: Span, report: &mut Report) -> Option<Resolved> {
        let (key, declared) = self.declared.get(index)?;
        match self.states.get(index)? {
            State::Done(resolved) => return resolved.as_deref().cloned(),
            State::InProgress => {
                report.add(
                    Diagnostic::new(from, format!("the type `{}` contains itself", key.text))
                        .label("refers back to it")
                        .help("use the type `object`, which accepts any keys, where the nesting is unlimited"),
                );
                return None;
            }
            State::Unresolved if self.depth == MAX_CHAIN => {
                report.add(
                    Diagnostic::new(from, "this chain of types is too long")
                        .label(format!("the last of {MAX_CHAIN} types"))
                        .help("refer to the final type directly"),
                );
                return None;
            }
            State::Unresolved => {}
        }
        self.set(index, State::InProgress);
        self.depth += 1;
        let resolved = declared.kind.as_ref().and_then(|kind| self.kind(key, declared, kind, report));
        let resolved = resolved.map(|mut resolved| {
            if let Some(about) = &declared.about {
                resolved.about = Some(about.value.clone());
            }
            if !declared.also.is_empty() {
                resolved.also = lenient::synonyms(&declared.also, report);
            }
            if self.kinds.contains(key.text.as_str()) {
                resolved.kind = Some(key.text.clone());
            }
            if let Some(default) = &declared.default {
                resolved.default = Some(default_of(default, &resolved, report));
            }
            resolved
        });
        self.depth -= 1;
        self.set(index, State::Done(resolved.clone().map(Box::new)));
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
            TypeKind::Alias { target, limits } => {
                let mut resolved = self.expression(target, report)?;
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
            TypeKind::List { item: expression, join } => {
                let item = self.expression(expression, report)?;
                let separator = join.as_ref().and_then(|join| separator(join, &item.ty, report));
                let size = item.size.within(Size::LIST, expression.span(), report)?;
                let kind = item.kind.clone();
                Some(Resolved { kind, size, ..Type::List(Box::new(item.item()), separator).into() })
            }
            TypeKind::Object { fields, at_least_one, text, brief } => {
                let (fields, size) = self.record(key, fields, report)?;
                let at_least_one = rules::fields_of_object(at_least_one, &fields, report);
                let text = text.as_ref().and_then(|text| lenient::text_field(text, &fields, report));
                let record = Record { name: key.text.clone(), about, fields, at_least_one, text, brief: *brief };
                Some(Resolved { size, ..Type::Record(Rc::new(record)).into() })
            }
        }
    }

    /// Resolves the fields of an object and their size. Returns `None` if something was reported.
    fn record(&mut self, key: &Key, declared: &[FieldSpec], report: &mut Report) -> Option<(Vec<Field>, Size)> {
        if declared.is_empty() {
            report.add(
                Diagnostic::new(key.span, format!("the type `{}` has no fields", key.text))
                    .label("callers could give no value")
                    .help("declare a field, or use the built-in type `object`, which accepts any keys"),
            );
            return None;
        }
        let (mut names, mut wires) = (NameTable::default(), HashMap::new());
        let (mut fields, mut size) = (Vec::new(), Size::default());
        for one in declared {
            let Some((field, field_size)) = self.sized_field(one, Place::Json, report) else { continue };
            names.claim("fields", &field.argument, identifier::field(&field.argument), one.name.span, report);
            if let Some(other) = wires.insert(field.wire.clone(), field.argument.clone()) {
                let message = format!("`{other}` and `{}` are both sent as `{}`", field.argument, field.wire);
                report.add(
                    Diagnostic::new(one.name.span, message)
                        .label("one would overwrite the other")
                        .help("correct the `wire` of one of them, or remove one"),
                );
            }
            size = size.beside(field_size);
            fields.push(field);
        }
        let spans = declared.iter().map(|one| one.name.span);
        lenient::check_synonyms(&fields.iter().zip(spans), &[], report);
        let size = size.within(Size::OBJECT, key.span, report)?;
        (fields.len() == declared.len()).then_some((fields, size))
    }
}

fn built_in(name: &str) -> Option<Type> {
    Some(match name {
        "string" => Type::Text,
        "name" => Type::Name,
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

fn separator(join: &Text, item: &Type, report: &mut Report) -> Option<char> {
    if !matches!(item, Type::Text | Type::Name | Type::Email) {
        report.add(
            Diagnostic::new(join.span, "only texts can be joined into one text")
                .label("the items are not texts")
                .help("remove `join`, or change the type of the items to `string`, `name` or `email`"),
        );
    }
    let mut characters = join.value.chars();
    let (Some(separator), None) = (characters.next(), characters.next()) else {
        report.add(
            Diagnostic::new(join.span, "a separator is exactly one character")
                .label(format!("this has {}", join.value.chars().count()))
                .help("for example `join: \",\"`"),
        );
        return None;
    };
    Some(separator)
}
