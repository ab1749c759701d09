//! `config`: what to tell an MCP client about this server.

use std::io::Write as _;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use desk365_mcp::clients::{self, Address, McpClient, Program, Server, Unreachable, Variable};
use desk365_mcp::config::{self, Names, Process};
use tool_runtime::api::ApiDef;
use tool_runtime::violation::quoted;
use url::Url;

use super::{PROGRAM, Subcommand, Usage, absolute, account, attachments, connection, examples, scope, stdout};

pub(super) const COMMAND: Subcommand = Subcommand { name: "config", define, run };

const CLIENT: &str = "client";
const URL: &str = "url";

fn define(command: Command, api: &ApiDef) -> Command {
    let names = McpClient::ALL.map(McpClient::name);
    let client = Arg::new(CLIENT)
        .value_name("CLIENT")
        .required(true)
        .value_parser(PossibleValuesParser::new(names))
        .help("The client");
    let url = Arg::new(URL)
        .long(URL)
        .value_name("URL")
        .help("Connect to a server at this address, its token included, instead of starting this program");
    let command = command
        .about("Print the configuration that an MCP client needs")
        .long_about(
            "Print the configuration that an MCP client needs, to start this program or to connect to an address.\n\n\
             stdout has the configuration alone: JSON, a command or an address. stderr says where it goes. A key is \
             named by its variable and never printed.",
        )
        .arg(client)
        .after_help(examples(&[
            ("For Claude Desktop", "config claude-desktop".to_owned()),
            ("With the tools that only read", "config cursor --read-only".to_owned()),
            ("Add it to Claude Code at once", "config claude-code | sh".to_owned()),
            ("A server that others run", "config cursor --url https://mcp.example.com/mcp/TOKEN".to_owned()),
        ]));
    let command = attachments::define(connection::define(command, api), api);
    let command = scope::define_exposure(scope::define(command, api));
    // Whoever runs the server at an address has its account, and says what it is limited to.
    let of_program: Vec<_> =
        command.get_arguments().map(|arg| arg.get_id().clone()).filter(|id| id != CLIENT).collect();
    command.next_help_heading(None).arg(url.conflicts_with_all(of_program))
}

fn run(api: &'static ApiDef, matches: &ArgMatches) -> anyhow::Result<ExitCode> {
    let name = matches.get_one::<String>(CLIENT);
    let client = McpClient::ALL.into_iter().find(|client| name.is_some_and(|name| name == client.name()));
    let client = client.ok_or_else(|| Usage::new("no client was given"))?;
    let url = matches.get_one::<String>(URL).map(|url| address(url)).transpose()?;
    let server = match url {
        Some(url) => Server::Url(Address { url, second_factor: false }),
        None => Server::Program(program(api, matches)?),
    };
    let configuration = clients::configuration(client, api, &server).map_err(|problem| {
        let name = client.name();
        Usage::new(match problem {
            Unreachable::NoProgram => {
                format!("{name} needs --url: {problem}\nfor example: {PROGRAM} config {name} --url https://…/mcp/TOKEN")
            }
            Unreachable::NotPublic | Unreachable::NoSecondFactor => {
                format!("{name} cannot reach that address: {problem}")
            }
        })
    })?;
    stdout::verbatim(format!("{}\n", configuration.text).as_bytes())?;
    for step in configuration.steps {
        // The configuration was delivered; what cannot be said beside it is no failure.
        let _ = writeln!(anstream::stderr(), "{step}");
    }
    Ok(ExitCode::SUCCESS)
}

/// The address as it was given, if it is one.
fn address(text: &str) -> Result<String, Usage> {
    let text = text.trim();
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") && url.has_host() => Ok(text.to_owned()),
        _ => Err(Usage::new(format!("--{URL} {} is no address such as https://host/mcp/TOKEN", quoted(text)))),
    }
}

/// This program, as a client would start it for the account that flags and environment describe.
fn program(api: &ApiDef, matches: &ArgMatches) -> anyhow::Result<Program> {
    let path = absolute(&config::program()?)?;
    let mut arguments = vec!["stdio".to_owned()];
    if let Some(file) = connection::ca_file(api, matches) {
        arguments.extend(["--ca-file".to_owned(), absolute(&file)?]);
    }
    arguments.extend(account::sandbox_flags(api, matches));
    arguments.extend(attachments::flag(api, matches)?);
    // What the program would refuse when a client starts it is better refused here.
    scope::given(api, matches)?;
    arguments.extend(scope::flags(matches)?);
    let variables = if account::wants_sandbox(api, matches) { Vec::new() } else { variables(api, matches)? };
    Ok(Program { path, arguments, variables })
}

/// The account's variables. What is known already is filled in, but for the key itself.
fn variables(api: &ApiDef, matches: &ArgMatches) -> Result<Vec<Variable>, Usage> {
    let names = Names::of(api);
    let flags = account::flags(api, matches);
    config::check_address(api, &flags, &Process).map_err(|error| Usage::new(error.to_string()))?;
    let known = |flag: Option<&String>, name: &str| config::text(flag, name, &Process);
    let open = |name: String, value: Option<String>, about: &str| Variable {
        name,
        value,
        about: about.to_owned(),
        secret: false,
    };
    let mut variables = Vec::new();
    match known(flags.base_url.as_ref(), &names.base_url()) {
        Some(url) => variables.push(open(names.base_url(), Some(url), "")),
        None => variables.extend(api.variables.iter().zip(&flags.variables).map(|(variable, flag)| {
            let name = names.variable(variable);
            let value = known(flag.as_ref(), &name);
            open(name, value, variable.about)
        })),
    }
    variables.push(match known(None, &names.api_key_file()) {
        Some(path) => open(names.api_key_file(), Some(path), ""),
        None => {
            let about = format!("The {} API key", api.title);
            Variable { name: names.api_key(), value: None, about, secret: true }
        }
    });
    Ok(variables)
}
