//! What the definition says, held against itself: every name that is used must be there.
//!
//! Runs once, at the start. A definition that passes does not fail later for a name.

use std::collections::{BTreeSet, HashMap};

use super::behaviour::{Answer, Behaviour, Change, Check, List};
use super::collection::{Collection, Shown, View};
use super::condition::Where;
use super::definition::{Definition, Operation, Ordered, Place};
use super::seed;
use super::template::{Part, Path, Source, Template};

/// Everything that is wrong, one sentence each; empty if nothing is.
pub(super) fn mistakes(definition: &Definition) -> Vec<String> {
    let mut checker = Checker { definition, fields: known_fields(definition), found: Vec::new() };
    checker.rate();
    for (name, collection) in definition.data.collections.iter() {
        checker.collection(name, collection);
    }
    checker.operations();
    checker.found
}

struct Checker<'a> {
    definition: &'a Definition,
    /// The fields that a record of each collection may come to have.
    fields: HashMap<&'a str, BTreeSet<&'a str>>,
    found: Vec<String>,
}

/// Where a template stands: the collection whose fields it sees, and the operation whose arguments it sees.
#[derive(Clone, Copy)]
struct Context<'a> {
    place: &'a str,
    collection: &'a str,
    operation: Option<&'a Operation>,
}

impl<'a> Checker<'a> {
    fn note(&mut self, place: &str, problem: &str) {
        self.found.push(format!("{place}: {problem}"));
    }

    fn rate(&mut self) {
        let rate = &self.definition.data.rate;
        for name in rate.limit.iter().chain(&rate.remaining).chain(&rate.retry_after) {
            if !self.definition.rate_limit.knows(name) {
                self.note("rate", &format!("the client does not read the header `{name}`"));
            }
        }
    }

    fn collection(&mut self, name: &'a str, collection: &'a Collection) {
        let context = Context { place: name, collection: name, operation: None };
        for (_, relation) in collection.relations.iter() {
            self.condition(context, &relation.collection, &relation.filter);
        }
        for (_, template) in collection.defaults.iter().chain(collection.derived.iter()) {
            self.template(context, template);
        }
        for rule in &collection.rules {
            self.condition(context, name, &rule.when);
            rule.set.iter().for_each(|(_, template)| self.template(context, template));
        }
        for (_, view) in collection.views.iter() {
            match view {
                View::Value(template) => self.template(context, template),
                View::Fields(fields) => self.shown(context, fields),
            }
        }
        for generate in &collection.generate {
            let mut unknown = Vec::new();
            let mut see = |part: Part<'_>| match part {
                Part::Source(Source::Near(path)) if !seed::knows(collection, generate, path) => {
                    unknown.push(path.first.clone());
                }
                _ => {}
            };
            generate.record.visit(&mut see);
            generate
                .words
                .iter()
                .chain(collection.words.iter())
                .flat_map(|(_, list)| list)
                .for_each(|word| word.visit(&mut see));
            for word in unknown {
                self.note(name, &format!("there is no list of words `{word}`"));
            }
            if !matches!(generate.record, Template::Object(_)) {
                self.note(name, "a generated `record` must be an object");
            }
        }
    }

    fn operations(&mut self) {
        let operations = &self.definition.data.operations;
        for operation in &self.definition.operations {
            // One that was only just added does nothing yet, and is answered like a path that is not there.
            if let Some(behaviour) = operations.get(&operation.key()) {
                self.behaviour(operation, behaviour, true);
            }
        }
        for key in operations.keys() {
            if !self.definition.operations.iter().any(|operation| operation.key() == key) {
                self.note(key, "there is no such operation");
            }
        }
    }

    fn behaviour(&mut self, operation: &'a Operation, behaviour: &'a Behaviour, follow: bool) {
        let place = operation.key();
        let context = |collection| Context { place: &place, collection, operation: Some(operation) };
        match behaviour {
            Behaviour::Say(_) => {}
            Behaviour::SameAs(same) => match self.definition.data.operations.get(&same.operation) {
                Some(behaviour) if follow && !matches!(behaviour, Behaviour::SameAs(_)) => {
                    self.behaviour(operation, behaviour, false);
                }
                _ => self.note(&place, &format!("there is no behaviour of its own at `{}`", same.operation)),
            },
            Behaviour::List(list) => self.list(context(&list.collection), list),
            Behaviour::Get(get) => {
                let context = context(&get.collection);
                get.by.iter().for_each(|by| self.condition(context, &get.collection, by));
                get.missing.iter().for_each(|template| self.template(context, template));
                self.view(context, &get.view);
            }
            Behaviour::Create(change) => self.change(context(&change.collection), change),
            Behaviour::Update(change) | Behaviour::Delete(change) => {
                if change.by.is_empty() {
                    self.note(&place, "`by` is missing");
                }
                self.change(context(&change.collection), change);
            }
        }
    }

    fn list(&mut self, context: Context<'_>, list: &'a List) {
        let own = &list.collection;
        self.checks(context, &list.needs);
        self.condition(context, own, &list.filter);
        for (argument, filter) in list.given.iter().chain(list.off.iter()) {
            self.argument(context, argument);
            self.condition(context, own, filter);
        }
        if let Some(filters) = &list.filters {
            self.argument(context, &filters.argument);
            filters.fields.iter().chain(filters.keyed.iter()).for_each(|(_, path)| self.path(context.place, own, path));
            filters.off.iter().for_each(|(_, filter)| self.condition(context, own, filter));
        }
        if let Some(search) = &list.search {
            self.argument(context, &search.argument);
            search.places.iter().flat_map(|(_, paths)| paths).for_each(|path| self.path(context.place, own, path));
        }
        if let Some(sort) = &list.sort {
            sort.by.iter().chain(&sort.order).for_each(|argument| self.argument(context, argument));
            sort.fields
                .iter()
                .filter_map(|(_, path)| path.as_ref())
                .for_each(|path| self.path(context.place, own, path));
            if sort.fields.get(&sort.default).is_none() {
                self.note(context.place, &format!("the default order `{}` is not among `fields`", sort.default));
            }
        }
        if let Some(page) = &list.page {
            page.size.iter().chain([&page.offset]).for_each(|argument| self.argument(context, argument));
        }
        for (argument, fields) in list.with.iter() {
            self.argument(context, argument);
            self.shown(context, fields);
        }
        if let Some(flat) = &list.flat {
            self.argument(context, &flat.argument);
        }
        list.counts.iter().for_each(|(_, filter)| self.condition(context, own, filter));
        self.view(context, &list.view);
    }

    fn change(&mut self, context: Context<'_>, change: &'a Change) {
        for by in &change.by {
            self.condition(context, &change.collection, by);
        }
        change.missing.iter().for_each(|template| self.template(context, template));
        change.store.keys().for_each(|argument| self.argument(context, argument));
        change.set.iter().for_each(|(_, template)| self.template(context, template));
        self.checks(context, &change.needs);
        self.checks(context, &change.refuses);
        for effect in &change.also {
            self.condition(context, &effect.collection, &effect.filter);
            let created = effect.create.iter().flat_map(Ordered::iter);
            effect.set.iter().chain(created).for_each(|(_, template)| self.template(context, template));
        }
        match &change.reply {
            Answer::View(view) => self.view(context, view),
            Answer::Body(body) => self.template(context, body),
        }
    }

    fn checks(&mut self, context: Context<'_>, checks: &[Check]) {
        for check in checks {
            self.condition(context, &check.collection, &check.filter);
            self.condition(context, context.collection, &check.when);
            self.template(context, &check.message);
        }
    }

    fn shown(&mut self, context: Context<'_>, fields: &[Shown]) {
        for field in fields {
            self.template(context, &field.value);
        }
    }

    fn view(&mut self, context: Context<'_>, view: &str) {
        let collection = self.definition.data.collections.get(context.collection);
        if collection.is_some_and(|collection| collection.views.get(view).is_none()) {
            self.note(context.place, &format!("`{}` has no view `{view}`", context.collection));
        }
    }

    fn argument(&mut self, context: Context<'_>, argument: &str) {
        // Without an operation there is no request to speak of; with one, its parameters are all there is.
        let known = context.operation.is_none_or(|operation| operation.params.iter().any(|p| p.argument == argument));
        if !known {
            self.note(context.place, &format!("there is no argument `{argument}`"));
        }
    }

    /// A condition on records of `of`, compared with values seen from `context`.
    fn condition(&mut self, context: Context<'_>, of: &str, filter: &Where) {
        if self.definition.data.collections.get(of).is_none() {
            self.note(context.place, &format!("there is no collection `{of}`"));
            return;
        }
        filter.paths().for_each(|path| self.path(context.place, of, path));
        filter.templates().for_each(|template| self.template(context, template));
    }

    fn template(&mut self, context: Context<'_>, template: &Template) {
        template.visit(&mut |part| match part {
            Part::Source(Source::Field(path)) => self.path(context.place, context.collection, path),
            Part::Source(Source::Argument(path)) => self.argument(context, &path.first),
            Part::Source(_) => {}
            Part::Condition(filter) => self.condition(context, context.collection, filter),
        });
    }

    fn path(&mut self, place: &str, collection: &str, path: &Path) {
        let mut collection = collection;
        for name in std::iter::once(&path.first).chain(&path.rest) {
            let Some(known) = self.fields.get(collection) else {
                self.note(place, &format!("there is no collection `{collection}`"));
                return;
            };
            if !known.contains(name.as_str()) {
                self.note(place, &format!("`{collection}` has no field `{name}`"));
                return;
            }
            let declared = self.definition.data.collections.get(collection);
            match declared.and_then(|collection| collection.relations.get(name)) {
                Some(relation) => collection = &relation.collection,
                None => return,
            }
        }
    }
}

fn known_fields(definition: &Definition) -> HashMap<&str, BTreeSet<&str>> {
    let mut fields: HashMap<&str, BTreeSet<&str>> = HashMap::new();
    for (name, collection) in definition.data.collections.iter() {
        let known = fields.entry(name).or_default();
        known.extend(collection.number.as_deref().into_iter().chain(collection.attachments.as_deref()));
        known.extend(collection.relations.keys().chain(collection.defaults.keys()).chain(collection.derived.keys()));
        known.extend(collection.rules.iter().flat_map(|rule| rule.set.keys()));
        known.extend(collection.records.iter().flat_map(|record| record.keys().map(String::as_str)));
        for generate in &collection.generate {
            if let Template::Object(record) = &generate.record {
                known.extend(record.iter().map(|(field, _)| field.as_str()));
            }
        }
    }
    for operation in &definition.operations {
        let Some(Behaviour::Create(change) | Behaviour::Update(change)) =
            definition.data.operations.get(&operation.key())
        else {
            continue;
        };
        let known = fields.entry(&change.collection).or_default();
        known.extend(change.set.keys());
        known.extend(operation.params.iter().filter_map(|param| match change.store.get(&param.argument) {
            Some(renamed) => renamed.as_deref(),
            None => (param.place == Place::Json).then_some(param.name.as_str()),
        }));
        for effect in &change.also {
            let created = effect.create.iter().flat_map(Ordered::keys);
            fields.entry(&effect.collection).or_default().extend(effect.set.keys().chain(created));
        }
    }
    // What is written inside a record for another collection has that collection's fields.
    for (_, collection) in definition.data.collections.iter() {
        for (field, relation) in collection.relations.iter() {
            let nested = collection.records.iter().filter_map(|record| record.get(field)?.as_array()).flatten();
            let keys = nested.filter_map(serde_json::Value::as_object).flat_map(|item| item.keys().map(String::as_str));
            fields.entry(&relation.collection).or_default().extend(keys);
        }
    }
    fields
}
