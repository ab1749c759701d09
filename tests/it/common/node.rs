//! The program as an operator runs it: server processes, their logs, and requests to them.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use desk365_mcp::config::EnvNames;
use desk365_mcp::tools::API;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::common::program::program_path;

/// The admin token of every node that [`serve`] starts.
pub(crate) const ADMIN_TOKEN: &str = "an-admin-token-that-tests-know";

/// Returns a command for the program with its data in `folder` and no other variable set.
pub(crate) fn program(folder: &Path, arguments: &[&str]) -> Command {
    let names = EnvNames::for_api(&API);
    let mut command = Command::new(program_path());
    command.env_clear().env(names.server("--data-dir"), folder).args(arguments);
    command
}

/// Returns a command for `serve` on a free port, with [`ADMIN_TOKEN`].
pub(crate) fn serve(folder: &Path) -> Command {
    let mut command = program(folder, &["serve", "--listen", "127.0.0.1:0"]);
    command.env(EnvNames::for_api(&API).server("admin-token"), ADMIN_TOKEN);
    command
}

/// A server process. Dropping it kills the process.
pub(crate) struct Node {
    process: Child,
    /// The host and port on which it listens.
    pub(crate) address: String,
    said: Arc<Mutex<Vec<String>>>,
    client: reqwest::Client,
}

impl Node {
    /// Starts the process, and waits until it listens.
    pub(crate) fn start(command: &mut Command) -> Self {
        let process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        Self::listening(process)
    }

    /// Starts several processes at the same moment.
    pub(crate) fn start_all<const N: usize>(commands: [&mut Command; N]) -> [Self; N] {
        let started = commands
            .map(|command| command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap());
        started.map(Self::listening)
    }

    fn listening(mut process: Child) -> Self {
        let mut stderr = BufReader::new(process.stderr.take().unwrap()).lines();
        let said = Arc::new(Mutex::new(Vec::new()));
        let address = loop {
            let line = stderr.next().unwrap_or_else(|| panic!("the server ended: {:?}", said.lock().unwrap())).unwrap();
            let address = line.strip_prefix("Listening on ").map(|rest| rest.split(',').next().unwrap().to_owned());
            said.lock().unwrap().push(line);
            if let Some(address) = address {
                break address;
            }
        };
        // Without a reader, a full pipe would block the process.
        let heard = Arc::clone(&said);
        std::thread::spawn(move || stderr.map_while(Result::ok).for_each(|line| heard.lock().unwrap().push(line)));
        // Fails if another test has installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { process, address, said, client }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns what follows these words on a line of stderr.
    pub(crate) fn said(&self, words: &str) -> Option<String> {
        let said = self.said.lock().unwrap();
        said.iter().find_map(|line| Some(line.split_once(words)?.1.trim().to_owned()))
    }

    /// Returns everything that the process wrote to stderr.
    pub(crate) fn log(&self) -> String {
        self.said.lock().unwrap().join("\n")
    }

    /// Sends a request, and returns the status and the body.
    pub(crate) async fn send(&self, method: &str, path: &str, bearer: &str, body: Option<&Value>) -> (u16, Value) {
        let request = self.client.request(method.parse().unwrap(), self.url(path)).bearer_auth(bearer);
        let request = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let text = response.text().await.unwrap();
        (status, if text.is_empty() { Value::Null } else { serde_json::from_str(&text).unwrap_or(Value::String(text)) })
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, Value) {
        self.send("GET", path, ADMIN_TOKEN, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.send("POST", path, ADMIN_TOKEN, Some(body)).await
    }

    /// Creates a record that the rest of a test needs.
    pub(crate) async fn made(&self, path: &str, body: &Value) -> Value {
        let (status, made) = self.post(path, body).await;
        assert_eq!(status, 201, "{path}: {made}");
        made
    }

    /// Sends a request to an MCP server, and returns the status and the body.
    pub(crate) async fn mcp(&self, token: &str, method: &str, params: &Value) -> (u16, Value) {
        let message = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let request = self.client.post(self.url(&format!("/mcp/{token}"))).json(&message);
        let response = request.header("user-agent", "tester/1.0").send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    /// Returns the number of tools that a token lists, or the status of the error.
    pub(crate) async fn listed(&self, token: &str) -> Result<usize, u16> {
        let (status, body) = self.mcp(token, "tools/list", &json!({})).await;
        if status == 200 { Ok(body["result"]["tools"].as_array().unwrap().len()) } else { Err(status) }
    }

    /// Calls a tool without arguments, and returns the result.
    pub(crate) async fn call(&self, token: &str, tool: &str) -> Value {
        let (status, mut body) = self.mcp(token, "tools/call", &json!({ "name": tool, "arguments": {} })).await;
        assert_eq!(status, 200, "{body}");
        body["result"].take()
    }

    /// Creates an account at `base_url` and a server with all tools, and returns the server's URL.
    pub(crate) async fn server_at(&self, base_url: &str, api_key: &str) -> String {
        self.server_with(base_url, api_key, &json!({})).await
    }

    /// Creates an account for the API at `base_url` and a server with that configuration, and returns the server's URL.
    pub(crate) async fn server_with(&self, base_url: &str, api_key: &str, config: &Value) -> String {
        let account = json!({ "name": "another", "base_url": base_url, "api_key": api_key });
        let account = self.made("/integrated-account", &account).await;
        let path = format!("/integrated-account/{}/mcp", account["id"].as_str().unwrap());
        let server = self.made(&path, &json!({ "name": "another", "config": config })).await;
        server["url"].as_str().unwrap().to_owned()
    }

    /// Returns a request that posts a message to a server's URL.
    pub(crate) fn message(&self, url: &str, message: &Value) -> RequestBuilder {
        self.client.post(url).json(message)
    }

    /// Returns the resident memory of the process.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
    }

    /// Sends SIGTERM.
    pub(crate) fn terminate(&self) {
        self.signal("TERM");
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        // `kill` is built into every shell; as a program, some machines lack it.
        let kill = format!("kill -{name} {}", self.id());
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    /// Returns the identifier of the process.
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Waits until the process exits.
    pub(crate) fn ended(mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    /// Sends SIGTERM, and waits until the process exits.
    pub(crate) fn end(self) -> ExitStatus {
        self.terminate();
        self.ended()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Waits up to a minute until a condition holds.
pub(crate) async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let wait = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    assert!(tokio::time::timeout(Duration::from_mins(1), wait).await.is_ok(), "timed out waiting until {what}");
}
