//! Results as clients get them from the sandbox: compact and raw.

use api_sandbox::{Sandbox, SandboxOptions};
use desk365_mcp::call::ToolCaller;
use desk365_mcp::confirmation::ConfirmPolicy;
use desk365_mcp::scope::Scope;
use desk365_mcp::service::{Exposure, ResultForm, Results, ScopedService};
use desk365_mcp::tools::API;
use desk365_mcp::upstream::{Account, UpstreamClient, UpstreamOptions};
use jiff::civil::date;
use mcp_server::{Content, Lifecycle, RequestContext, ResourceBody, Service as _, ToolResult};
use serde_json::{Map, Value, json};

use crate::common::reviewed::Reviewed;

const TICKETS: &str = "list_all_desk_365_tickets";
const TICKET: &str = "get_single_desk_365_ticket_by_id";
const UPDATE: &str = "update_a_desk_365_ticket_by_id";
const SEARCH: &str = "desk_365_tickets_search";
const CONVERSATIONS: &str = "list_all_desk_365_ticket_conversations";
const RATINGS: &str = "list_all_desk_365_survey_ratings";
const ARTICLES: &str = "list_all_desk_365_kb_articles";
const ARTICLE: &str = "get_single_desk_365_kb_article_by_id";
const CREATE_ARTICLE: &str = "create_a_desk_365_kb_article";
const NOTE: &str = "create_a_desk_365_ticket_note";

/// The helpdesk of the sandbox at a fixed time.
async fn helpdesk() -> Sandbox {
    let options = SandboxOptions { now: Some(date(2026, 3, 10).at(9, 0, 0, 0)), ..SandboxOptions::default() };
    api_sandbox::start(API.sandbox.unwrap(), options).await.unwrap()
}

fn service(sandbox: &Sandbox, results: Results) -> ScopedService {
    let account = Account::new(&sandbox.base_url, sandbox.key.clone()).unwrap();
    let caller = ToolCaller::new(UpstreamClient::new(UpstreamOptions::default()).unwrap(), account, &API);
    ScopedService::new(&API, Scope::default(), Exposure::All, ConfirmPolicy::Auto, caller.with_results(results))
}

fn context() -> RequestContext {
    RequestContext::new(Lifecycle::Handshake)
}

/// Calls a tool of a helpdesk with results of that form.
async fn called(sandbox: &Sandbox, results: Results, tool: &str, arguments: &Value) -> ToolResult {
    let arguments: Map<String, Value> = arguments.as_object().unwrap().clone();
    service(sandbox, results).call(tool, arguments, &context()).await.unwrap()
}

fn text(result: &ToolResult) -> &str {
    match result.content.as_slice() {
        [Content::Text { text }] => text,
        other => panic!("one text expected: {other:?}"),
    }
}

/// Calls a tool of a new helpdesk with compact results.
async fn compact(tool: &str, arguments: Value) -> String {
    let result = called(&helpdesk().await, Results::default(), tool, &arguments).await;
    assert!(!result.is_error, "{}", text(&result));
    text(&result).to_owned()
}

async fn compact_json(tool: &str, arguments: Value) -> Value {
    serde_json::from_str(&compact(tool, arguments).await).unwrap()
}

/// Calls a tool of a new helpdesk with raw results.
async fn raw(tool: &str, arguments: Value) -> String {
    text(&called(&helpdesk().await, Results::Raw, tool, &arguments).await).to_owned()
}

#[tokio::test]
async fn results_of_the_main_tools_are_reviewed() {
    let reviewed = Reviewed::folder("results");
    let article = json!({
        "article_title": "Restart the pool",
        "article_content": "<p>Stop the service first.</p>",
        "category_name": "Databases",
        "folder_name": "Troubleshooting",
        "status": "published",
    });
    for (name, tool, arguments) in [
        ("list", TICKETS, json!({"filters": {"status": ["Open"], "priority": ["urgent"]}})),
        ("list_fields", TICKETS, json!({"filters": {"priority": ["urgent"]}, "fields": ["ticket_number", "nope"]})),
        ("get", TICKET, json!({"ticket_number": 904})),
        ("get_html", ARTICLE, json!({"article_name": "Guest Wi-Fi for visitors", "fields": ["article_content"]})),
        ("conversations", CONVERSATIONS, json!({"ticket_number": 904, "max_chars": 300})),
        ("conversations_rest", CONVERSATIONS, json!({"ticket_number": 904, "fields": "body_text", "skip": 2})),
        ("names", ARTICLES, json!({})),
        ("search", SEARCH, json!({"search_query": {"query": "VPN"}})),
        ("assign", UPDATE, json!({"ticket_number": 904, "assign_to": "chloe@helpdesk.example"})),
        ("create", CREATE_ARTICLE, article),
        ("note", NOTE, json!({"ticket_number": 904, "body": "Handed on.", "private_note": true})),
    ] {
        let compact = compact(tool, arguments.clone()).await;
        let mut own = arguments.clone();
        // The arguments of a view do not exist in raw results.
        own.as_object_mut().unwrap().retain(|name, _| !["fields", "max_chars", "skip"].contains(&&**name));
        let raw = raw(tool, own).await;
        let sizes = format!("{} of {} characters", compact.chars().count(), raw.chars().count());
        reviewed.check(name, &format!("{tool} {arguments}\n{sizes}\n\n{compact}\n\n{raw}"));
    }
    reviewed.nothing_else();
}

#[tokio::test]
async fn the_newest_page_is_read_by_one_more_call() {
    let sandbox = helpdesk().await;
    let page = async |arguments: Value| {
        let result = called(&sandbox, Results::default(), RATINGS, &arguments).await;
        let remaining = result.meta["ratelimit"]["remaining"].as_u64().unwrap();
        let page: Value = serde_json::from_str(text(&result)).unwrap();
        let numbers: Vec<_> = page["rows"].as_array().unwrap().iter().map(|row| row[0].clone()).collect();
        (page["offset"].as_u64().unwrap(), page["next_offset"].as_u64(), numbers, remaining, result.meta)
    };
    let (_, _, oldest, before, _) = page(json!({"fields": ["ticket_number"], "offset": 30})).await;
    let (offset, next, newest, after, meta) = page(json!({"fields": ["ticket_number"], "newest": true})).await;
    assert_eq!((offset, next, newest.len()), (0, Some(30), 30));
    assert_eq!(newest.iter().take(oldest.len()).rev().collect::<Vec<_>>(), oldest.iter().collect::<Vec<_>>());
    assert_eq!((before - after, &meta["result"]["newest_first"]), (2, &json!(true)));
    let (offset, next, rest, ..) = page(json!({"fields": ["ticket_number"], "newest": true, "offset": 30})).await;
    assert_eq!((offset, next, rest.len()), (30, None, oldest.len()), "the rows before those");
    assert!(rest.iter().all(|number| !newest.contains(number)));
    let (_, _, whole, ..) = page(json!({"fields": ["ticket_number"]})).await;
    assert_eq!(rest.first(), whole.get(rest.len() - 1), "no row is missing between the two");
}

#[tokio::test]
async fn a_star_returns_the_reply_untouched() {
    let whole = compact(TICKET, json!({"ticket_number": 904, "fields": ["*"]})).await;
    assert_eq!(whole, raw(TICKET, json!({"ticket_number": 904})).await);
}

#[tokio::test]
async fn a_reply_that_does_not_fit_says_what_to_do() {
    let results = Results::new(ResultForm::Compact, 2_000);
    let arguments = json!({"fields": ["*"], "ticket_count": "100"});
    let result = called(&helpdesk().await, results, TICKETS, &arguments).await;
    let message = text(&result);
    assert!(result.is_error && message.starts_with("too_large: "), "{message}");
    assert!(message.contains("at most 2000") && message.contains("instead of \"*\""), "{message}");
    assert!(message.contains("`ticket_count`"), "{message}");
    let list = called(&helpdesk().await, results, TICKETS, &json!({})).await;
    let list: Value = serde_json::from_str(text(&list)).unwrap();
    assert_eq!(list["cut"], json!(true));
    assert_eq!(list["next_offset"].as_u64().unwrap(), list["rows"].as_array().unwrap().len() as u64);
}

#[tokio::test]
async fn an_assignment_is_answered_in_under_250_bytes() {
    let answer = compact(UPDATE, json!({"ticket_number": 904, "assign_to": "chloe@helpdesk.example"})).await;
    assert!(answer.len() < 250, "{answer}");
    assert_eq!(answer, r#"{"ticket_number":904,"assigned_to":"chloe@helpdesk.example"}"#);
}

#[tokio::test]
async fn a_new_article_is_answered_without_a_second_text() {
    let arguments = json!({
        "article_title": "Restart the pool", "article_content": "<p>Stop the service first.</p>",
        "category_name": "Databases", "folder_name": "Troubleshooting",
    });
    let answer = compact(CREATE_ARTICLE, arguments).await;
    assert_eq!(answer.matches("Stop the service first.").count(), 1, "{answer}");
}

#[tokio::test]
async fn an_argument_filled_in_empty_is_not_answered() {
    let answer = compact(UPDATE, json!({"ticket_number": 904, "priority": "high", "watchers": {}})).await;
    assert_eq!(answer, r#"{"ticket_number":904,"priority":"high"}"#);
}

#[tokio::test]
async fn a_text_that_was_cut_is_not_written_back() {
    let read = compact_json(TICKET, json!({"ticket_number": 904, "fields": ["description"], "max_chars": 20})).await;
    let cut = read["description"].as_str().unwrap();
    assert!(cut.ends_with(" characters]"), "{cut}");
    let sandbox = helpdesk().await;
    let before = raw(TICKET, json!({"ticket_number": 904})).await;
    let arguments = json!({"ticket_number": 904, "description": cut, "priority": "none"});
    let result = called(&sandbox, Results::default(), UPDATE, &arguments).await;
    let message = text(&result);
    assert!(result.is_error && message.contains("priority: "), "{message}");
    assert!(message.contains("description: contains") && message.contains("`max_chars: 0`"), "{message}");
    let after = called(&sandbox, Results::Raw, TICKET, &json!({"ticket_number": 904})).await;
    assert_eq!(text(&after), before, "nothing was written");
}

#[tokio::test]
async fn arguments_of_views_are_unknown_in_raw_results() {
    let arguments = json!({"fields": ["subject"], "max_chars": 10});
    let result = called(&helpdesk().await, Results::Raw, TICKETS, &arguments).await;
    assert!(result.is_error && text(&result).contains("fields: is not an argument"), "{}", text(&result));
    let listed = |results| -> Value {
        let account = Account::new("http://127.0.0.1:9", "key".to_owned().into()).unwrap();
        let caller = ToolCaller::new(UpstreamClient::new(UpstreamOptions::default()).unwrap(), account, &API);
        let service = ScopedService::new(
            &API,
            Scope::default(),
            Exposure::All,
            ConfirmPolicy::Auto,
            caller.with_results(results),
        );
        serde_json::from_slice(service.tools().result(Lifecycle::Handshake)).unwrap()
    };
    let has_fields = |list: &Value| {
        let tools = list["tools"].as_array().unwrap();
        let tool = tools.iter().find(|tool| tool["name"] == TICKETS).unwrap();
        tool["inputSchema"]["properties"].get("fields").is_some()
    };
    assert!(has_fields(&listed(Results::default())) && !has_fields(&listed(Results::Raw)));
}

#[tokio::test]
async fn resources_have_the_form_of_results() {
    let uri = "desk365://tickets/904";
    for results in [Results::default(), Results::Raw] {
        let sandbox = helpdesk().await;
        let read = service(&sandbox, results).read_resource(uri, &context()).await.unwrap();
        let [contents] = read.contents.as_slice() else { panic!("one text: {read:?}") };
        let ResourceBody::Text(shown) = &contents.body else { panic!("a text: {read:?}") };
        let called = called(&sandbox, results, TICKET, &json!({"ticket_number": 904})).await;
        assert_eq!(shown, text(&called));
    }
}

#[tokio::test]
async fn an_unknown_name_gets_the_nearest_known_one() {
    let sandbox = helpdesk().await;
    let service = service(&sandbox, Results::default());
    let call = async |tool: &str, arguments: Value| {
        let arguments = arguments.as_object().unwrap().clone();
        let result = service.call(tool, arguments, &context()).await.unwrap();
        serde_json::from_str::<Value>(text(&result)).unwrap()["warnings"].clone()
    };
    let misspelt = json!({ "filters": { "status": ["Opne"] } });
    assert_eq!(call(TICKETS, misspelt.clone()).await, Value::Null, "no status is known yet");
    assert_eq!(call(TICKETS, json!({ "ticket_count": "100" })).await, Value::Null);
    let warning = r#"filters.status: "Opne" has not been seen in any reply; the nearest known value is "Open""#;
    assert_eq!(call(TICKETS, misspelt).await, json!([warning]));
    assert_eq!(call(TICKETS, json!({ "filters": { "status": ["Open", "--"] } })).await, Value::Null);
    assert_eq!(call(UPDATE, json!({ "ticket_number": 904, "group": "Databases" })).await, Value::Null);
    // The API accepts any name in a write. Its reply repeats it, which does not make it a known one.
    let warning = r#"status: "Opne" has not been seen in any reply; the nearest known value is "Open""#;
    for _ in 0..2 {
        assert_eq!(call(UPDATE, json!({ "ticket_number": 904, "status": "Opne" })).await, json!([warning]));
    }
}

#[tokio::test]
async fn a_budget_that_is_nearly_used_up_is_a_warning() {
    let now = Some(date(2026, 3, 10).at(9, 0, 0, 0));
    let options = SandboxOptions { now, budget: Some(100), ..SandboxOptions::default() };
    let sandbox = api_sandbox::start(API.sandbox.unwrap(), options).await.unwrap();
    let mut warned = false;
    for _ in 0..100 {
        let result = called(&sandbox, Results::default(), TICKETS, &json!({})).await;
        let limit = serde_json::to_value(&result.meta).unwrap()["ratelimit"].clone();
        let (limit, remaining) = (limit["limit"].as_u64().unwrap(), limit["remaining"].as_u64().unwrap());
        let warnings = serde_json::from_str::<Value>(text(&result)).unwrap()["warnings"].clone();
        if remaining * 5 >= limit {
            assert_eq!(warnings, Value::Null, "{remaining} of {limit}");
            continue;
        }
        let warning = format!(
            "{remaining} of {limit} calls of Desk365's rate limit are left: make only the calls that you need."
        );
        assert_eq!(warnings, json!([warning]));
        warned = true;
        break;
    }
    assert!(warned, "the budget was used up");
    let raw = called(&sandbox, Results::Raw, TICKETS, &json!({})).await;
    assert!(!raw.is_error && !text(&raw).contains("rate limit"), "raw results are the API's own text");
}
