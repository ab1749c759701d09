//! Creating, updating and deleting records, and the effects on other records.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::DateTime;
use minijinja::{Error, Value, context};

use super::failure::Failure;
use super::scope::Scope;
use super::world::World;
use super::{lookup, view};
use crate::definition::data::{Answer, Effect, Method};
use crate::definition::{Definition, Operation};
use crate::expression::Template;
use crate::value::{Record, alike, entries, items};

/// One well-formed call.
pub(super) struct Call<'a> {
    pub(super) definition: &'a Definition,
    pub(super) operation: &'a Operation,
    pub(super) arguments: &'a Record,
    pub(super) files: &'a [Attachment],
    pub(super) now: DateTime,
}

/// The facts that are kept of an uploaded file.
pub(super) struct Attachment {
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) size: usize,
}

impl Call<'_> {
    pub(super) fn scope(&self, world: &Arc<World>) -> Scope {
        Scope::new(world, self.now).with("args", Value::from_pairs(self.arguments.clone()))
    }

    /// Answers a record.
    pub(super) fn get(&self, world: &Arc<World>, method: &Method) -> Result<Value, Failure> {
        self.reply(world, method, &self.find(world, method)?.1)
    }

    /// Creates a record.
    pub(super) fn create(&self, world: &mut Arc<World>, method: &Method) -> Result<Value, Failure> {
        let errors = &self.definition.data.errors;
        if world.size() >= self.definition.data.limits.records {
            return Err(Failure::new(507, &errors.full, ()));
        }
        let stored = self.stored(world, method, Arc::default())?;
        self.check(world, method, &stored, None)?;
        let ordinal = world.records(&method.collection).len() + 1;
        let record = complete(&self.scope(world), &method.collection, ordinal, stored)?;
        *world = world.with(&method.collection, &record);
        self.finish(world, method, &record, &Arc::default())
    }

    /// Updates a record. What is not given stays.
    pub(super) fn update(&self, world: &mut Arc<World>, method: &Method) -> Result<Value, Failure> {
        let (position, old) = self.find(world, method)?;
        let stored = self.stored(world, method, Arc::clone(&old))?;
        let record = follow(&self.scope(world), &method.collection, stored)?;
        self.check(world, method, &record, Some(position))?;
        *world = replaced(world, &method.collection, position, &record);
        self.finish(world, method, &record, &old)
    }

    /// Deletes a record.
    pub(super) fn delete(&self, world: &mut Arc<World>, method: &Method) -> Result<Value, Failure> {
        let (position, record) = self.find(world, method)?;
        *world = removed(world, &method.collection, &[position]);
        self.finish(world, method, &record, &record)
    }

    fn find(&self, world: &Arc<World>, method: &Method) -> Result<(usize, Arc<Record>), Failure> {
        lookup::find(&method.collection, &method.by, method.missing.as_ref(), &self.scope(world))
    }

    /// The record with what the request says, and then what the operation itself sets.
    fn stored(&self, world: &Arc<World>, method: &Method, record: Arc<Record>) -> Result<Arc<Record>, Error> {
        let mut record = Arc::unwrap_or_clone(record);
        for param in &self.operation.params {
            let (Some(field), Some(given)) = (method.stored_as(param), self.arguments.get(&param.argument)) else {
                continue;
            };
            let clears = method.clear.as_deref().is_some_and(|clear| given.as_str() == Some(clear));
            let given = if clears { Value::from(()) } else { given.clone() };
            let held = record.get(field).cloned().unwrap_or_default();
            let is_list = method.lists.iter().any(|list| list == field);
            record.insert(field.to_owned(), if is_list { listed(&held, given) } else { merged(&held, given) });
        }
        let scope = self.scope(world);
        let mut record = set(&scope, &method.collection, &method.set, Arc::new(record))?;
        let field = &world.collection(&method.collection).attachments;
        if let (Some(field), Some(template), false) = (field, &self.definition.data.attachment, self.files.is_empty()) {
            let mut attachments: Vec<_> = record.get(field).map(items).into_iter().flatten().collect();
            for (file, number) in self.files.iter().zip(1..) {
                let id = format!("{}-{number}", world.size());
                let file = context! { name => &file.name, type => &file.content_type, size => file.size, id };
                attachments.push(template.fill(&scope.clone().with("file", file))?);
            }
            Arc::make_mut(&mut record).insert(field.clone(), attachments.into());
        }
        Ok(record)
    }

    /// Refuses a change that lacks a record that it needs, or that would make a second one of what may exist once.
    fn check(
        &self,
        world: &Arc<World>,
        method: &Method,
        record: &Arc<Record>,
        position: Option<usize>,
    ) -> Result<(), Failure> {
        let scope = self.scope(world).at(&method.collection, record);
        lookup::check_needs(&method.needs, &scope)?;
        for check in &method.refuses {
            let is_itself = |other| check.collection == method.collection && position == Some(other);
            let others = lookup::applicable(check, &scope)?.unwrap_or_default();
            if others.into_iter().any(|other| !is_itself(other)) {
                return Err(Failure::new(check.status, &check.message, &scope));
            }
        }
        Ok(())
    }

    /// Applies the effects of a change and makes its reply.
    fn finish(
        &self,
        world: &mut Arc<World>,
        method: &Method,
        record: &Arc<Record>,
        old: &Arc<Record>,
    ) -> Result<Value, Failure> {
        for effect in &method.also {
            let old = Value::from_pairs(Record::clone(old));
            let scope = self.scope(world).at(&method.collection, record).with("old", old);
            *world = affected(world, effect, &scope)?;
        }
        self.reply(world, method, record)
    }

    fn reply(&self, world: &Arc<World>, method: &Method, record: &Arc<Record>) -> Result<Value, Failure> {
        let scope = self.scope(world).at(&method.collection, record);
        Ok(match &method.reply {
            Answer::Body(body) => body.fill(&scope)?,
            Answer::View(name) => view::show(world.collection(&method.collection), name, &scope)?,
        })
    }
}

/// The world after an effect of a change on other records.
fn affected(world: &Arc<World>, effect: &Effect, scope: &Scope) -> Result<Arc<World>, Error> {
    let found = scope.find(&effect.collection, &[], Some(&effect.filter))?;
    if effect.delete {
        let positions: Vec<_> = found.into_iter().map(|(position, _)| position).collect();
        return Ok(removed(world, &effect.collection, &positions));
    }
    let mut world = Arc::clone(world);
    if let (true, Some(fields)) = (found.is_empty(), &effect.create) {
        let record = filled(fields, &scope.other(&effect.collection, &Arc::default()))?;
        let ordinal = world.records(&effect.collection).len() + 1;
        return Ok(world.with(&effect.collection, &complete(scope, &effect.collection, ordinal, Arc::new(record))?));
    }
    for (position, other) in found {
        let mut record = Arc::clone(&other.record);
        Arc::make_mut(&mut record).extend(filled(&effect.set, &other)?);
        let record = follow(&Scope::new(&world, scope.now), &effect.collection, record)?;
        world = replaced(&world, &effect.collection, position, &record);
    }
    Ok(world)
}

fn filled(fields: &IndexMap<String, Template>, scope: &Scope) -> Result<Record, Error> {
    fields.iter().map(|(field, value)| Ok((field.clone(), value.fill(scope)?))).collect()
}

fn replaced(world: &World, collection: &str, position: usize, record: &Arc<Record>) -> Arc<World> {
    world.changed(collection, |table| {
        if let Some(place) = table.records.get_mut(position) {
            place.clone_from(record);
        }
    })
}

fn removed(world: &World, collection: &str, positions: &[usize]) -> Arc<World> {
    world.changed(collection, |table| {
        let mut position = 0..;
        table.records.retain(|_| position.next().is_none_or(|position| !positions.contains(&position)));
    })
}

/// Gives a new record its number and defaults, and applies the rules of its collection.
pub(super) fn complete(
    scope: &Scope,
    name: &str,
    ordinal: usize,
    mut record: Arc<Record>,
) -> Result<Arc<Record>, Error> {
    let scope = Scope::new(&scope.world, scope.now).with("ordinal", ordinal);
    scope.world.number(name, Arc::make_mut(&mut record));
    let given = Arc::clone(&record);
    let defaults = scope.world.collection(name).defaults.iter().filter(|(field, _)| !given.contains_key(*field));
    let record = set(&scope, name, defaults, record)?;
    follow(&scope, name, record)
}

/// Applies the rules of a collection to a record.
fn follow(scope: &Scope, name: &str, mut record: Arc<Record>) -> Result<Arc<Record>, Error> {
    for rule in &scope.world.collection(name).rules {
        if rule.when.holds(&scope.at(name, &record))? {
            record = set(scope, name, &rule.set, record)?;
        }
    }
    Ok(record)
}

/// Sets fields of a record, each value being made from the record as it is by then.
fn set<'a>(
    scope: &Scope,
    name: &str,
    fields: impl IntoIterator<Item = (&'a String, &'a Template)>,
    mut record: Arc<Record>,
) -> Result<Arc<Record>, Error> {
    for (field, value) in fields {
        let value = value.fill(&scope.at(name, &record))?;
        Arc::make_mut(&mut record).insert(field.clone(), value);
    }
    Ok(record)
}

/// The given value, laid over the held one: objects key by key, anything else as a whole.
fn merged(held: &Value, given: Value) -> Value {
    let (Some(mut merged_fields), Some(given_fields)) = (entries(held), entries(&given)) else {
        return given;
    };
    for (key, value) in given_fields {
        let below = merged_fields.get(&key).cloned().unwrap_or_default();
        merged_fields.insert(key, merged(&below, value));
    }
    Value::from_pairs(merged_fields)
}

/// The held list after `{add: […], remove: […]}`, or another list in its place.
fn listed(held: &Value, given: Value) -> Value {
    let Some(edit) = entries(&given) else {
        return given;
    };
    let part = |name| edit.get(name).map(items).into_iter().flatten();
    let mut list: Vec<_> = items(held).filter(|item| !part("remove").any(|removed| alike(item, &removed))).collect();
    for added in part("add") {
        if !list.iter().any(|item| alike(item, &added)) {
            list.push(added);
        }
    }
    list.into()
}
