//! Getting, creating, updating and deleting one record, and the effects on other records.

use std::sync::Arc;

use jiff::civil::DateTime;
use minijinja::{Error, Value, context};

use super::failure::Failure;
use super::scope::Scope;
use super::world::World;
use super::{lookup, record, view};
use crate::definition::data::{Data, Effect, Method, MethodReply};
use crate::definition::operation::Operation;
use crate::value::{Record, items};

/// One well-formed call.
pub(super) struct Call<'a> {
    pub(super) data: &'a Data,
    pub(super) operation: &'a Operation,
    pub(super) arguments: &'a Record,
    pub(super) files: &'a [Attachment],
    pub(super) now: DateTime,
}

/// The facts that are stored about an uploaded file.
pub(super) struct Attachment {
    pub(super) name: String,
    pub(super) content_type: String,
    pub(super) size: usize,
}

impl Call<'_> {
    pub(super) fn scope(&self, world: &Arc<World>) -> Scope {
        Scope::new(world, self.now).with("args", Value::from_pairs(self.arguments.clone()))
    }

    /// Returns a record.
    pub(super) fn get(&self, world: &Arc<World>, method: &Method) -> Result<Value, Failure> {
        self.reply(world, method, &lookup::find(method, &self.scope(world))?)
    }

    /// Creates a record.
    pub(super) fn create(&self, world: &mut Arc<World>, method: &Method) -> Result<Value, Failure> {
        if world.size() >= self.data.limits.records {
            return Err(Failure::new(507, &self.data.errors.full, ()));
        }
        let stored = self.stored(world, method, &Arc::default())?;
        self.check(world, method, &stored, &Arc::default())?;
        let record = added(world, &method.collection, stored, self.now)?;
        self.finish(world, method, &record, &Arc::default())
    }

    /// Updates a record. What is not given stays.
    pub(super) fn update(&self, world: &mut Arc<World>, method: &Method) -> Result<Value, Failure> {
        let old = lookup::find(method, &self.scope(world))?;
        let stored = self.stored(world, method, &old)?;
        let record = record::follow(&self.scope(world), &method.collection, stored)?;
        self.check(world, method, &record, &old)?;
        *world = world.replaced(&method.collection, &old, Some(&record));
        self.finish(world, method, &record, &old)
    }

    /// Deletes a record.
    pub(super) fn delete(&self, world: &mut Arc<World>, method: &Method) -> Result<Value, Failure> {
        let record = lookup::find(method, &self.scope(world))?;
        *world = world.replaced(&method.collection, &record, None);
        self.finish(world, method, &record, &record)
    }

    /// The record after the request's arguments and then the operation's `set` are applied.
    fn stored(&self, world: &Arc<World>, method: &Method, old: &Arc<Record>) -> Result<Arc<Record>, Error> {
        let mut record = Arc::clone(old);
        record::store(self.operation, method, self.arguments, Arc::make_mut(&mut record));
        let scope = self.scope(world);
        record = record::set(&scope, &method.collection, &method.set, record)?;
        let field = &world.collection(&method.collection).attachments;
        if let (Some(field), Some(template), false) = (field, &self.data.attachment, self.files.is_empty()) {
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

    /// Refuses a change if a required record is missing or the new record would be a duplicate.
    fn check(
        &self,
        world: &Arc<World>,
        method: &Method,
        record: &Arc<Record>,
        old: &Arc<Record>,
    ) -> Result<(), Failure> {
        let scope = self.scope(world).at(&method.collection, record);
        lookup::check_needs(&method.needs, &scope)?;
        for check in &method.refuses {
            let others = lookup::applicable(check, &scope)?.unwrap_or_default();
            if others.iter().any(|other| !Arc::ptr_eq(&other.record, old)) {
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
            apply(effect, world, &scope)?;
        }
        self.reply(world, method, record)
    }

    fn reply(&self, world: &Arc<World>, method: &Method, record: &Arc<Record>) -> Result<Value, Failure> {
        let scope = self.scope(world).at(&method.collection, record);
        Ok(match &method.reply {
            MethodReply::Body(body) => body.fill(&scope)?,
            MethodReply::View(name) => view::show(view::named(world.collection(&method.collection), name), &scope)?,
        })
    }
}

/// Completes a record and adds it to the world.
fn added(world: &mut Arc<World>, name: &str, record: Arc<Record>, now: DateTime) -> Result<Arc<Record>, Error> {
    let scope = Scope::new(world, now).with("ordinal", world.records(name).len() + 1);
    let record = record::complete(&scope, name, record)?;
    *world = world.with(name, &record);
    Ok(record)
}

/// Applies an effect of a change to other records.
fn apply(effect: &Effect, world: &mut Arc<World>, scope: &Scope) -> Result<(), Error> {
    let name = &effect.collection;
    let found = scope.find(name, &[], Some(&effect.filter))?;
    if let (true, Some(fields)) = (found.is_empty(), &effect.create) {
        let other = scope.other(name, &Arc::default());
        let fields = fields.iter().map(|(field, value)| Ok((field.clone(), value.fill(&other)?)));
        added(world, name, Arc::new(fields.collect::<Result<_, Error>>()?), scope.now)?;
    }
    for other in found {
        let mut changed = Arc::clone(&other.record);
        for (field, value) in &effect.set {
            Arc::make_mut(&mut changed).insert(field.clone(), value.fill(&other)?);
        }
        let changed = record::follow(&Scope::new(world, scope.now), name, changed)?;
        *world = world.replaced(name, &other.record, (!effect.delete).then_some(&changed));
    }
    Ok(())
}
