//! The ways to the server: over stdio and HTTP, to a helpdesk that answers and to one whose rate limit is used up.

use desk365_mcp::sandbox::{self, Sandbox};
use desk365_mcp::tools::API;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::node::{Node, serve};

/// How a server is started that talks over stdio.
pub(crate) type CommandLine = Vec<&'static str>;

/// The two helpdesks, by the same way.
pub(crate) struct Helpdesks<W> {
    /// Answers.
    pub(crate) open: W,
    /// Refuses every call, because there were too many.
    pub(crate) spent: W,
}

pub(crate) struct Ways {
    pub(crate) stdio: Helpdesks<CommandLine>,
    pub(crate) http: Helpdesks<String>,
    _node: Node,
    _spent: Sandbox,
    _folder: TempDir,
}

impl Ways {
    /// Starts what is reached over HTTP.
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let node = Node::start(serve(folder.path()).arg("--sandbox"));
        let options = sandbox::Options { budget: Some(0), ..sandbox::Options::default() };
        let spent = sandbox::start(API.sandbox.unwrap(), options).await.unwrap();
        let http = Helpdesks {
            open: node.said("MCP URL (sandbox): ").unwrap(),
            spent: node.server_at(&spent.base_url, spent.key.expose_secret()).await,
        };
        let open = vec![env!("CARGO_BIN_EXE_desk365-mcp"), "stdio", "--sandbox"];
        let stdio = Helpdesks { spent: [&*open, &["--sandbox-budget", "0"]].concat(), open };
        Self { stdio, http, _node: node, _spent: spent, _folder: folder }
    }

    /// As the scripts read it.
    pub(crate) fn to_json(&self) -> Value {
        json!({
            "stdio": { "open": self.stdio.open, "spent": self.stdio.spent },
            "http": { "open": self.http.open, "spent": self.http.spent },
        })
    }
}
