//! The bundle for Claude Desktop: packed as for a release, unpacked and started as a host does.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use desk365_mcp::tools::TOOLS;
use serde_json::{Value, json};
use workspace_tests::full_run;

use crate::common::program::program_path;
use crate::common::programs::{NodeJs, printed};

/// The script of the official tool.
const MCPB: &str = "@anthropic-ai/mcpb/dist/cli/cli.js";
const TARGET: &str = "x86_64-unknown-linux-musl";

fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", printed(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// Packs the program, unpacks the bundle into `folder`, and returns its manifest.
fn installed(node: &NodeJs, folder: &Path) -> Value {
    let mcpb = node.run_packaged(MCPB);
    let words = [mcpb.get_program()].into_iter().chain(mcpb.get_args());
    let words: Vec<_> = words.map(|word| word.to_str().unwrap().to_owned()).collect();
    let packed = tempfile::tempdir().unwrap();
    let mut pack = Command::new("python3");
    pack.arg("packaging/mcpb/pack.py").arg(program_path()).arg(TARGET).arg(packed.path());
    let bundle = succeed(pack.env("MCPB", shell_words::join(words)));
    succeed(node.run_packaged(MCPB).arg("unpack").arg(bundle.trim()).arg(folder));
    serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).unwrap()).unwrap()
}

/// Starts the installed bundle as a host does, and returns the names of the tools that it lists.
fn listed_tools(folder: &Path, manifest: &Value, read_only: bool) -> Vec<String> {
    let fill = |text: &Value| {
        let text = text.as_str().unwrap().replace("${__dirname}", folder.to_str().unwrap());
        let text = text.replace("${user_config.read_only}", &read_only.to_string());
        let fields = manifest["user_config"].as_object().unwrap().keys();
        fields.fold(text, |text, field| text.replace(&format!("${{user_config.{field}}}"), "acme"))
    };
    let config = &manifest["server"]["mcp_config"];
    let mut command = Command::new(fill(&config["command"]));
    command.env_clear().args(config["args"].as_array().unwrap().iter().map(fill));
    command.envs(config["env"].as_object().unwrap().iter().map(|(name, value)| (name, fill(value))));
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let client = json!({ "name": "host", "version": "1" });
    let messages = [
        json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize",
            "params": { "protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": client } }),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list" }),
    ];
    let mut stdin = process.stdin.take().unwrap();
    for message in messages {
        writeln!(stdin, "{message}").unwrap();
    }
    drop(stdin);
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", printed(&output));
    let answers: Vec<Value> = output
        .stdout
        .split(|b| *b == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| serde_json::from_slice(line).unwrap())
        .collect();
    assert_eq!(answers[0]["result"]["serverInfo"]["icons"][1]["sizes"], json!(["512x512"]), "{}", answers[0]);
    let tools = answers[1]["result"]["tools"].as_array().unwrap();
    tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()).collect()
}

#[full_run("packages of npm")]
#[test]
fn the_packed_bundle_starts_as_a_host_starts_it() {
    let Some(node) = NodeJs::installed() else { return };
    let folder = tempfile::tempdir().unwrap();
    let manifest = installed(&node, folder.path());
    assert_eq!(manifest["compatibility"]["platforms"], json!(["linux"]));
    let listed: Vec<_> =
        manifest["tools"].as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    assert_eq!(listed_tools(folder.path(), &manifest, false), listed);
    let readers: Vec<_> = TOOLS.iter().filter(|tool| tool.def.hints.read_only).map(|tool| tool.def.name).collect();
    assert_eq!(listed_tools(folder.path(), &manifest, true), readers);
}
