//! `audit`: prints the audit log of the local store.

use std::process::ExitCode;

use clap::{ArgMatches, Args as _, Command, FromArgMatches as _};
use desk365_mcp::registry::{AuditView, Page, Registry};
use desk365_mcp::store::{AuditAction, AuditObject};
use serde_json::{Map, Value, json};
use tool_runtime::api::ApiDef;

use super::command::{Run, Subcommand};
use super::help::examples;
use super::store_access::{self, IfAbsent};

pub(super) const COMMAND: Subcommand = Subcommand { name: "audit", define, run: Run::WithApi(run) };

/// The most events of one page.
const PAGE: usize = 200;

#[derive(clap::Args)]
struct AuditFlags {
    /// Only print events of the API token, user or program with this name
    #[arg(long, value_name = "NAME")]
    actor: Option<String>,
    /// Only print events of this kind
    #[arg(long, value_name = "ACTION", value_parser = AuditAction::ALL.iter().map(|one| one.name()).collect::<Vec<_>>())]
    action: Option<String>,
    /// Only print events of objects of this kind
    #[arg(long, value_name = "KIND", value_parser = AuditObject::ALL.iter().map(|one| one.name()).collect::<Vec<_>>())]
    object: Option<String>,
    /// Only print events of the object with this ID
    #[arg(long, value_name = "ID")]
    object_id: Option<String>,
    /// Only print events at this time or later, such as 2030-01-31T12:00:00Z
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Only print events before this time
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Maximum number of events
    #[arg(long, value_name = "NUMBER", default_value_t = 50)]
    limit: usize,
}

fn define(command: Command, api: &ApiDef) -> Command {
    let command = command.about("Print who changed what in the local store, latest first").after_help(examples(&[
        ("Print the last 50 events", "audit".to_owned()),
        ("Print who revoked servers", "audit --object server --action revoked".to_owned()),
    ]));
    store_access::define(AuditFlags::augment_args(command), api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let flags = AuditFlags::from_arg_matches(matches)?;
    store_access::run(api, matches, IfAbsent::Fail, async |registry| Ok(json!(events(registry, flags).await?)))
}

async fn events(registry: &Registry, flags: AuditFlags) -> desk365_mcp::registry::Result<Vec<AuditView>> {
    let limit = flags.limit;
    let filters = [
        ("actor", flags.actor),
        ("action", flags.action),
        ("object", flags.object),
        ("object_id", flags.object_id),
        ("since", flags.since),
        ("until", flags.until),
    ];
    let given = filters.into_iter().filter_map(|(key, value)| Some((key.to_owned(), Value::String(value?))));
    let mut query: Map<_, _> = given.collect();
    let mut events = Vec::new();
    while events.len() < limit {
        query.insert("limit".to_owned(), (limit - events.len()).min(PAGE).to_string().into());
        let Page { result, next_cursor } = registry.audit(query.clone()).await?;
        events.extend(result);
        let Some(cursor) = next_cursor else { break };
        query.insert("next_cursor".to_owned(), cursor.into());
    }
    Ok(events)
}
