//! One flow on two nodes: no node remembers what another one needs, and what one ends, the other ends within a second.

use std::time::Duration;

use serde_json::{Value, json};

use super::connector::{Connector, send_form, sign_in_server, text};
use crate::admin::browser::Browser;
use crate::admin::test_server::{TestServer, on_postgres};

#[tokio::test]
async fn each_step_of_a_flow_may_be_on_another_node() {
    let here = TestServer::start().await;
    let there = here.second_node().await;
    let server = sign_in_server(&here, &json!({})).await;
    let client = Connector::registered(&there, &server, "https://app.example/cb").await;
    let (_, kim) = here.post("/api-token", &json!({ "name": "Kim", "role": "caller" })).await;
    let mut browser = Browser::signed_in(&there, text(&kim, "token")).await;
    let connect = async |browser: &mut Browser| {
        let page = browser.open(&here, &client.authorize_path(&[])).await;
        let (request, csrf) = (page.field("request"), page.field("csrf_token"));
        let fields = [("request", request.as_str()), ("csrf_token", csrf.as_str()), ("decision", "allow")];
        let agreed = browser.submit(&there, "/oauth/authorize", &client.origin, &fields).await;
        let form = client.code_form(&agreed.parameter("code").unwrap());
        let (status, first) = send_form(&here, "/oauth/token", &form).await;
        assert_eq!(status, 200, "{first}");
        let (status, tokens) = client.refresh(&there, text(&first, "refresh_token"), None).await;
        assert_eq!(status, 200, "{tokens}");
        for node in [&here, &there] {
            assert!(node.list_tools_with(&server, Some(text(&tokens, "access_token"))).await.is_ok());
        }
        tokens
    };
    let is_refused = async |tokens: &Value| {
        let access = text(tokens, "access_token");
        assert_eq!(here.list_tools_with(&server, Some(access)).await.unwrap_err(), 401);
        here.clock.advance(Duration::from_millis(500));
        assert_eq!(there.list_tools_with(&server, Some(access)).await.unwrap_err(), 401);
        for node in [&here, &there] {
            assert_eq!(client.refresh(node, text(tokens, "refresh_token"), None).await.0, 400);
        }
    };
    // The client ends its connection.
    let tokens = connect(&mut browser).await;
    assert_eq!(client.revoke(&here, text(&tokens, "refresh_token")).await, 200);
    is_refused(&tokens).await;
    // An admin disables the user.
    let tokens = connect(&mut browser).await;
    let (_, users) = here.get("/user").await;
    let kim = users["result"].as_array().unwrap().iter().find(|user| user["name"] == "Kim").unwrap();
    let disabled = here.patch(&format!("/user/{}", text(kim, "id")), &json!({ "status": "disabled" })).await;
    assert_eq!(disabled.0, 200);
    is_refused(&tokens).await;
    assert_eq!(browser.session(&there).await, Value::Null);
}

#[workspace_tests::full_run("PostgreSQL")]
#[test]
fn flows_on_several_nodes_work_on_postgres() {
    on_postgres(&[each_step_of_a_flow_may_be_on_another_node]);
}
