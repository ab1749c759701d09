//! `config`: prints the configuration for an MCP client.

use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use desk365_mcp::clients::{
    EnvVariable, LaunchCommand, McpClient, ServerName, ServerTarget, ServerUrl, UnsupportedTarget, client_config,
};
use desk365_mcp::config::{self, EnvNames, ProcessEnvironment};
use desk365_mcp::upstream::ApiHosts;
use tool_runtime::api::ApiDef;
use tool_runtime::violation::quoted;
use url::Url;

use super::absolute_path::absolute_path;
use super::command::{Run, Subcommand, UsageError};
use super::help::{PROGRAM, examples};
use super::stderr::print_line;
use super::{account_flags, attachments_flag, connection, sandbox_flags, scope_flags, stdout};

pub(super) const COMMAND: Subcommand = Subcommand { name: "config", define, run: Run::WithApi(run) };

const CLIENT: &str = "client";
const URL: &str = "url";
const NAME: &str = "name";

fn define(command: Command, api: &ApiDef) -> Command {
    let names = McpClient::ALL.map(McpClient::name);
    let client = Arg::new(CLIENT)
        .value_name("CLIENT")
        .required(true)
        .value_parser(PossibleValuesParser::new(names))
        .help("Name of the MCP client");
    let url = Arg::new(URL)
        .long(URL)
        .value_name("URL")
        .help("URL of a running server, with its token; without it, the client starts this program");
    let name = Arg::new(NAME)
        .long(NAME)
        .value_name("NAME")
        .help("Name of the server in the client; give each server of a client its own");
    let command = command
        .about("Print the configuration for an MCP client")
        .long_about(
            "Print the configuration for an MCP client, which starts this program or connects to a URL.\n\n\
             stdout gets only the configuration: JSON, a command or a URL. stderr says where to put it. API keys are \
             referenced by variable and never printed.",
        )
        .arg(client)
        .after_help(examples(&[
            ("Configure Claude Desktop", "config claude-desktop".to_owned()),
            ("Configure Cursor with tools that only read", "config cursor --read-only".to_owned()),
            ("Add the server to Claude Code", "config claude-code | sh".to_owned()),
            ("Connect Cursor to a running server", "config cursor --url https://mcp.example.com/mcp/TOKEN".to_owned()),
            (
                "Connect it to a second one",
                "config cursor --url https://mcp.example.com/mcp/TOKEN --name \"night shift\"".to_owned(),
            ),
        ]));
    let command = attachments_flag::define(connection::define(command, api), api);
    let command = scope_flags::define_listing(scope_flags::define(command, api));
    // A running server already has its account and scope.
    let program_flags: Vec<_> =
        command.get_arguments().map(|arg| arg.get_id().clone()).filter(|id| id != CLIENT).collect();
    command.next_help_heading(None).arg(url.conflicts_with_all(program_flags)).arg(name)
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let client_name = matches.get_one::<String>(CLIENT).expect("clap requires the client");
    let client =
        McpClient::ALL.into_iter().find(|client| client_name == client.name()).expect("clap checks the client's name");
    let target = match matches.get_one::<String>(URL) {
        Some(url) => ServerTarget::Url(ServerUrl { url: checked_url(url)?, second_factor: false }),
        None => ServerTarget::Command(launch_command(api, matches)?),
    };
    let server_name = match matches.get_one::<String>(NAME) {
        None => ServerName::of_api(api),
        Some(name) if name.trim().is_empty() => {
            return Err(UsageError::new(format!("--{NAME} is empty: expected a name such as \"night shift\"")).into());
        }
        Some(name) => ServerName::new(api, name),
    };
    let config = client_config(client, &server_name, &target).map_err(|problem| {
        UsageError::new(match problem {
            UnsupportedTarget::Command => {
                format!("{client_name} needs --url: {problem}\nfor example: {PROGRAM} config {client_name} --url https://…/mcp/TOKEN")
            }
            UnsupportedTarget::PrivateUrl | UnsupportedTarget::SecondFactor => {
                format!("{client_name} cannot use that URL: {problem}")
            }
        })
    })?;
    stdout::write_bytes(format!("{}\n", config.text).as_bytes())?;
    config.steps.iter().for_each(|step| print_line(step));
    Ok(ExitCode::SUCCESS)
}

/// Returns the given URL unchanged, if it is an http or https URL.
fn checked_url(text: &str) -> Result<String, UsageError> {
    let text = text.trim();
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(text.to_owned()),
        _ => {
            Err(UsageError::new(format!("--{URL} is {}: expected a URL such as https://host/mcp/TOKEN", quoted(text))))
        }
    }
}

/// Returns the command with which a client starts this program for the selected account.
fn launch_command(api: &ApiDef, matches: &ArgMatches) -> anyhow::Result<LaunchCommand> {
    let path = absolute_path(&config::program_path()?)?;
    let mut arguments = vec!["stdio".to_owned()];
    if let Some(file) = connection::ca_file(api, matches) {
        arguments.extend(["--ca-file".to_owned(), absolute_path(&file)?]);
    }
    if let Some(hosts) = connection::allowed_api_hosts(api, matches) {
        arguments.extend([ApiHosts::FLAG.to_owned(), hosts]);
    }
    arguments.extend(sandbox_flags::command_line_words(api, matches));
    arguments.extend(attachments_flag::command_line_words(api, matches)?);
    // Reports mistakes in the scope now rather than when a client starts the program.
    scope_flags::selected_scope(api, matches)?;
    arguments.extend(scope_flags::command_line_words(api, matches)?);
    let variables = if sandbox_flags::is_selected(api, matches) { Vec::new() } else { env_variables(api, matches)? };
    Ok(LaunchCommand { path, arguments, variables })
}

/// Returns the variables of the account. Known values are filled in, except the API key.
fn env_variables(api: &ApiDef, matches: &ArgMatches) -> Result<Vec<EnvVariable>, UsageError> {
    let names = EnvNames::for_api(api);
    let flags = account_flags::account_flags(api, matches);
    config::check_address(api, &flags, &ProcessEnvironment).map_err(|error| UsageError::new(error.to_string()))?;
    let known = |flag: Option<&String>, name: &str| config::text_setting(flag, name, &ProcessEnvironment);
    let public = |name: String, value: Option<String>, about: &str| EnvVariable {
        name,
        value,
        about: about.to_owned(),
        secret: false,
    };
    let mut variables = Vec::new();
    match known(flags.base_url.as_ref(), &names.base_url()) {
        Some(url) => variables.push(public(names.base_url(), Some(url), "")),
        None => variables.extend(api.variables.iter().zip(&flags.variables).map(|(variable, flag)| {
            let name = names.variable(variable);
            let value = known(flag.as_ref(), &name);
            public(name, value, variable.about)
        })),
    }
    variables.push(match known(None, &names.api_key_file()) {
        Some(path) => public(names.api_key_file(), Some(path), ""),
        None => {
            let about = format!("{} API key", api.title);
            EnvVariable { name: names.api_key(), value: None, about, secret: true }
        }
    });
    Ok(variables)
}
