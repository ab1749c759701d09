//! Accounts over HTTP.

use desk365_mcp::tools::API;
use serde_json::{Value, json};

use crate::admin::site::{API_KEY, Site, UNKNOWN_ID, variables, violated};

fn with_variables(mut body: Value) -> Value {
    body.as_object_mut().unwrap().extend(variables());
    body
}

#[tokio::test]
async fn an_account_is_made_shown_changed_and_removed_without_its_key_coming_back() {
    let site = Site::open().await;
    let (status, made) =
        site.post("/integrated-account", &with_variables(json!({ "name": "Zoë 😀", "api_key": API_KEY }))).await;
    assert_eq!(status, 201, "{made}");
    let path = format!("/integrated-account/{}", made["id"].as_str().unwrap());
    assert_eq!((&made["name"], &made["status"]), (&json!("Zoë 😀"), &json!("active")));
    assert!(made["base_url"].as_str().unwrap().starts_with("https://"), "{made}");
    for (name, value) in variables() {
        assert_eq!(made[name.as_str()], value);
    }
    assert_eq!(site.get(&path).await, (http::StatusCode::OK, made.clone()));
    assert_eq!(site.get("/integrated-account").await.1["result"], json!([made]));

    let (status, changed) = site.patch(&path, &json!({ "name": "New", "api_key": "another-key" })).await;
    assert_eq!((status.as_u16(), &changed["name"], &changed["base_url"]), (200, &json!("New"), &made["base_url"]));
    site.server(made["id"].as_str().unwrap(), &json!({})).await;
    assert_eq!(site.delete(&path).await.1, json!({ "deleted_servers": 1 }));
    assert_eq!(site.get(&path).await.0, 404);
    assert_eq!(site.delete(&path).await.0, 404);
    for answer in [made, changed] {
        assert!(!answer.to_string().contains("key"), "{answer}");
    }
}

#[tokio::test]
async fn everything_wrong_with_an_account_is_said_at_once() {
    let site = Site::open().await;
    let (status, body) =
        site.post("/integrated-account", &json!({ "nam": 1, "base_url": "ftp://x", "api_key": "a b" })).await;
    assert_eq!((status.as_u16(), &body["statusCode"], &body["error"]), (400, &json!(400), &json!("Bad Request")));
    assert_eq!(violated(&body), ["name", "api_key", "base_url", "nam"]);
    let (_, body) = site.post("/integrated-account", &json!({})).await;
    let variable_names = API.variables.iter().map(|variable| variable.name);
    let expected: Vec<_> = ["name", "api_key"].into_iter().chain(variable_names).collect();
    assert_eq!(violated(&body), expected);
}

#[tokio::test]
async fn a_value_of_the_address_cannot_lead_to_another_host() {
    let site = Site::open().await;
    for wrong in ["evil.example/x#", "a.b", "-a", "a@b", "a\r\nHost: x"] {
        let mut body = with_variables(json!({ "name": "x", "api_key": "k" }));
        let name = API.variables[0].name;
        body[name] = json!(wrong);
        let (status, answer) = site.post("/integrated-account", &body).await;
        assert_eq!(status, 400, "{wrong}");
        assert_eq!(violated(&answer), [name]);
        assert!(!answer.to_string().contains("evil"), "{answer}");
    }
    for wrong in ["http://example.com", "https://user:pass@example.com", "https://example.com?x=1", "//x"] {
        let body = json!({ "name": "x", "api_key": "k", "base_url": wrong });
        assert_eq!(violated(&site.post("/integrated-account", &body).await.1), ["base_url"], "{wrong}");
    }
}

#[tokio::test]
async fn a_stored_key_is_sent_to_no_other_host_than_it_was_given_for() {
    let site = Site::open().await;
    let path = format!("/integrated-account/{}", site.account().await);
    let elsewhere = json!("https://elsewhere.example/apis");
    let (status, answer) = site.patch(&path, &json!({ "base_url": elsewhere })).await;
    assert_eq!((status.as_u16(), violated(&answer)), (400, vec!["api_key"]));
    assert_eq!(site.get(&path).await.1["base_url"], json!(site.api.uri()));
    // Another path is the same host, and who has the key may send it anywhere.
    let beneath = format!("{}/apis", site.api.uri());
    assert_eq!(site.patch(&path, &json!({ "base_url": beneath })).await.0, 200);
    let (status, changed) = site.patch(&path, &json!({ "base_url": elsewhere, "api_key": "k" })).await;
    assert_eq!((status.as_u16(), &changed["base_url"]), (200, &elsewhere));
    // Nor does what makes up the address lead there, or its absence.
    for change in [with_variables(json!({ "base_url": null })), json!({ API.variables[0].name: "other" })] {
        let (status, made) =
            site.post("/integrated-account", &with_variables(json!({ "name": "x", "api_key": "k" }))).await;
        assert_eq!(status, 201, "{made}");
        let path = format!("/integrated-account/{}", made["id"].as_str().unwrap());
        if change.get("base_url").is_some() {
            let away = json!({ "base_url": elsewhere, "api_key": "k" });
            assert_eq!(site.patch(&path, &away).await.0, 200);
        }
        assert_eq!(violated(&site.patch(&path, &change).await.1), ["api_key"], "{change}");
        let mut with_key = change.clone();
        with_key["api_key"] = json!("k");
        assert_eq!(site.patch(&path, &with_key).await.0, 200, "{change}");
    }
}

#[tokio::test]
async fn a_placeholder_is_no_key() {
    let site = Site::open().await;
    for placeholder in ["${KEY}", "YOUR_API_KEY", "<key>"] {
        let body = with_variables(json!({ "name": "x", "api_key": placeholder }));
        let (status, answer) = site.post("/integrated-account", &body).await;
        assert_eq!((status.as_u16(), violated(&answer)), (400, vec!["api_key"]), "{answer}");
    }
}

#[tokio::test]
async fn what_is_advised_for_an_address_is_one() {
    let site = Site::open().await;
    for wrong in ["x", API.base_url] {
        let mut body = json!({ "name": "x", "api_key": "k", "base_url": wrong });
        let (_, answer) = site.post("/integrated-account", &body).await;
        assert_eq!(violated(&answer), ["base_url"], "{answer}");
        let advised = answer["violations"][0]["allowed"].as_str().unwrap().strip_prefix("such as ").unwrap();
        body["base_url"] = json!(advised);
        assert_eq!(site.post("/integrated-account", &body).await.0, 201, "{advised}");
    }
}

#[tokio::test]
async fn an_address_is_shown_as_it_is_used() {
    let site = Site::open().await;
    for (given, used) in [
        ("https://h\\@evil.example", "https://h/@evil.example"),
        ("https://EXAMPLE.com:443/x/", "https://example.com/x"),
    ] {
        let body = json!({ "name": "x", "api_key": "k", "base_url": given });
        let (status, made) = site.post("/integrated-account", &body).await;
        assert_eq!((status.as_u16(), &made["base_url"]), (201, &json!(used)));
    }
}

#[tokio::test]
async fn a_trial_stores_nothing_and_says_what_was_found() {
    let site = Site::open().await;
    let (status, body) = site.post("/integrated-account?dry_run=true", &site.account_body()).await;
    assert_eq!((status.as_u16(), &body["findings"][0]["check"]), (200, &json!("reachable")));
    assert_eq!(site.get("/integrated-account").await.1["result"], json!([]));
    assert_eq!(site.post("/integrated-account?dry_run=true", &json!({})).await.0, 400);
    assert_eq!(site.post("/integrated-account?dry_run=yes", &site.account_body()).await.0, 400);
}

#[tokio::test]
async fn null_takes_away_what_an_account_can_do_without() {
    let site = Site::open().await;
    let path = format!("/integrated-account/{}", site.account().await);
    // It has nothing but the address given as a whole.
    assert_eq!(violated(&site.patch(&path, &json!({ "base_url": null })).await.1), [API.variables[0].name]);
    let change = with_variables(json!({ "base_url": null, "api_key": "k" }));
    let (status, changed) = site.patch(&path, &change).await;
    assert_eq!(status, 200, "{changed}");
    assert!(changed["base_url"].as_str().unwrap().starts_with("https://"));
    for key in ["name", "api_key"] {
        assert_eq!(violated(&site.patch(&path, &json!({ key: null })).await.1), [key]);
    }
}

#[tokio::test]
async fn lists_come_in_pages_that_follow_each_other() {
    let site = Site::open().await;
    let mut made = Vec::new();
    for _ in 0..5 {
        made.push(site.account().await);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let (_, page) = site.get(&format!("/integrated-account?limit=2{cursor}")).await;
        let page_ids =
            page["result"].as_array().unwrap().iter().map(|account| account["id"].as_str().unwrap().to_owned());
        seen.extend(page_ids);
        let Some(next) = page["next_cursor"].as_str() else { break };
        cursor = format!("&next_cursor={next}");
    }
    assert_eq!(seen, made);
    for (query, wrong) in [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("next_cursor=x", "next_cursor"),
        ("x=1", "x"),
    ] {
        let (status, body) = site.get(&format!("/integrated-account?{query}")).await;
        assert_eq!((status.as_u16(), violated(&body)), (400, vec![wrong]), "{query}");
    }
}

#[tokio::test]
async fn changes_at_the_same_time_all_count() {
    let site = Site::open().await;
    let path = format!("/integrated-account/{}", site.account().await);
    let name = API.variables[0].name;
    let (first, second, third) = (json!({ "name": "b" }), json!({ name: "other" }), json!({ "api_key": "third-key" }));
    let all = tokio::join!(site.patch(&path, &first), site.patch(&path, &second), site.patch(&path, &third));
    for (status, body) in [all.0, all.1, all.2] {
        assert_eq!(status, 200, "{body}");
    }
    let (_, account) = site.get(&path).await;
    assert_eq!((&account["name"], &account[name]), (&json!("b"), &json!("other")));
}

#[tokio::test]
async fn what_is_not_there_is_not_found() {
    let site = Site::open().await;
    for path in [UNKNOWN_ID, "1", "%00", "x%2Fy"] {
        let path = format!("/integrated-account/{path}");
        assert_eq!(site.get(&path).await.0, 404, "{path}");
        assert_eq!(site.patch(&path, &json!({})).await.0, 404, "{path}");
        assert_eq!(site.delete(&path).await.0, 404, "{path}");
        assert_eq!(site.get(&format!("{path}/mcp")).await.0, 404, "{path}");
        assert_eq!(site.post(&format!("{path}/mcp"), &json!({ "name": "x" })).await.0, 404, "{path}");
    }
}
