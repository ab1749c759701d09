//! Every filter against every tool: what a server lists is what it calls, and it is what the filter means.

use std::collections::BTreeSet;

use desk365_mcp::scope;
use desk365_mcp::tools::{API, TOOLS};
use serde_json::{Value, json};
use tool_runtime::tool::ToolDef;

use crate::admin::site::{Site, token};

/// Whether a word of `methods` means the tool.
fn means(word: &str, tool: &ToolDef) -> bool {
    match word {
        "read" => tool.hints.read_only,
        "write" => !tool.hints.read_only,
        class => tool.method.name() == class,
    }
}

/// The names of the tools that a server with this configuration lists; none where it cannot be made.
async fn listed_and_called(site: &Site, account: &str, config: &Value) -> BTreeSet<String> {
    let body = json!({ "name": "s", "config": config });
    let (status, server) = site.post(&format!("/integrated-account/{account}/mcp"), &body).await;
    if status == 400 {
        return BTreeSet::new();
    }
    let listed: BTreeSet<_> = site.listed(token(&server)).await.unwrap().into_iter().collect();
    for tool in TOOLS {
        // A call that gets as far as its arguments was not stopped by the scope, and nothing is sent.
        let answer = site.call(token(&server), tool.def.name, &json!({ "x_no_such_argument": 1 })).await;
        let reached = answer["result"]["isError"] == json!(true);
        assert!(reached || answer["error"]["code"] == json!(-32602), "{answer}");
        assert_eq!(reached, listed.contains(tool.def.name), "{config} {}", tool.def.name);
    }
    listed
}

async fn assert_means(site: &Site, account: &str, config: &Value, is_meant: impl Fn(&ToolDef) -> bool) {
    let meant = TOOLS.iter().filter(|tool| is_meant(tool.def)).map(|tool| tool.def.name.to_owned()).collect();
    assert_eq!(listed_and_called(site, account, config).await, meant, "{config}");
}

#[tokio::test]
async fn methods_and_tags_mean_what_they_say_alone_and_together() {
    let site = Site::open().await;
    let account = site.account().await;
    for method in scope::method_names() {
        assert_means(&site, &account, &json!({ "methods": [method] }), |tool| means(method, tool)).await;
        for tag in API.tags.iter().map(|tag| tag.name) {
            let config = json!({ "methods": [method], "tags": [tag] });
            assert_means(&site, &account, &config, |tool| means(method, tool) && tool.tags.contains(&tag)).await;
        }
    }
    for tag in API.tags.iter().map(|tag| tag.name) {
        assert_means(&site, &account, &json!({ "tags": [tag] }), |tool| tool.tags.contains(&tag)).await;
    }
    let every: Vec<_> = scope::method_names().collect();
    let tags: Vec<_> = API.tags.iter().map(|tag| tag.name).collect();
    assert_means(&site, &account, &json!({ "methods": every, "tags": tags }), |_| true).await;
}

#[tokio::test]
async fn a_tool_by_its_name_is_the_only_one_or_the_only_one_missing() {
    let site = Site::open().await;
    let account = site.account().await;
    for tool in TOOLS {
        let name = tool.def.name;
        assert_means(&site, &account, &json!({ "tools": [name] }), |tool| tool.name == name).await;
        assert_means(&site, &account, &json!({ "exclude_tools": [name] }), |tool| tool.name != name).await;
        assert_means(&site, &account, &json!({ "tools": [name], "exclude_tools": [name] }), |_| false).await;
    }
}
