//! The audit log: who changed what, and who was refused.

use std::net::IpAddr;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::exact;
use tool_runtime::violation::Violations;
use utoipa::openapi::{RefOr, Schema};
use uuid::Uuid;

use super::error::Result;
use super::page::{Page, PageRequest};
use super::principal::Actor;
use super::request::{Component, FormRequest as _, Limits, Name, RequestValue, add_component, reference, request};
use super::state::Registry;
use crate::store::{AuditAction, AuditFilter, AuditObject, AuditRow};
use crate::token;

request! {
    /// The events to return.
    pub struct AuditQuery as "AuditQuery" {
        /// Only return events of the actor with this name.
        actor: Option<Name>,
        /// Only return events of the API token or user with this ID.
        actor_id: Option<Uuid>,
        /// Only return events of this kind.
        action: Option<AuditAction>,
        /// Only return events of objects of this kind.
        object: Option<AuditObject>,
        /// Only return events of the object with this ID.
        object_id: Option<Uuid>,
        /// Only return events at this time or later.
        since: Option<Timestamp>,
        /// Only return events before this time.
        until: Option<Timestamp>,
        page: PageRequest<Uuid>,
    }
}

/// A change, a sign-in or a denial. Values are never recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = AuditEvent)]
pub struct AuditView {
    /// The ID of the event.
    pub id: Uuid,
    /// The time of the event.
    pub at: Timestamp,
    /// The name of the API token, user or program that acted. `unknown` if it was not recorded, or not known.
    pub actor: String,
    /// The ID of the API token or user that acted, or `null` if it was neither.
    #[schema(required)]
    pub actor_id: Option<Uuid>,
    /// The IP address from which it acted, or `null` if it did not act over the network. Several addresses of one IPv6
    /// network share the address of the network in denials.
    #[schema(required)]
    pub address: Option<String>,
    /// The event.
    pub action: AuditAction,
    /// The kind of the object.
    pub object: AuditObject,
    /// The ID of the object, or `null` if it has none.
    #[schema(required)]
    pub object_id: Option<Uuid>,
    /// The name of the object at that time, or `null` if it has none.
    #[schema(required)]
    pub object_name: Option<String>,
    /// The names of the fields that changed, such as `name` or `config.methods`. Empty if the event is not an update.
    pub fields: Vec<String>,
}

/// An object as the audit log names it.
#[derive(Clone, Copy, Debug)]
pub struct Audited<'a> {
    /// The kind of the object.
    pub object: AuditObject,
    /// Its identifier.
    pub id: Option<Uuid>,
    /// Its name.
    pub name: Option<&'a str>,
}

impl<'a> Audited<'a> {
    /// An object with an identifier and a name.
    pub const fn new(object: AuditObject, id: Uuid, name: &'a str) -> Self {
        Self { object, id: Some(id), name: Some(name) }
    }

    /// The only object of its kind.
    pub const fn only(object: AuditObject) -> Self {
        Self { object, id: None, name: None }
    }
}

impl Registry {
    /// Returns the row of an event, for the store to add together with the change that it describes. `fields` are the names of
    /// the fields that changed.
    pub(super) fn event(
        &self,
        actor: &Actor,
        action: AuditAction,
        audited: Audited<'_>,
        fields: Vec<String>,
    ) -> AuditRow {
        AuditRow {
            id: Uuid::now_v7(),
            at: self.0.clock.now(),
            actor: actor.name.clone(),
            actor_id: actor.id,
            address: actor.address.map(|address| address.to_string()),
            action,
            object: audited.object,
            object_id: audited.id,
            // People paste tokens where they do not belong.
            object_name: audited.name.map(|name| token::redacted(name).into_owned()),
            fields,
            denial: None,
        }
    }

    /// Records an event that changes nothing else in the store.
    ///
    /// # Errors
    /// Fails if the store fails.
    pub async fn record_event(&self, actor: &Actor, action: AuditAction, audited: Audited<'_>) -> Result<()> {
        Ok(self.0.store.add_audit_row(&self.event(actor, action, audited, Vec::new())).await?)
    }

    /// Records that a request or sign-in of `actor` from `peer` was refused: at most once per address and minute on all nodes
    /// together, and a limited number of times a day. A failure is logged, and changes nothing for the caller.
    pub(crate) async fn record_denial(&self, actor: &Actor, peer: Option<IpAddr>, audited: Audited<'_>) {
        let now = self.0.clock.now();
        let Some(denial) = self.0.denials.admit(peer, now) else { return };
        let row = AuditRow {
            address: Some(denial.address.to_string()),
            denial: Some(denial.key()),
            ..self.event(actor, AuditAction::Denied, audited, Vec::new())
        };
        match self.0.store.add_denial(&row, denial.day, super::denials::PER_DAY).await {
            Ok(true) => {}
            Ok(false) => self.0.denials.end_day(denial.day),
            Err(error) => tracing::warn!(%error, "failed to record a denial"),
        }
    }

    /// Returns a page of the audit log, latest first, for an [`AuditQuery`].
    ///
    /// # Errors
    /// Fails with every violation in `query`, or if the store fails.
    pub async fn audit(&self, query: Map<String, Value>) -> Result<Page<AuditView>> {
        let AuditQuery { actor, actor_id, action, object, object_id, since, until, page } =
            AuditQuery::read(query, self.limits())?;
        let actor = actor.map(|name| name.0);
        let filter = AuditFilter { actor, actor_id, action, object, object_id, since, until, before: page.after };
        let rows = self.0.store.audit_rows(&filter, page.rows()).await?;
        Ok(page.page(rows, |row| row.id, view_of_row))
    }
}

/// Implements [`RequestValue`] for an enum whose variants have names.
macro_rules! named {
    ($enum:ident) => {
        impl RequestValue for $enum {
            fn decode(value: Value, _: Limits) -> std::result::Result<Self, Violations> {
                let names: Vec<_> = Self::ALL.iter().map(|one| (one.name(), *one)).collect();
                exact::one_of(&names)(value)
            }

            fn value_schema() -> RefOr<Schema> {
                reference::<Self>()
            }

            fn components(schemas: &mut Vec<Component>) {
                add_component::<Self>(schemas);
            }
        }
    };
}

named!(AuditAction);
named!(AuditObject);

fn view_of_row(row: AuditRow) -> AuditView {
    AuditView {
        id: row.id,
        at: row.at,
        actor: row.actor,
        actor_id: row.actor_id,
        address: row.address,
        action: row.action,
        object: row.object,
        object_id: row.object_id,
        object_name: row.object_name,
        fields: row.fields,
    }
}
