//! The program as `serve` runs it: a process of its own on a free port, with a folder that goes with it.

#![allow(dead_code, reason = "each test binary uses a part of this")]

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A running server. Dropping it kills it.
pub(crate) struct Served {
    process: Child,
    /// Where it listens.
    pub(crate) address: String,
    /// The URL of the server on the stand-in, if there is one.
    pub(crate) on_the_stand_in: Option<String>,
    admin_token: String,
    client: reqwest::Client,
    _folder: TempDir,
}

impl Served {
    /// Starts it with these flags, and waits until it listens.
    pub(crate) fn start(flags: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_desk365-mcp"))
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(folder.path())
            .args(flags)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stderr = BufReader::new(process.stderr.take().unwrap());
        let (mut admin_token, mut on_the_stand_in) = (String::new(), None);
        let address = loop {
            let mut line = String::new();
            assert_ne!(stderr.read_line(&mut line).unwrap(), 0, "the server ended: {:?}", process.wait());
            if let Some(token) = line.trim().strip_prefix("The admin token, shown this once: ") {
                token.clone_into(&mut admin_token);
            } else if let Some(url) = line.trim().strip_prefix("MCP, on the stand-in: ") {
                on_the_stand_in = Some(url.to_owned());
            } else if let Some((address, _)) = line.strip_prefix("Listening on ").and_then(|rest| rest.split_once(','))
            {
                break address.to_owned();
            }
        };
        // Nobody may make it wait by not reading.
        std::thread::spawn(move || stderr.read_to_end(&mut Vec::new()));
        // Another test may have been first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { process, address, on_the_stand_in, admin_token, client, _folder: folder }
    }

    /// The URL of a new server with all tools, on a new account at `base_url`.
    pub(crate) async fn server_at(&self, base_url: &str, api_key: &str) -> String {
        let account = json!({ "name": "another", "base_url": base_url, "api_key": api_key });
        let account = self.made("/integrated-account", &account).await;
        let path = format!("/integrated-account/{}/mcp", account["id"].as_str().unwrap());
        let server = self.made(&path, &json!({ "name": "another" })).await;
        server["url"].as_str().unwrap().to_owned()
    }

    async fn made(&self, path: &str, form: &Value) -> Value {
        let sent = self.client.post(format!("http://{}{path}", self.address)).bearer_auth(&self.admin_token);
        let response = sent.json(form).send().await.unwrap();
        assert_eq!(response.status(), 201, "{path}");
        response.json().await.unwrap()
    }

    /// What Prometheus is told.
    pub(crate) async fn metrics(&self) -> String {
        let sent = self.client.get(format!("http://{}/metrics", self.address)).bearer_auth(&self.admin_token);
        sent.send().await.unwrap().text().await.unwrap()
    }

    /// Sends a message to a server's URL.
    pub(crate) fn post(&self, url: &str, message: &Value) -> reqwest::RequestBuilder {
        self.client.post(url).json(message)
    }

    /// Asks it to end.
    pub(crate) fn terminate(&self) {
        // Every shell has it; the program of that name is not on every machine.
        let kill = format!("kill -TERM {}", self.process.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Waits until it has.
    pub(crate) fn ended(mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
