//! The check of a definition: its code compiles, and every name that it uses exists.
//!
//! It runs while the API's server is built, and again when a sandbox starts. A definition that passes does not fail
//! later for a name.

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use serde_path_to_error::Segment;

use crate::definition::collection::{Collection, Shown, View};
use crate::definition::data::{Answer, Behaviour, Change, Check, List, Sort};
use crate::definition::{Definition, Operation, Place};
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
pub(crate) fn read(json: &str) -> Result<Definition, Vec<Mistake>> {
    let definition: Result<Definition, _> = serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(json));
    let definition = definition.map_err(|error| {
        let keys = error.path().iter().filter_map(|segment| match segment {
            Segment::Map { key } => Some(key.as_str()),
            _ => None,
        });
        // Past the first two keys, `data` and its section, comes the name of a collection or an operation.
        let keys: Vec<_> = keys.take(3).collect();
        let place = keys.last().map(|key| (*key).to_owned()).unwrap_or_default();
        vec![Mistake { place, code: None, problem: error.into_inner().to_string() }]
    })?;
    let mut checker = Checker { definition: &definition, fields: known_fields(&definition), place: "", found: Vec::new() };
    checker.sections();
    for (name, collection) in &definition.data.collections {
        checker.place = name;
        checker.collection(name, collection);
    }
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
    /// The names in a condition on records of another collection.
    fn other(self, collection: &'a str) -> Self {
        Self { own: collection, this: self.own, ..self }
    }
}

impl<'a> Checker<'a> {
    fn note(&mut self, code: Option<&Code>, problem: impl Into<String>) {
        let code = code.map(|code| code.text.clone());
        self.found.push(Mistake { place: self.place.to_owned(), code, problem: problem.into() });
    }

    fn sections(&mut self) {
        let data = &self.definition.data;
        self.place = "rate";
        for name in data.rate.limit.iter().chain(&data.rate.remaining).chain(&data.rate.retry_after) {
            if !self.definition.rate_limit.contains(name) {
                self.note(None, format!("the client does not read the header `{name}`"));
            }
        }
        self.place = "errors";
        let errors = &data.errors;
        self.template(Names { words: &["status", "reason", "message"], ..Names::default() }, &errors.body);
        self.template(Names { words: &["problem"], ..Names::default() }, &errors.bad_request);
        for text in [&errors.unauthorized, &errors.gated, &errors.unknown_path, &errors.not_found, &errors.ambiguous]
            .into_iter()
            .chain([&errors.too_large, &errors.long_url, &errors.rate_limited, &errors.full])
        {
            self.template(Names::default(), text);
        }
        self.place = "attachment";
        data.attachment.iter().for_each(|text| self.template(Names { words: &["file"], ..Names::default() }, text));
    }

    fn collection(&mut self, name: &'a str, collection: &'a Collection) {
        let names = Names { own: name, this: name, ..Names::default() };
        for relation in collection.relations.values() {
            self.known(&relation.collection);
            for (field, expression) in &relation.on {
                self.path(None, &relation.collection, field);
                self.code(names, &expression.code);
            }
            self.expressions(names.other(&relation.collection), &relation.filter);
        }
        self.templates(Names { words: &["ordinal"], ..names }, collection.defaults.values());
        self.templates(names, collection.derived.values());
        for rule in &collection.rules {
            self.code(names, &rule.when.code);
            self.templates(names, rule.set.values());
        }
        for view in collection.views.values() {
            match view {
                View::Value(value) => self.template(names, value),
                View::Fields(fields) => self.shown(names, fields),
            }
        }
        for generate in &collection.generate {
            let words = generate.walk.keys().chain(generate.words.keys()).chain(collection.words.keys());
            let words: Vec<_> = words.map(String::as_str).collect();
            let names = Names { words: &words, ..Names::default() };
            self.templates(names, generate.words.values().chain(collection.words.values()).flatten());
            self.templates(names, generate.record.values());
        }
    }

    fn operations(&mut self) {
        let behaviours = &self.definition.data.operations;
        for (key, behaviour) in behaviours {
            self.place = key;
            if !self.definition.operations.iter().any(|operation| operation.key() == *key) {
                self.note(None, "there is no such operation");
            }
            if let Behaviour::SameAs(same) = behaviour
                && !behaviours.get(&same.operation).is_some_and(|other| !matches!(other, Behaviour::SameAs(_)))
            {
                self.note(None, format!("`{}` has no behaviour of its own", same.operation));
            }
        }
        // An operation without a behaviour, such as one that was just added, is answered like an unknown path.
        for operation in &self.definition.operations {
            if let (Some((key, _)), Some(behaviour)) =
                (behaviours.get_key_value(&operation.key()), self.definition.behaviour(operation))
            {
                self.place = key;
                self.behaviour(operation, behaviour);
            }
        }
    }

    fn behaviour(&mut self, operation: &'a Operation, behaviour: &'a Behaviour) {
        let names = |own| Names { own, this: own, operation: Some(operation), words: &[] };
        match behaviour {
            Behaviour::Say(_) | Behaviour::SameAs(_) => {}
            Behaviour::List(list) => self.list(names(&list.collection), list),
            Behaviour::Get(get) => {
                let names = names(&get.collection);
                self.by(names, &get.by);
                self.templates(names, &get.missing);
                self.view(names, &get.view);
            }
            Behaviour::Create(change) => self.change(names(&change.collection), change),
            Behaviour::Update(change) | Behaviour::Delete(change) => {
                self.by(names(&change.collection), &change.by);
                self.change(names(&change.collection), change);
            }
        }
    }

    fn by(&mut self, names: Names<'_>, by: &'a [Expression]) {
        if by.is_empty() {
            self.note(None, "`by` is missing");
        }
        for expression in by {
            self.code(names, &expression.code);
            if expression.code.problems.is_empty() && !expression.code.variables.iter().any(|name| name.starts_with("args.")) {
                self.note(Some(&expression.code), "`by` must read an argument");
            }
        }
    }

    fn list(&mut self, names: Names<'a>, list: &'a List) {
        self.checks(names, &list.needs);
        self.expressions(names, &list.filters);
        self.expressions(names, list.counts.values());
        let scored: &[_] = if list.search.is_some() { &["score"] } else { &[] };
        if let Some(search) = &list.search {
            self.argument(names, None, &search.argument);
            self.expressions(names, search.places.values().flatten());
            self.expressions(names, &search.others);
        }
        if let Some(Sort { by, fields, default, order, .. }) = &list.sort {
            by.iter().chain(order).for_each(|argument| self.argument(names, None, argument));
            self.expressions(Names { words: scored, ..names }, fields.values());
            if !fields.contains_key(default) {
                self.note(None, format!("the default order `{default}` is not among `fields`"));
            }
        }
        let page = list.page.iter().flat_map(|page| page.size.iter().chain([&page.offset]));
        let arguments = page.chain(list.with.keys()).chain(list.flat.iter().map(|flat| &flat.argument));
        arguments.for_each(|argument| self.argument(names, None, argument));
        list.with.values().for_each(|fields| self.shown(names, fields));
        self.view(names, &list.view);
    }

    fn change(&mut self, names: Names<'a>, change: &'a Change) {
        self.templates(names, &change.missing);
        change.store.keys().for_each(|argument| self.argument(names, None, argument));
        self.templates(names, change.set.values());
        self.checks(names, &change.needs);
        self.checks(names, &change.refuses);
        for effect in &change.also {
            self.known(&effect.collection);
            let names = Names { words: &["old"], ..names.other(&effect.collection) };
            self.code(names, &effect.filter.code);
            self.templates(names, effect.set.values().chain(effect.create.iter().flat_map(|create| create.values())));
        }
        match &change.reply {
            Answer::View(view) => self.view(names, view),
            Answer::Body(body) => self.template(names, body),
        }
    }

    fn checks(&mut self, names: Names<'a>, checks: &'a [Check]) {
        for check in checks {
            self.known(&check.collection);
            self.code(names.other(&check.collection), &check.filter.code);
            self.expressions(names, &check.when);
            self.template(names, &check.message);
        }
    }

    fn shown(&mut self, names: Names<'_>, fields: &'a [Shown]) {
        self.templates(names, fields.iter().map(|field| &field.value));
    }

    fn templates(&mut self, names: Names<'_>, templates: impl IntoIterator<Item = &'a Template>) {
        templates.into_iter().for_each(|template| self.template(names, template));
    }

    fn template(&mut self, names: Names<'_>, template: &Template) {
        template.code().into_iter().for_each(|code| self.code(names, code));
    }

    fn expressions(&mut self, names: Names<'_>, expressions: impl IntoIterator<Item = &'a Expression>) {
        expressions.into_iter().for_each(|expression| self.code(names, &expression.code));
    }

    fn code(&mut self, names: Names<'_>, code: &Code) {
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

    fn argument(&mut self, names: Names<'_>, code: Option<&Code>, argument: &str) {
        if !names.operation.is_some_and(|operation| operation.params.iter().any(|param| param.argument == argument)) {
            self.note(code, format!("there is no argument `{argument}`"));
        }
    }

    fn view(&mut self, names: Names<'_>, view: &str) {
        match self.definition.data.collections.get(names.own) {
            Some(own) if !own.views.contains_key(view) => {
                self.note(None, format!("`{}` has no view `{view}`", names.own));
            }
            _ => self.known(names.own),
        }
    }

    fn known(&mut self, collection: &str) {
        if !self.definition.data.collections.contains_key(collection) {
            self.note(None, format!("there is no collection `{collection}`"));
        }
    }

    /// A field, or a field of the records that a relation finds, and so on. Inside a stored value, any key may exist.
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
            let nested = nested.filter_map(|record| entries(&record)).flat_map(|record| record.into_keys());
            fields.entry(&relation.collection).or_default().extend(nested);
        }
    }
    for operation in &definition.operations {
        let Some(Behaviour::Create(change) | Behaviour::Update(change)) = definition.behaviour(operation) else {
            continue;
        };
        let stored = operation.params.iter().filter_map(|param| match change.store.get(&param.argument) {
            Some(renamed) => renamed.as_ref(),
            None => (param.place == Place::Json).then_some(&param.name),
        });
        fields.entry(&change.collection).or_default().extend(change.set.keys().chain(stored).cloned());
        for effect in &change.also {
            let created = effect.create.iter().flat_map(|create| create.keys());
            fields.entry(&effect.collection).or_default().extend(effect.set.keys().chain(created).cloned());
        }
    }
    fields
}
