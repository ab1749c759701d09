//! The sandbox of this server's API: tickets, and what all operations have in common.

use std::collections::BTreeSet;

use api_sandbox::SandboxOptions;
use desk365_mcp::tools::{API, TOOLS};
use jiff::civil::{DateTime, datetime};
use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use super::client::{SandboxClient, SandboxReply, column, query, send};

pub(crate) const NOW: DateTime = datetime(2026, 11, 18, 15, 30, 0, 0);

pub(crate) async fn started() -> SandboxClient {
    with(SandboxOptions { now: Some(NOW), ..SandboxOptions::default() }).await
}

pub(crate) async fn with(options: SandboxOptions) -> SandboxClient {
    let definition = API.sandbox.expect("the specification names a sandbox");
    SandboxClient::start(definition, options).await
}

pub(crate) async fn tickets(client: &SandboxClient, filters: Value) -> Value {
    let query = query(&[("filters", &filters.to_string()), ("ticket_count", "100")]);
    client.get(&format!("/v3/tickets{query}")).await.ok()
}

async fn search(client: &SandboxClient, search: Value) -> SandboxReply {
    client.get(&format!("/v3/tickets/search{}", query(&[("search_query", &search.to_string())]))).await
}

/// The tools that the sandbox imitates. One that was just added to the specification may have no behaviour yet.
fn imitated() -> BTreeSet<String> {
    let definition: Value = serde_json::from_str(API.sandbox.unwrap()).unwrap();
    let operations = definition["operations"].as_array().unwrap().iter();
    let key = |operation: &Value| {
        [&operation["resource"], &operation["operation"]].map(|part| part.as_str().unwrap()).join(".")
    };
    let imitated = operations.filter(|operation| definition["data"]["operations"].get(key(operation)).is_some());
    imitated.map(|operation| operation["tool"].as_str().unwrap().to_owned()).collect()
}

/// The key of the tool's reply that holds its rows, if the specification names one.
fn rows_key(tool: &str) -> Option<String> {
    let definition: Value = serde_json::from_str(API.sandbox.unwrap()).unwrap();
    let mut operations = definition["operations"].as_array().unwrap().iter();
    let operation = operations.find(|operation| operation["tool"] == tool)?;
    operation["reply"]["rows"].as_str().map(str::to_owned)
}

#[tokio::test]
async fn the_example_of_every_tool_works() {
    let imitated = imitated();
    assert!(imitated.len() >= 47, "{imitated:?}");
    let granted =
        || SandboxOptions { now: Some(NOW), granted: vec!["contract".to_owned()], ..SandboxOptions::default() };
    let untouched = with(granted()).await;
    for tool in TOOLS.iter().filter(|tool| imitated.contains(tool.def.name)) {
        let request = tool.prepare(serde_json::from_str(tool.def.example).unwrap()).unwrap();
        // Examples refer to the seed data, so each one that changes data gets a sandbox of its own.
        let reply = if tool.def.hints.read_only {
            untouched.tool(&request).await
        } else {
            with(granted()).await.tool(&request).await
        };
        assert_eq!(reply.status, 200, "{}: {}", tool.def.name, reply.text);
        let rows = rows_key(tool.def.name).map(|key| reply.json()[key].as_array().map(Vec::len));
        assert!(rows.is_none_or(|rows| rows.is_some_and(|rows| rows > 0)), "{} answers no rows", tool.def.name);
    }
}

#[tokio::test]
async fn tickets_of_many_companies_have_unique_numbers() {
    let client = started().await;
    let first = client.get("/v3/tickets?ticket_count=100").await.ok();
    let second = client.get("/v3/tickets?ticket_count=100&offset=100").await.ok();
    assert!(first["count"].as_i64().unwrap() >= 120);
    let mut rows = first["tickets"].as_array().unwrap().clone();
    rows.extend(second["tickets"].as_array().unwrap().clone());
    assert_eq!(json!(rows.len()), first["count"]);
    let numbers: BTreeSet<_> = rows.iter().map(|row| row["ticket_number"].as_i64().unwrap()).collect();
    assert_eq!(numbers.len(), rows.len());
    assert!([904, 1042, 4112, 8092].iter().all(|number| numbers.contains(number)));
    let companies: BTreeSet<_> = rows.iter().filter_map(|row| row["company_name"].as_str()).collect();
    assert!(companies.len() >= 6, "{companies:?}");
    for row in &rows {
        let (created, updated) = (row["created_on"].as_str().unwrap(), row["updated_on"].as_str().unwrap());
        assert!(created <= updated && updated <= "2026-11-18 15:30:00", "{row}");
        assert!(row["contact_name"].as_str().is_some_and(|name| name.contains(' ')), "{row}");
    }
}

#[tokio::test]
async fn this_week_has_enough_database_timeouts_for_an_article() {
    let client = started().await;
    let found = search(&client, json!({ "query": "database timeout", "search_in": [1, 2] })).await.ok();
    let recent: Vec<_> = found["tickets"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| row["created_on"].as_str().unwrap() > "2026-11-12 15:30:00")
        .collect();
    assert!(recent.len() >= 8, "{}", recent.len());
    let mut told = String::new();
    for row in recent {
        let said = client.get(&format!("/v3/tickets/conversations?ticket_number={}", row["ticket_number"])).await.ok();
        assert_ne!(said["count"], 0, "{row}");
        told.push_str(&said.to_string());
    }
    for word in ["pg_stat_activity", "statement_timeout", "pool", "report", "index", "idle in transaction"] {
        assert!(told.contains(word), "{word}");
    }
}

#[tokio::test]
async fn a_page_has_thirty_fifty_or_a_hundred_tickets() {
    let client = started().await;
    for (target, rows) in [("", 30), ("?ticket_count=30", 30), ("?ticket_count=50", 50), ("?ticket_count=100", 100)] {
        let page = client.get(&format!("/v3/tickets{target}")).await.ok();
        assert_eq!(page["tickets"].as_array().unwrap().len(), rows, "{target}");
    }
    client.get("/v3/tickets?ticket_count=31").await.error(400);
    client.get("/v3/tickets?offset=x").await.error(400);
    client.get("/v3/tickets?nonsense=x").await.ok();
    assert_eq!(client.get("/v3/contacts").await.ok()["content"].as_array().unwrap().len(), 30);
}

#[tokio::test]
async fn filters_take_codes_names_custom_fields_and_unassigned() {
    let client = started().await;
    let urgent = tickets(&client, json!({ "priority": ["10", "20"], "status": ["Open"], "assigned_to": ["--"] })).await;
    assert!(urgent["count"].as_i64().unwrap() >= 3);
    for row in urgent["tickets"].as_array().unwrap() {
        assert!(row["assigned_to"].is_null() && row["priority"].as_i64().unwrap() >= 10 && row["status"] == "Open");
    }
    let orders = tickets(&client, json!({ "custom_fields": { "cf_Database": ["ORDERS"] } })).await;
    assert_eq!(column(&orders["tickets"], "ticket_number"), [8092, 8087, 8074]);
    let maria =
        tickets(&client, json!({ "contact": ["maria.lopez@northwind.example"], "source": ["5"], "status": ["Open"] }))
            .await;
    assert_eq!(column(&maria["tickets"], "ticket_number"), [8103]);
    let all = tickets(&client, json!({ "subcategory": ["Portal"] })).await;
    let unmerged = tickets(&client, json!({ "subcategory": ["Portal"], "include_merged": 0 })).await;
    assert_eq!((&all["count"], &unmerged["count"]), (&json!(1), &json!(0)));
    let text = client.get(&format!("/v3/tickets{}", query(&[("filters", "{")]))).await;
    text.error(400);
    let text = client.get(&format!("/v3/tickets{}", query(&[("filters", r#"{"status":"Open"}"#)]))).await;
    text.error(400);
}

#[tokio::test]
async fn tickets_are_sorted_and_filtered_by_last_activity() {
    let client = started().await;
    let page = client.get("/v3/tickets?order_by=updated_time&order_type=asc").await.ok();
    let times = column(&page["tickets"], "updated_on");
    assert!(times.iter().map(Value::as_str).is_sorted());
    let since = query(&[("updated_since", "2026-11-15 00:00:00"), ("ticket_count", "100")]);
    let page = client.get(&format!("/v3/tickets{since}")).await.ok();
    assert!(column(&page["tickets"], "ticket_number").contains(&json!(904)), "an old ticket with a new message");
    assert!(column(&page["tickets"], "updated_on").iter().all(|time| time.as_str() > Some("2026-11-15 00:00:00")));
    client.get("/v3/tickets?updated_since=monday").await.error(400);
}

#[tokio::test]
async fn ticket_lists_show_more_fields_and_flatten_on_request() {
    let client = started().await;
    let row = async |extra: &str| {
        let page = client.get(&format!("/v3/tickets?ticket_count=100{extra}")).await.ok();
        let rows = page["tickets"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["ticket_number"] == 8075).unwrap()
    };
    let plain = row("").await;
    for field in ["description", "custom_fields", "survey_rating"] {
        assert!(plain.get(field).is_none(), "{field}");
    }
    let full = row("&include_description=1&include_custom_fields=1&include_survey_details=1").await;
    assert!(
        full["description"].as_str().unwrap().contains("<p>")
            && !full["description_text"].as_str().unwrap().contains('<')
    );
    assert_eq!(full["custom_fields"]["cf_Location"], "Head office");
    assert_eq!(full["survey_rating"]["sv_rating"], 3);
    let flat = row("&include_custom_fields=1&include_survey_details=1&nested_fields=1").await;
    assert_eq!((&flat["cf_Location"], &flat["sv_rating"]), (&json!("Head office"), &json!(3)));
}

#[tokio::test]
async fn updates_show_under_the_names_of_replies() {
    let client = started().await;
    let target = "/v3/tickets/update?ticket_number=8103";
    let change = json!({ "assign_to": "ana@helpdesk.example", "sub_category": "Projector", "custom_fields": { "cf_Floor": 2 },
        "watchers": { "add": ["ben@helpdesk.example"] }, "status": "Resolved" });
    let ticket = client.json("PUT", target, change).await.ok();
    assert_eq!((&ticket["assigned_to"], &ticket["subcategory"]), (&json!("ana@helpdesk.example"), &json!("Projector")));
    assert_eq!(ticket["custom_fields"], json!({ "cf_Location": "Head office", "cf_VIP": "yes", "cf_Floor": 2 }));
    assert_eq!(ticket["watchers"], json!(["ben@helpdesk.example"]));
    assert_eq!(
        (&ticket["resolved_on"], &ticket["updated_on"]),
        (&json!("2026-11-18 15:30:00"), &json!("2026-11-18 15:30:00"))
    );
    let change = json!({ "assign_to": "--", "group": "--", "status": "Open", "watchers": { "remove": ["ben@helpdesk.example"] } });
    client.json("PUT", target, change).await.ok();
    let ticket = client.get("/v3/tickets/details?ticket_number=8103").await.ok();
    for field in ["assigned_to", "group", "resolved_on"] {
        assert!(ticket[field].is_null(), "{field}");
    }
    assert_eq!((&ticket["watchers"], &ticket["subcategory"]), (&json!([]), &json!("Projector")));
    client.json("PUT", target, json!({ "priority": "high" })).await.error(400);
    client.json("PUT", "/v3/tickets/update?ticket_number=1", json!({})).await.error(404);
}

#[tokio::test]
async fn a_new_ticket_finds_its_company_and_adds_its_contact() {
    let client = started().await;
    let body = json!({ "email": "new.person@contoso.example", "subject": "Hello", "priority": 20 });
    let ticket = client.json("POST", "/v3/tickets/create", body).await.ok();
    assert_eq!((&ticket["company_name"], &ticket["contact_name"]), (&json!("Contoso"), &json!("New Person")));
    assert_eq!((&ticket["status"], &ticket["source"]), (&json!("Open"), &json!(15)));
    let contact = client.get("/v3/contacts/details?primary_email=new.person@contoso.example").await.ok();
    assert_eq!(contact["company_name"], "Contoso");
    let newest = client.get("/v3/tickets").await.ok();
    assert_eq!(newest["tickets"][0]["ticket_number"], ticket["ticket_number"]);
    client.json("POST", "/v3/tickets/create", json!({ "subject": "Without a sender" })).await.error(400);
}

#[tokio::test]
async fn replies_and_notes_are_counted_and_update_the_ticket() {
    let client = started().await;
    let before = client.get("/v3/tickets/conversations?ticket_number=8092").await.ok();
    assert_eq!((&before["count"], &before["private_note_count"]), (&json!(6), &json!(2)));
    let reply = json!({ "body": "<p>Done.</p>", "agent_email": "ana@helpdesk.example", "cc_emails": "a@x.example,b@x.example" });
    client.json("POST", "/v3/tickets/add_reply?ticket_number=8092", reply).await.ok();
    let note = client.json("POST", "/v3/tickets/add_note?ticket_number=8092", json!({ "body": "Hm." })).await.ok();
    assert_eq!(note["private_note"], 1, "a note is private unless it says otherwise");
    client
        .json("POST", "/v3/tickets/add_note?ticket_number=8092", json!({ "body": "Hm.", "private_note": 0 }))
        .await
        .ok();
    let after = client.get("/v3/tickets/conversations?ticket_number=8092&sort_by=latest_on_top").await.ok();
    let counts = [
        "agent_reply_count",
        "contact_reply_count",
        "public_note_count",
        "private_note_count",
        "forward_message_count",
    ];
    assert_eq!(counts.map(|count| after[count].as_i64().unwrap()), [3, 2, 1, 3, 0]);
    let times = column(&after["conversations"], "created_on");
    assert!(times.iter().rev().map(Value::as_str).is_sorted());
    assert_eq!(after["conversations"][0]["creator_name"], "Ana Silva");
    let few = "/v3/tickets/conversations?ticket_number=8092&include_private_notes=0&include_contact_replies=0";
    assert_eq!(client.get(few).await.ok()["count"], 4);
    assert_eq!(client.get("/v3/tickets/details?ticket_number=8092").await.ok()["updated_on"], "2026-11-18 15:30:00");
    client.json("POST", "/v3/tickets/add_reply?ticket_number=1", json!({ "body": "x" })).await.error(404);
    client.get("/v3/tickets/conversations?ticket_number=1").await.error(404);
}

#[tokio::test]
async fn attachments_show_in_later_reads() {
    let client = started().await;
    let file = |name: &str| Part::bytes(b"hello".to_vec()).file_name(name.to_owned()).mime_str("text/plain").unwrap();
    let form = Form::new()
        .text("ticket_number", "904")
        .text("note_object", r#"{"body":"Two logs."}"#)
        .part("files", file("a.log"))
        .part("files", file("b.log"));
    client.form("/v3/tickets/add_note_with_attachment", form).await.ok();
    let said = client.get("/v3/tickets/conversations?ticket_number=904&sort_by=latest_on_top").await.ok();
    assert_eq!(said["conversations"][0]["attachments_count"], 2);
    let attachment = &said["conversations"][0]["attachments"][1];
    assert_eq!((&attachment["file_name"], &attachment["file_size"]), (&json!("b.log"), &json!(5)));
    assert_eq!(attachment["file_type"], "text/plain");
    assert!(attachment["attachment_url"].as_str().unwrap().ends_with("/b.log"));
    let target = query(&[("contact_object", r#"{"primary_email":"x@litware.example"}"#)]);
    let form = Form::new().part("file", file("card.txt"));
    client.form(&format!("/v3/contacts/create_with_attachment{target}"), form).await.ok();
    let contact = client.get("/v3/contacts/details?primary_email=x@litware.example").await.ok();
    assert_eq!(contact["attachments"][0]["file_name"], "card.txt");
}

#[tokio::test]
async fn a_search_covers_the_requested_places() {
    let client = started().await;
    let numbers = async |query: Value| column(&search(&client, query).await.ok()["tickets"], "ticket_number");
    assert_eq!(numbers(json!({ "query": "DiscountCheck" })).await, [8092], "only in its conversations");
    assert_eq!(numbers(json!({ "query": "DiscountCheck", "search_in": [1, 2] })).await, Vec::<Value>::new());
    assert_eq!(numbers(json!({ "query": "pool-app01", "search_in": [4] })).await, [8092]);
    let advanced = query(&[
        ("search_type", "2"),
        (
            "search_query",
            r#"{"search_term":[{"query":"ORDERS","search_in":["cf_Database"]},{"query":"sales report","search_in":["subject"]}]}"#,
        ),
    ]);
    let found = client.get(&format!("/v3/tickets/search{advanced}")).await.ok();
    assert_eq!(column(&found["tickets"], "ticket_number"), [8087]);
    let unmerged = query(&[("search_query", r#"{"query":"Duplicate","search_in":[1]}"#), ("include_merged", "0")]);
    assert_eq!(client.get(&format!("/v3/tickets/search{unmerged}")).await.ok()["count"], 0);
    let far = query(&[("search_query", r#"{"query":"a"}"#), ("offset", "1000")]);
    client.get(&format!("/v3/tickets/search{far}")).await.error(400);
    search(&client, json!({})).await.error(400);
}

#[tokio::test]
async fn a_search_costs_five_calls_and_a_spent_budget_says_when() {
    let client = with(SandboxOptions { budget: Some(7), ..SandboxOptions::default() }).await;
    let first = search(&client, json!({ "query": "printer" })).await;
    assert_eq!((first.status, first.header("x-rate-limit-remaining")), (200, Some("2")));
    assert_eq!(first.header("x-rate-limit-limit"), Some("7"));
    let second = search(&client, json!({ "query": "printer" })).await;
    second.error(429);
    let wait: u64 = second.header("x-rate-limit-retry-after-seconds").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    assert_eq!(second.header("retry-after"), second.header("x-rate-limit-retry-after-seconds"));
    assert_eq!(client.get("/v3/surveys").await.header("x-rate-limit-remaining"), Some("1"));
}

#[tokio::test]
async fn only_ping_needs_no_key() {
    let client = started().await;
    let ping = send(client.keyless("GET", "/v3/ping")).await;
    assert!(ping.status == 200 && ping.text.starts_with("All good!"), "{}", ping.text);
    assert_eq!(ping.header("x-rate-limit-remaining"), None);
    let refused = send(client.keyless("GET", "/v3/tickets")).await;
    refused.error(401);
    assert_eq!((&refused.json()["status"], &refused.json()["error"]), (&json!(401), &json!("Unauthorized")));
    let bearer = format!("Bearer {}", secrecy::ExposeSecret::expose_secret(&client.sandbox.key));
    send(client.keyless("GET", "/v3/tickets").header("Authorization", bearer)).await.error(401);
    let nowhere = client.get("/v2/tickets").await;
    nowhere.error(404);
    assert!(nowhere.header("x-rate-limit-remaining").is_some());
}
