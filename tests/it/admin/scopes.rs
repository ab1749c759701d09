//! Every filter against every tool: a server lists and calls exactly the tools that its filter selects.

use std::collections::BTreeSet;

use desk365_mcp::scope;
use desk365_mcp::tools::{API, TOOLS};
use serde_json::{Value, json};
use tool_runtime::tool::ToolDef;

use crate::admin::test_server::{TestServer, token};

/// Returns whether a word of `methods` selects the tool.
fn selects(word: &str, tool: &ToolDef) -> bool {
    match word {
        "read" => tool.hints.read_only,
        "write" => !tool.hints.read_only,
        method => tool.method.name() == method,
    }
}

/// Returns the tools that a server with this configuration lists, or none if the configuration is refused. Each listed tool
/// can be called, and no other.
async fn listed_and_called(node: &TestServer, account: &str, config: &Value) -> BTreeSet<String> {
    let body = json!({ "name": "s", "config": config });
    let (status, server) = node.post(&format!("/integrated-account/{account}/mcp"), &body).await;
    if status == 400 {
        return BTreeSet::new();
    }
    let listed: BTreeSet<_> = node.list_tools(token(&server)).await.unwrap().into_iter().collect();
    for tool in TOOLS {
        // A call within the scope fails at its arguments, before anything is sent.
        let answer = node.call_tool(token(&server), tool.def.name, &json!({ "x_no_such_argument": 1 })).await;
        let reached = answer["result"]["isError"] == json!(true);
        assert!(reached || answer["error"]["code"] == json!(-32602), "{answer}");
        assert_eq!(reached, listed.contains(tool.def.name), "{config} {}", tool.def.name);
    }
    listed
}

async fn assert_selects(node: &TestServer, account: &str, config: &Value, is_selected: impl Fn(&ToolDef) -> bool) {
    let selected = TOOLS.iter().filter(|tool| is_selected(tool.def)).map(|tool| tool.def.name.to_owned()).collect();
    assert_eq!(listed_and_called(node, account, config).await, selected, "{config}");
}

#[tokio::test]
async fn methods_and_tags_select_exactly_their_tools() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    for method in scope::method_names() {
        assert_selects(&node, &account, &json!({ "methods": [method] }), |tool| selects(method, tool)).await;
        for tag in API.tags.iter().map(|tag| tag.name) {
            let config = json!({ "methods": [method], "tags": [tag] });
            assert_selects(&node, &account, &config, |tool| selects(method, tool) && tool.tags.contains(&tag)).await;
        }
    }
    for tag in API.tags.iter().map(|tag| tag.name) {
        assert_selects(&node, &account, &json!({ "tags": [tag] }), |tool| tool.tags.contains(&tag)).await;
    }
    let every: Vec<_> = scope::method_names().collect();
    let tags: Vec<_> = API.tags.iter().map(|tag| tag.name).collect();
    assert_selects(&node, &account, &json!({ "methods": every, "tags": tags }), |_| true).await;
}

#[tokio::test]
async fn tools_and_exclude_tools_select_by_name() {
    let node = TestServer::start().await;
    let account = node.create_account().await;
    for tool in TOOLS {
        let name = tool.def.name;
        assert_selects(&node, &account, &json!({ "tools": [name] }), |tool| tool.name == name).await;
        assert_selects(&node, &account, &json!({ "exclude_tools": [name] }), |tool| tool.name != name).await;
        assert_selects(&node, &account, &json!({ "tools": [name], "exclude_tools": [name] }), |_| false).await;
    }
}
