//! A real identity provider in another process, which follows the orders of a test.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::Value;

use crate::common::programs::{NodeJs, scripts};

pub(crate) const CLIENT_ID: &str = "mcp";
pub(crate) const CLIENT_SECRET: &str = "the-client-secret-of-the-provider";

/// A running provider. It ends with its input.
pub(crate) struct IdentityProvider {
    pub(crate) issuer: String,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    child: Child,
}

impl IdentityProvider {
    /// Starts it, or returns `None` if the test is skipped.
    pub(crate) fn start() -> Option<Self> {
        let node = NodeJs::installed()?;
        // For the clients of tests. Fails if another test has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut command = node.run(scripts().join("node/identity_provider.cjs"));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let (input, output) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        let mut provider = Self { issuer: String::new(), input, output, child };
        provider.issuer = provider.line();
        Some(provider)
    }

    /// Registers the client of this server with its redirect URI.
    pub(crate) fn register(&mut self, redirect_uri: &str) {
        writeln!(self.input, "{redirect_uri}").unwrap();
        assert_eq!(self.line(), "ready");
    }

    /// Gives orders, and returns the state after them.
    pub(crate) async fn control(&self, orders: Value) -> Value {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = client.post(format!("{}/control", self.issuer)).json(&orders);
        request.send().await.unwrap().json().await.unwrap()
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
