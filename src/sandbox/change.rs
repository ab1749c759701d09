//! Making, changing and removing records, and what follows from it for others.

use jiff::civil::DateTime;
use serde_json::{Value, json};

use super::behaviour::{Answer, Change, Check, Effect};
use super::condition::{Where, same};
use super::definition::{Definition, Operation, Place};
use super::failure::Failure;
use super::scope::Scope;
use super::world::{Record, World};

/// One call, read and found to be well-formed.
pub(super) struct Call<'a> {
    pub(super) definition: &'a Definition,
    pub(super) operation: &'a Operation,
    pub(super) arguments: &'a Record,
    pub(super) files: &'a [Attached],
    pub(super) now: DateTime,
}

/// What is kept of a file that came along.
pub(super) struct Attached {
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) size: usize,
}

impl<'a> Call<'a> {
    pub(super) fn scope(&self, world: &'a World) -> Scope<'a> {
        Scope::new(world, self.now).request(self.arguments)
    }

    /// Makes a record.
    pub(super) fn create(&self, world: &mut World, change: &Change) -> Result<Value, Failure> {
        let errors = &self.definition.data.errors;
        if world.size() >= self.definition.data.limits.records {
            return Err(Failure::new(507, &errors.full, &self.scope(world)));
        }
        let mut record = Record::new();
        self.store(world, change, &mut record);
        self.check(world, change, &record, None)?;
        complete(world, self.now, &change.collection, world.records(&change.collection).len() + 1, &mut record);
        world.push(&change.collection, record.clone());
        self.effects(world, change, &record, &Record::new());
        Ok(self.answer(world, change, &record))
    }

    /// Changes a record; what is not given stays.
    pub(super) fn update(&self, world: &mut World, change: &Change) -> Result<Value, Failure> {
        let (index, old) = self.find(world, change)?;
        let mut record = old.clone();
        self.store(world, change, &mut record);
        follow(world, self.now, &change.collection, &mut record);
        self.check(world, change, &record, Some(index))?;
        world.replace(&change.collection, index, record.clone());
        self.effects(world, change, &record, &old);
        Ok(self.answer(world, change, &record))
    }

    /// Removes a record.
    pub(super) fn delete(&self, world: &mut World, change: &Change) -> Result<Value, Failure> {
        let (index, record) = self.find(world, change)?;
        world.remove(&change.collection, &[index]);
        self.effects(world, change, &record, &record);
        Ok(self.answer(world, change, &record))
    }

    fn find(&self, world: &World, change: &Change) -> Result<(usize, Record), Failure> {
        let scope = self.scope(world);
        let index = find(&change.collection, &change.by, change.missing.as_ref(), &scope)?;
        let record = world.records(&change.collection).get(index).cloned().unwrap_or_default();
        Ok((index, record))
    }

    /// Puts what the request says into the record, then what the operation itself adds.
    fn store(&self, world: &World, change: &Change, record: &mut Record) {
        for param in &self.operation.params {
            let field = match change.store.get(&param.argument) {
                Some(renamed) => renamed.as_deref(),
                None => (param.place == Place::Json).then_some(param.name.as_str()),
            };
            let (Some(field), Some(given)) = (field, self.arguments.get(&param.argument)) else {
                continue;
            };
            let given = match given {
                Value::String(text) if Some(text) == change.clear.as_ref() => Value::Null,
                other => other.clone(),
            };
            let held = record.get(field).cloned().unwrap_or_default();
            let lists = change.lists.iter().any(|list| list == field);
            record.insert(field.to_owned(), if lists { listed(held, given) } else { merged(held, given) });
        }
        for (field, value) in change.set.iter() {
            let value = value.fill(&self.scope(world).at(&change.collection, record));
            record.insert(field.to_owned(), value);
        }
        self.attach(world, change, record);
    }

    fn attach(&self, world: &World, change: &Change, record: &mut Record) {
        let field = world.collection(&change.collection).and_then(|collection| collection.attachments.as_ref());
        let (Some(field), Some(template), false) = (field, &self.definition.data.attachment, self.files.is_empty())
        else {
            return;
        };
        let first = world.size();
        let added = self.files.iter().zip(1..).map(|(file, number)| {
            let near = Record::from_iter([
                ("name".to_owned(), json!(file.name)),
                ("type".to_owned(), json!(file.content_type)),
                ("size".to_owned(), json!(file.size)),
                ("id".to_owned(), json!(format!("{first}-{number}"))),
            ]);
            template.fill(&self.scope(world).near(&near))
        });
        let mut attachments = match record.get(field) {
            Some(Value::Array(held)) => held.clone(),
            _ => Vec::new(),
        };
        attachments.extend(added);
        record.insert(field.clone(), attachments.into());
    }

    fn check(&self, world: &World, change: &Change, record: &Record, own: Option<usize>) -> Result<(), Failure> {
        let scope = self.scope(world).at(&change.collection, record);
        needed(&change.needs, &scope)?;
        for check in &change.refuses {
            let bound = check.filter.bind(&scope);
            let own = own.filter(|_| check.collection == change.collection);
            let taken = world
                .records(&check.collection)
                .iter()
                .enumerate()
                .any(|(index, other)| Some(index) != own && bound.accepts(&scope.at(&check.collection, other)));
            if taken && check.when.holds(&scope) {
                return Err(Failure::new(check.status, &check.message, &scope));
            }
        }
        Ok(())
    }

    fn effects(&self, world: &mut World, change: &Change, record: &Record, old: &Record) {
        let near = Record::from_iter([("old".to_owned(), Value::Object(old.clone()))]);
        for effect in &change.also {
            let (indexes, set) = {
                let scope = self.scope(world).at(&change.collection, record).near(&near);
                let set: Vec<_> = effect.set.iter().map(|(field, value)| (field, value.fill(&scope))).collect();
                (indexes(&effect.collection, &effect.filter, &scope), set)
            };
            if effect.delete {
                world.remove(&effect.collection, &indexes);
                continue;
            }
            for &index in &indexes {
                let mut other = world.records(&effect.collection).get(index).cloned().unwrap_or_default();
                other.extend(set.iter().map(|(field, value)| ((*field).to_owned(), value.clone())));
                follow(world, self.now, &effect.collection, &mut other);
                world.replace(&effect.collection, index, other);
            }
            if indexes.is_empty() {
                self.create_missing(world, change, effect, record);
            }
        }
    }

    fn create_missing(&self, world: &mut World, change: &Change, effect: &Effect, record: &Record) {
        let Some(fields) = &effect.create else {
            return;
        };
        let scope = self.scope(world).at(&change.collection, record);
        let mut other: Record = fields.iter().map(|(field, value)| (field.to_owned(), value.fill(&scope))).collect();
        complete(world, self.now, &effect.collection, world.records(&effect.collection).len() + 1, &mut other);
        world.push(&effect.collection, other);
    }

    fn answer(&self, world: &World, change: &Change, record: &Record) -> Value {
        let scope = self.scope(world).at(&change.collection, record);
        match &change.reply {
            Answer::Body(body) => body.fill(&scope),
            Answer::View(name) => world
                .collection(&change.collection)
                .and_then(|collection| collection.views.get(name))
                .map(|view| view.show(&scope))
                .unwrap_or_default(),
        }
    }
}

/// Where the one record is that a request means: by the first of `by` that is given and finds any.
pub(super) fn find(
    collection: &str,
    by: &[Where],
    missing: Option<&super::template::Template>,
    scope: &Scope<'_>,
) -> Result<usize, Failure> {
    let errors = &scope.world.definition().data.errors;
    let given: Vec<_> = by.iter().filter(|filter| filter.bind(scope).is_given()).collect();
    if given.is_empty() {
        return Err(Failure::bad_request(errors, "The record to use is not named", scope));
    }
    for filter in given {
        match *indexes(collection, filter, scope).as_slice() {
            [] => {}
            [one] => return Ok(one),
            _ => return Err(Failure::new(400, &errors.ambiguous, scope)),
        }
    }
    Err(Failure::new(404, missing.unwrap_or(&errors.not_found), scope))
}

fn indexes(collection: &str, filter: &Where, scope: &Scope<'_>) -> Vec<usize> {
    scope.matching(collection, &filter.bind(scope)).map(|(index, _)| index).collect()
}

/// Refuses if a record is missing that has to be there.
pub(super) fn needed(checks: &[Check], scope: &Scope<'_>) -> Result<(), Failure> {
    for check in checks {
        if check.when.holds(scope) && indexes(&check.collection, &check.filter, scope).is_empty() {
            return Err(Failure::new(check.status, &check.message, scope));
        }
    }
    Ok(())
}

/// Gives a new record its number, its defaults, and what its collection's rules say.
pub(super) fn complete(world: &World, now: DateTime, name: &str, ordinal: usize, record: &mut Record) {
    let Some(collection) = world.collection(name) else {
        return;
    };
    if let Some(number) = &collection.number
        && !record.contains_key(number)
    {
        record.insert(number.clone(), world.next_number(name).into());
    }
    for (field, value) in collection.defaults.iter() {
        if !record.contains_key(field) {
            let value = value.fill(&Scope::new(world, now).at(name, record).ordinal(ordinal));
            record.insert(field.to_owned(), value);
        }
    }
    follow(world, now, name, record);
}

/// Applies the collection's rules to a record.
fn follow(world: &World, now: DateTime, name: &str, record: &mut Record) {
    for rule in world.collection(name).map(|collection| collection.rules.as_slice()).unwrap_or_default() {
        if !rule.when.holds(&Scope::new(world, now).at(name, record)) {
            continue;
        }
        for (field, value) in rule.set.iter() {
            let value = value.fill(&Scope::new(world, now).at(name, record));
            record.insert(field.to_owned(), value);
        }
    }
}

/// What is given, laid over what is held: objects key by key, anything else as a whole.
fn merged(held: Value, given: Value) -> Value {
    match (held, given) {
        (Value::Object(mut held), Value::Object(given)) => {
            for (key, value) in given {
                let below = held.get(&key).cloned().unwrap_or_default();
                held.insert(key, merged(below, value));
            }
            Value::Object(held)
        }
        (_, given) => given,
    }
}

/// A list after `{add: […], remove: […]}`, or replaced by another.
fn listed(held: Value, given: Value) -> Value {
    let Value::Object(mut by) = given else {
        return given;
    };
    let Value::Array(mut list) = (if held.is_array() { held } else { Value::Array(Vec::new()) }) else {
        return Value::Null;
    };
    if let Some(Value::Array(removed)) = by.remove("remove") {
        list.retain(|item| !removed.iter().any(|gone| same(item, gone)));
    }
    if let Some(Value::Array(added)) = by.remove("add") {
        for item in added {
            if !list.iter().any(|held| same(held, &item)) {
                list.push(item);
            }
        }
    }
    Value::Array(list)
}
