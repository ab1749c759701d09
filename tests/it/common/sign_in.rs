//! A process with a server that asks for sign-in, and a person with Chromium who lets clients into it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::node::{Node, serve};
use crate::common::programs::{chromium, python, scripts};

/// A server on the sandbox that asks for sign-in.
pub(crate) struct SignInServer {
    pub(crate) node: Node,
    pub(crate) url: String,
    _folder: TempDir,
}

impl SignInServer {
    pub(crate) async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let node = Node::start(serve(folder.path()).arg("--sandbox"));
        let (_, accounts) = node.get("/integrated-account").await;
        let path = format!("/integrated-account/{}/mcp", accounts["result"][0]["id"].as_str().unwrap());
        let server = node.made(&path, &json!({ "name": "Support", "config": { "auth": "sign_in" } })).await;
        Self { url: server["url"].as_str().unwrap().to_owned(), node, _folder: folder }
    }

    /// Returns the only connection.
    pub(crate) async fn connection(&self) -> Value {
        let (_, connections) = self.node.get("/connection").await;
        let [connection] = connections["result"].as_array().unwrap().as_slice() else { panic!("{connections}") };
        connection.clone()
    }
}

/// A person with Chromium and an API token.
pub(crate) struct Person {
    python: PathBuf,
    chromium: PathBuf,
    token: String,
}

impl Person {
    /// The name of the person's API token.
    pub(crate) const NAME: &str = "Kim";

    /// Returns a person who can sign in to the server, or `None` if the test is skipped.
    pub(crate) async fn at(server: &SignInServer) -> Option<Self> {
        let (python, chromium) = (python("console")?, chromium()?);
        let token = server.node.made("/api-token", &json!({ "name": Self::NAME, "role": "caller" })).await;
        Some(Self { python, chromium, token: token["token"].as_str().unwrap().to_owned() })
    }

    /// Returns a command that runs `client`, and signs the person in when the client asks for it. A picture of the page on
    /// which the person agrees is stored in `target/console-screenshots`.
    pub(crate) fn beside(&self, client: &Command, picture: &str) -> Command {
        let pictures = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/console-screenshots");
        let mut command = Command::new(&self.python);
        command.arg("-B").arg(scripts().join("person.py")).arg(&self.chromium).arg(&self.token);
        command.arg(pictures.join(format!("consent-{picture}.png"))).arg(client.get_program()).args(client.get_args());
        command.envs(client.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command
    }
}

/// Returns a port on which a client can listen.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}
