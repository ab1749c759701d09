//! `identity-provider`: manages the identity providers in the local store.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{ArgMatches, Command, FromArgMatches as _, Subcommand as _};
use desk365_mcp::registry::{Precondition, Registry};
use serde_json::{Map, Value, json};
use tool_runtime::api::ApiDef;
use uuid::Uuid;

use super::command::{Run, Subcommand, UsageError};
use super::help::{EXAMPLE_ID, examples, with_examples};
use super::store_access::{self, IfAbsent};

pub(super) const COMMAND: Subcommand = Subcommand { name: "identity-provider", define, run: Run::WithApi(run) };

#[derive(clap::Subcommand)]
enum ProviderCommand {
    /// Let users sign in with an identity provider
    Add {
        /// Name that users read on the sign-in page
        #[arg(long)]
        name: String,
        #[arg(long, help = "Kind: microsoft_entra, google, okta, keycloak or other")]
        preset: String,
        /// Issuer of the provider; can be omitted for Google
        #[arg(long, value_name = "URL")]
        issuer: Option<String>,
        /// ID of this server at the provider
        #[arg(long, value_name = "ID")]
        client_id: String,
        /// File with the secret of this server at the provider
        #[arg(long, value_name = "FILE")]
        client_secret_file: PathBuf,
        #[command(flatten)]
        rules: RuleFlags,
    },
    /// List the identity providers, without their secrets
    List,
    /// Change an identity provider
    Update {
        /// ID of the identity provider
        #[arg(value_parser = store_access::id_parser("identity-provider list"))]
        provider: Uuid,
        /// New name that users read on the sign-in page
        #[arg(long)]
        name: Option<String>,
        /// New ID of this server at the provider
        #[arg(long, value_name = "ID")]
        client_id: Option<String>,
        /// File with the new secret of this server at the provider
        #[arg(long, value_name = "FILE")]
        client_secret_file: Option<PathBuf>,
        #[command(flatten)]
        rules: RuleFlags,
    },
    /// Delete an identity provider and sign out its users
    Delete {
        /// ID of the identity provider
        #[arg(value_parser = store_access::id_parser("identity-provider list"))]
        provider: Uuid,
    },
}

#[derive(clap::Args)]
#[expect(clippy::struct_field_names, reason = "the fields are named after the flags")]
struct RuleFlags {
    /// Comma-separated tenants whose users may sign in; pass "" for any
    #[arg(long, value_name = "LIST")]
    allowed_tenants: Option<String>,
    /// Comma-separated domains whose users may sign in; pass "" for any
    #[arg(long, value_name = "LIST")]
    allowed_domains: Option<String>,
    /// Comma-separated groups whose users may sign in; pass "" for any
    #[arg(long, value_name = "LIST")]
    allowed_groups: Option<String>,
}

impl RuleFlags {
    fn form(self) -> impl Iterator<Item = (String, Value)> {
        let lists = [
            ("allowed_tenants", self.allowed_tenants),
            ("allowed_domains", self.allowed_domains),
            ("allowed_groups", self.allowed_groups),
        ];
        lists.into_iter().filter_map(|(name, list)| Some((name.to_owned(), entries(&list?))))
    }
}

fn entries(list: &str) -> Value {
    list.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(Value::from).collect()
}

fn define(command: Command, api: &ApiDef) -> Command {
    let list = ("List the identity providers", "identity-provider list".to_owned());
    let command = command
        .about("Manage the identity providers in the local store")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help(examples(&[list]));
    let add = "--name Microsoft --preset microsoft_entra --issuer https://login.microsoftonline.com/TENANT_ID/v2.0 \
               --client-id CLIENT_ID --client-secret-file secret.txt";
    let command = with_examples(
        ProviderCommand::augment_subcommands(command),
        &[
            ("add", "Let the users of a Microsoft tenant sign in", add.to_owned()),
            ("list", "List the identity providers", String::new()),
            ("update", "Admit one group only", format!("{EXAMPLE_ID} --allowed-groups helpdesk")),
            ("delete", "Delete an identity provider", EXAMPLE_ID.to_owned()),
        ],
    );
    store_access::define(command, api)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let command = ProviderCommand::from_arg_matches(matches)?;
    let matches = matches.subcommand().map_or(matches, |(_, matches)| matches);
    store_access::run(api, matches, IfAbsent::Fail, async |registry| execute(registry, command).await)
}

async fn execute(registry: &Registry, command: ProviderCommand) -> anyhow::Result<Value> {
    let by = store_access::actor();
    let field = |name: &str, value: String| (name.to_owned(), Value::String(value));
    Ok(match command {
        ProviderCommand::Add { name, preset, issuer, client_id, client_secret_file, rules } => {
            let secret = read_secret(&client_secret_file)?;
            let mut form = Map::from_iter([
                field("name", name),
                field("preset", preset),
                field("client_id", client_id),
                field("client_secret", secret),
            ]);
            form.extend(issuer.map(|issuer| field("issuer", issuer)));
            form.extend(rules.form());
            json!(registry.create_identity_provider(form, &by).await?)
        }
        ProviderCommand::List => {
            json!(store_access::all_entries(async |page| registry.identity_providers(page).await).await?)
        }
        ProviderCommand::Update { provider, name, client_id, client_secret_file, rules } => {
            let secret = client_secret_file.as_deref().map(read_secret).transpose()?;
            let given = [("name", name), ("client_id", client_id), ("client_secret", secret)];
            let mut form: Map<_, _> = given.into_iter().filter_map(|(name, value)| Some(field(name, value?))).collect();
            form.extend(rules.form());
            let form = store_access::non_empty_change(form)?;
            json!(registry.update_identity_provider(provider, form, &by, &Precondition::None).await?)
        }
        ProviderCommand::Delete { provider } => {
            registry.delete_identity_provider(provider, &by, &Precondition::None).await?;
            json!({ "deleted": provider })
        }
    })
}

/// Reads a secret from a file, without the line break at its end.
fn read_secret(path: &Path) -> Result<String, UsageError> {
    let text = fs::read_to_string(path).map_err(|error| {
        UsageError::new(format!("failed to read the client secret from {}: {error}", path.display()))
    })?;
    Ok(text.trim().to_owned())
}
