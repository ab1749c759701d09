//! The check of a definition: its code compiles, and every name that it uses exists.
//!
//! It runs while the API's server is built, and again when a sandbox starts. A definition that passes does not fail
//! later for a name.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use indexmap::IndexMap;
use serde_path_to_error::Segment;

use crate::definition::Definition;
use crate::definition::collection::{Collection, Shown, View};
use crate::definition::data::{Behaviour, Check, List, Method, MethodReply};
use crate::definition::operation::Operation;
use crate::expression::{Code, Expression, Template};
use crate::value::{entries, items};

/// A mistake in a definition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// The collection, operation or section that has it; empty if it is in none.
    pub place: String,
    /// The expression or template that has it, as it is written.
    pub code: Option<String>,
    /// A clause that says what is wrong.
    pub problem: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, code, problem } = self;
        write!(f, "{place}: {problem}")?;
        code.as_ref().map_or(Ok(()), |code| write!(f, ", in `{}`", code.trim()))
    }
}

/// Reads a definition. The error lists everything that is wrong with it.
pub(crate) fn read_definition(json: &str) -> Result<Definition, Vec<Mistake>> {
    let malformed = |place: &str, problem: &serde_json::Error| {
        vec![Mistake { place: place.to_owned(), code: None, problem: problem.to_string() }]
    };
    let json: serde_json::Value = serde_json::from_str(json).map_err(|error| malformed("the definition", &error))?;
    let definition: Definition = serde_path_to_error::deserialize(json).map_err(|error| {
        let keys = error.path().iter().filter_map(|segment| match segment {
            Segment::Map { key } => Some(key.as_str()),
            _ => None,
        });
        let place = match *keys.collect::<Vec<_>>() {
            ["data", "collections" | "operations", name, ..] => name,
            ["data", section, ..] | [section, ..] => section,
            [] => "the definition",
        };
        malformed(place, error.inner())
    })?;
    let fields = known_fields(&definition);
    let mut checker = Checker { definition: &definition, fields, place: "", found: Vec::new() };
    checker.sections();
    checker.collections();
    checker.operations();
    if checker.found.is_empty() { Ok(definition) } else { Err(checker.found) }
}

struct Checker<'a> {
    definition: &'a Definition,
    /// The fields that a record of each collection may have.
    fields: HashMap<&'a str, BTreeSet<String>>,
    place: &'a str,
    found: Vec<Mistake>,
}

/// The names that code can use.
#[derive(Clone, Copy, Default)]
struct Names<'a> {
    /// The collection of the record at hand; empty if there is no record.
    own: &'a str,
    /// The collection of `this`.
    this: &'a str,
    /// The operation whose arguments `args` has.
    operation: Option<&'a Operation>,
    words: &'a [&'a str],
}

impl<'a> Names<'a> {
    fn words(words: &'a [&'a str]) -> Self {
        Self { words, ..Self::default() }
    }

    /// The names in a condition on records of another collection.
    fn other(self, collection: &'a str) -> Self {
        Self { own: collection, this: self.own, ..self }
    }
}

/// A part of a definition that has code.
trait HasCode {
    fn code(&self) -> Vec<&Code>;
}

impl HasCode for Expression {
    fn code(&self) -> Vec<&Code> {
        vec![&self.code]
    }
}

impl HasCode for Template {
    fn code(&self) -> Vec<&Code> {
        Self::code(self)
    }
}

impl HasCode for Shown {
    fn code(&self) -> Vec<&Code> {
        self.0.values().flat_map(Template::code).collect()
    }
}

impl<'a> Checker<'a> {
    fn note(&mut self, code: Option<&Code>, problem: impl Into<String>) {
        let code = code.map(|code| code.text.clone());
        self.found.push(Mistake { place: self.place.to_owned(), code, problem: problem.into() });
    }

    fn sections(&mut self) {
        let Definition { data, rate_limit, .. } = self.definition;
        self.place = "rate";
        let known: Vec<_> = rate_limit.limit.iter().chain(&rate_limit.remaining).chain(&rate_limit.reset).collect();
        for name in data.rate.limit.iter().chain(&data.rate.remaining).chain(&data.rate.retry_after) {
            if !known.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                self.note(None, format!("the client does not read the header `{name}`"));
            }
        }
        self.place = "errors";
        let errors = &data.errors;
        self.code(Names::words(&["status", "reason", "message"]), [&errors.body]);
        self.code(Names::words(&["problem"]), [&errors.bad_request]);
        self.code(Names::default(), [&errors.unauthorized, &errors.gated, &errors.unknown_path, &errors.not_found]);
        self.code(Names::default(), [&errors.ambiguous, &errors.too_large, &errors.long_url]);
        self.code(Names::default(), [&errors.rate_limited, &errors.full]);
        self.place = "attachment";
        self.code(Names::words(&["file"]), &data.attachment);
    }

    fn collections(&mut self) {
        for (name, collection) in &self.definition.data.collections {
            self.place = name;
            self.collection(name, collection);
        }
    }

    fn collection(&mut self, name: &'a str, collection: &'a Collection) {
        let names = Names { own: name, this: name, ..Names::default() };
        for relation in collection.relations.values() {
            self.exists(&relation.collection);
            relation.on.keys().for_each(|field| self.path(None, &relation.collection, field));
            self.code(names, relation.on.values());
            self.code(names.other(&relation.collection), &relation.filter);
        }
        self.code(Names { words: &["ordinal"], ..names }, collection.defaults.values());
        self.code(names, collection.derived.values());
        for rule in &collection.rules {
            self.code(names, [&rule.when]);
            self.code(names, rule.set.values());
        }
        for (view, shown) in &collection.views {
            match shown {
                View::Value(Template::List(_)) => self.note(None, format!("the view `{view}` has a malformed field")),
                View::Value(value) => self.code(names, [value]),
                View::Fields(fields) => self.code(names, fields),
            }
        }
        for generate in &collection.generate {
            let words = generate.set.keys().chain(generate.words.keys()).chain(collection.words.keys());
            let words: Vec<_> = words.map(String::as_str).chain(["n"]).collect();
            let lists = generate.words.values().chain(collection.words.values()).flatten();
            self.code(Names::words(&words), generate.set.values().chain(lists).chain(generate.record.values()));
        }
    }

    fn operations(&mut self) {
        let behaviours = &self.definition.data.operations;
        for (key, behaviour) in behaviours {
            self.place = key;
            // An operation without a behaviour, such as one that was just added, fails like an unknown path.
            match self.definition.operations.iter().find(|operation| operation.key() == *key) {
                Some(operation) => self.behaviour(operation, behaviour),
                None => self.note(None, "there is no such operation"),
            }
        }
    }

    fn behaviour(&mut self, operation: &'a Operation, behaviour: &'a Behaviour) {
        let names = |own| Names { own, this: own, operation: Some(operation), words: &[] };
        match behaviour {
            Behaviour::Say(_) => {}
            Behaviour::List(list) => self.list(names(&list.collection), list),
            Behaviour::Create(method) => self.method(names(&method.collection), method),
            Behaviour::Get(method) | Behaviour::Update(method) | Behaviour::Delete(method) => {
                if method.by.is_empty() {
                    self.note(None, "`by` is missing");
                }
                if matches!(behaviour, Behaviour::Get(_)) && !(method.set.is_empty() && method.also.is_empty()) {
                    self.note(None, "`get` changes nothing: `set` and `also` do not belong here");
                }
                self.method(names(&method.collection), method);
            }
        }
    }

    fn list(&mut self, names: Names<'a>, list: &'a List) {
        self.view(names, &list.view);
        self.checks(names, &list.needs);
        self.code(names, &list.filters);
        self.code(names, list.counts.values());
        if let Some(search) = &list.search {
            self.argument(names, None, &search.argument);
            self.code(names, search.places.values().flatten().chain(&search.others));
        }
        if let Some(sort) = &list.sort {
            sort.by.iter().chain(&sort.order).for_each(|argument| self.argument(names, None, argument));
            let words: &[_] = if list.search.is_some() { &["score"] } else { &[] };
            self.code(Names { words, ..names }, sort.fields.values());
            if !sort.fields.contains_key(&sort.default) {
                self.note(None, format!("the default order `{}` is not among `fields`", sort.default));
            }
        }
        let page = list.page.iter().flat_map(|page| page.size.iter().chain([&page.offset]));
        let arguments = page.chain(list.with.keys()).chain(list.flat.keys());
        arguments.for_each(|argument| self.argument(names, None, argument));
        self.code(names, list.with.values().flatten());
    }

    fn method(&mut self, names: Names<'a>, method: &'a Method) {
        match &method.reply {
            MethodReply::View(view) => self.view(names, view),
            MethodReply::Body(body) => self.code(names, [body]),
        }
        self.code(names, &method.by);
        for Expression { code, .. } in &method.by {
            if code.problems.is_empty() && !code.variables.iter().any(|name| name.starts_with("args.")) {
                self.note(Some(code), "`by` must read an argument");
            }
        }
        self.code(names, method.missing.iter().chain(method.set.values()));
        method.store.keys().for_each(|argument| self.argument(names, None, argument));
        self.checks(names, &method.needs);
        self.checks(names, &method.refuses);
        for effect in &method.also {
            self.exists(&effect.collection);
            let names = Names { words: &["old"], ..names.other(&effect.collection) };
            self.code(names, [&effect.filter]);
            self.code(names, effect.set.values().chain(effect.create.iter().flat_map(|create| create.values())));
        }
    }

    fn checks(&mut self, names: Names<'a>, checks: &'a [Check]) {
        for check in checks {
            self.exists(&check.collection);
            self.code(names.other(&check.collection), [&check.filter]);
            self.code(names, &check.when);
            self.code(names, [&check.message]);
        }
    }

    fn code<T: HasCode + 'a>(&mut self, names: Names<'_>, parts: impl IntoIterator<Item = &'a T>) {
        for code in parts.into_iter().flat_map(HasCode::code) {
            code.problems.iter().for_each(|problem| self.note(Some(code), problem));
            for variable in &code.variables {
                let (first, rest) = variable.split_once('.').unwrap_or((variable, ""));
                match first {
                    "now" | "today" => {}
                    _ if names.words.contains(&first) => {}
                    "args" if names.operation.is_some() => {
                        self.argument(names, Some(code), rest.split('.').next().unwrap_or_default());
                    }
                    "this" if rest.is_empty() => {}
                    "this" => self.path(Some(code), names.this, rest),
                    _ if names.own.is_empty() => self.note(Some(code), format!("there is no `{first}` here")),
                    _ => self.path(Some(code), names.own, variable),
                }
            }
        }
    }

    fn argument(&mut self, names: Names<'_>, code: Option<&Code>, argument: &str) {
        if !names.operation.is_some_and(|operation| operation.params.iter().any(|param| param.argument == argument)) {
            self.note(code, format!("there is no argument `{argument}`"));
        }
    }

    fn view(&mut self, names: Names<'_>, view: &str) {
        self.exists(names.own);
        if self.definition.data.collections.get(names.own).is_some_and(|own| !own.views.contains_key(view)) {
            self.note(None, format!("`{}` has no view `{view}`", names.own));
        }
    }

    fn exists(&mut self, collection: &str) {
        if !self.definition.data.collections.contains_key(collection) {
            self.note(None, format!("there is no collection `{collection}`"));
        }
    }

    /// Checks a field, or a field of the records that a relation finds, and so on. A stored value may have any key.
    fn path(&mut self, code: Option<&Code>, collection: &str, path: &str) {
        let mut collection = collection;
        for name in path.split('.') {
            let Some(own) = self.definition.data.collections.get(collection) else { return };
            if !self.fields.get(collection).is_some_and(|fields| fields.contains(name)) {
                return self.note(code, format!("`{collection}` has no field `{name}`"));
            }
            let Some(relation) = own.relations.get(name) else { return };
            collection = &relation.collection;
        }
    }
}

/// The fields that the records of each collection may have: declared, written in seed data, or stored by an operation.
fn known_fields(definition: &Definition) -> HashMap<&str, BTreeSet<String>> {
    let mut fields: HashMap<&str, BTreeSet<String>> = HashMap::new();
    for (name, collection) in &definition.data.collections {
        let declared = collection.number.iter().chain(&collection.attachments).chain(collection.relations.keys());
        let declared = declared.chain(collection.defaults.keys()).chain(collection.derived.keys());
        let written = collection.rules.iter().flat_map(|rule| rule.set.keys());
        let written = written.chain(collection.records.iter().flat_map(|record| record.keys()));
        let written = written.chain(collection.generate.iter().flat_map(|generate| generate.record.keys()));
        fields.entry(name).or_default().extend(declared.chain(written).cloned());
        // A list under a relation's name holds records of the other collection.
        for (field, relation) in &collection.relations {
            let nested = collection.records.iter().filter_map(|record| record.get(field)).flat_map(items);
            let nested = nested.filter_map(|record| entries(&record)).flat_map(IndexMap::into_keys);
            fields.entry(&relation.collection).or_default().extend(nested);
        }
    }
    for operation in &definition.operations {
        let behaviour = definition.data.operations.get(&operation.key());
        let Some(Behaviour::Create(method) | Behaviour::Update(method)) = behaviour else {
            continue;
        };
        let stored = operation.params.iter().filter_map(|param| method.stored_as(param));
        let stored = stored.chain(method.set.keys().map(String::as_str)).map(str::to_owned);
        fields.entry(&method.collection).or_default().extend(stored);
        for effect in &method.also {
            let created = effect.create.iter().flat_map(|create| create.keys());
            fields.entry(&effect.collection).or_default().extend(effect.set.keys().chain(created).cloned());
        }
    }
    fields
}
