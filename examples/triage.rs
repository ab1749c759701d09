//! The main job of an MCP client: list the tools, read a ticket and its conversation, and add a note.
//!
//! `cargo run --example triage` builds the program, starts it on the built-in sandbox and talks to it over stdio. The
//! client is rmcp, the public Rust SDK. The example uses nothing of this crate, so it shows what your own program needs.
#![expect(clippy::print_stdout, reason = "the example prints its progress")]

use std::env::{self, consts::EXE_SUFFIX};
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use rmcp::model::{CallToolRequestParams, ContentBlock, JsonObject};
use rmcp::object;
use rmcp::service::{RoleClient, RunningService, ServiceExt as _};
use rmcp::transport::TokioChildProcess;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};
use tokio::process::Command;

const NOTE: &str = "It failed at 02:34, after the move to 02:30: does the nightly backup take longer now?";

#[derive(Deserialize)]
struct Ticket {
    subject: String,
    status: String,
    priority: u8,
}

#[derive(Deserialize)]
struct Conversation {
    conversations: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    created_on: String,
    creator_name: String,
    body_text: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let program = program().await?;
    let mut server = Command::new(&program);
    // Compact results are for models. A program that parses the API's JSON asks for raw ones.
    server.args(["stdio", "--sandbox", "--results", "raw"]);
    let server = TokioChildProcess::new(server).with_context(|| format!("failed to start {}", program.display()))?;
    let client = ().serve(server).await.context("the server did not answer")?;

    let tools = client.list_all_tools().await?;
    let readers = tools.iter().filter_map(|tool| tool.annotations.as_ref()?.read_only_hint).filter(|reads| *reads);
    println!("tools: {}, of which {} only read", tools.len(), readers.count());

    let id = object!({ "ticket_number": 904 });
    let ticket: Ticket = call_tool(&client, "get_single_desk_365_ticket_by_id", id.clone()).await?;
    println!("ticket 904: {} ({}, priority {})", ticket.subject, ticket.status, ticket.priority);

    let before: Conversation = call_tool(&client, "list_all_desk_365_ticket_conversations", id.clone()).await?;
    println!("conversation: {} entries", before.conversations.len());
    for Entry { created_on, creator_name, body_text } in &before.conversations {
        println!("  {created_on:.10} {creator_name}: {}", body_text.replace('\n', " "));
    }

    // A note is for agents only unless `private_note` is false.
    let note = object!({ "ticket_number": 904, "body": NOTE });
    let _: IgnoredAny = call_tool(&client, "create_a_desk_365_ticket_note", note).await?;
    println!("note added: {NOTE}");

    let after: Conversation = call_tool(&client, "list_all_desk_365_ticket_conversations", id).await?;
    let found = after.conversations.iter().position(|entry| entry.body_text == NOTE);
    let found = found.context("the note is not in the conversation")? + 1;
    println!("note found: entry {found} of {}", after.conversations.len());

    client.cancel().await?;
    Ok(())
}

/// Calls `tool` and parses its result.
async fn call_tool<T: DeserializeOwned>(
    client: &RunningService<RoleClient, ()>,
    tool: &'static str,
    arguments: JsonObject,
) -> Result<T> {
    let result = client.call_tool(CallToolRequestParams::new(tool).with_arguments(arguments)).await?;
    if result.is_error == Some(true) {
        let sentence =
            result.content.first().and_then(ContentBlock::as_text).map_or("no reason given", |text| &text.text);
        bail!("{tool} failed: {sentence}");
    }
    result.into_typed().with_context(|| format!("{tool} returned an unexpected result"))
}

/// Builds the program and returns its path, which is one folder above this example.
async fn program() -> Result<PathBuf> {
    // For an example, cargo builds only what is linked into it, so the program is built here. The example is built with
    // it, so that both use the same features of dependencies. Variables that cargo sets for this package are removed,
    // because build scripts would take them for a change.
    if let Some(cargo) = env::var_os("CARGO") {
        let mut build = Command::new(cargo);
        for (name, _) in env::vars_os() {
            let text = name.to_string_lossy();
            if ["CARGO_MANIFEST_", "CARGO_PKG_", "OUT_DIR"].iter().any(|own| text.starts_with(own)) {
                build.env_remove(&name);
            }
        }
        build.args(["build", "--quiet", "--bin", "desk365-mcp", "--example", "triage"]);
        build.args(["--profile", if cfg!(debug_assertions) { "dev" } else { "release" }]);
        let status = build.current_dir(env!("CARGO_MANIFEST_DIR")).status().await.context("failed to start cargo")?;
        ensure!(status.success(), "failed to build desk365-mcp");
    }
    let example = env::current_exe()?;
    let folder = example.ancestors().nth(2).context("this example is not in a target folder")?;
    Ok(folder.join(format!("desk365-mcp{EXE_SUFFIX}")))
}
