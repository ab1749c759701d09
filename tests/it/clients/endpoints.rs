//! The server's endpoints for clients: over stdio and HTTP, with a rate limit that is free and with one that is used up.

use api_sandbox::Sandbox;
use desk365_mcp::tools::API;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::node::{Node, serve};
use crate::common::program::program_path;

/// The command line of a server that speaks over stdio.
pub(crate) type CommandLine = Vec<&'static str>;

/// The endpoints of two helpdesks over one transport.
pub(crate) struct Helpdesks<W> {
    /// Answers calls.
    pub(crate) open: W,
    /// Refuses every call, because its rate limit is used up.
    pub(crate) spent: W,
}

pub(crate) struct Endpoints {
    pub(crate) stdio: Helpdesks<CommandLine>,
    pub(crate) http: Helpdesks<String>,
    _node: Node,
    _spent: Sandbox,
    _folder: TempDir,
}

impl Endpoints {
    /// Starts the servers that are reached over HTTP.
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let node = Node::start(serve(folder.path()).arg("--sandbox"));
        let options = api_sandbox::SandboxOptions { budget: Some(0), ..api_sandbox::SandboxOptions::default() };
        let spent = api_sandbox::start(API.sandbox.unwrap(), options).await.unwrap();
        let http = Helpdesks {
            open: node.said("MCP URL (sandbox): ").unwrap(),
            spent: node.server_at(&spent.base_url, spent.key.expose_secret()).await,
        };
        let open = vec![program_path(), "stdio", "--sandbox"];
        let stdio = Helpdesks { spent: [&*open, &["--sandbox-budget", "0"]].concat(), open };
        Self { stdio, http, _node: node, _spent: spent, _folder: folder }
    }

    /// Returns the JSON that the scripts read.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "stdio": { "open": self.stdio.open, "spent": self.stdio.spent },
            "http": { "open": self.http.open, "spent": self.http.spent },
        })
    }
}
