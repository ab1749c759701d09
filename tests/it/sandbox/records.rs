//! The sandbox of this server's API: everything but tickets.

use api_sandbox::SandboxOptions;
use serde_json::{Value, json};

use super::client::{column, query, send};
use super::helpdesk::{NOW, started, tickets, with};

#[tokio::test]
async fn lists_and_details_of_contacts_use_other_names() {
    let client = started().await;
    let rows = client.get("/v3/contacts?company=Northwind+Traders&order_by=4").await.ok();
    let maria = rows["content"].as_array().unwrap().iter().find(|row| row["name"] == "Maria Lopez").unwrap();
    assert_eq!(maria["email"], "maria.lopez@northwind.example");
    assert!(column(&rows["content"], "email").iter().map(Value::as_str).is_sorted());
    for by in ["primary_email=maria.lopez@northwind.example", "secondary_email=maria@northwind-sales.example"] {
        let details = client.get(&format!("/v3/contacts/details?{by}")).await.ok();
        assert_eq!(details["primary_email"], "maria.lopez@northwind.example");
        assert_eq!(details["secondary_emails"], maria["secondary_email"]);
    }
    let rows = client.get("/v3/companies").await.ok();
    let contoso = rows["content"].as_array().unwrap().iter().find(|row| row["name"] == "Contoso").unwrap();
    assert_eq!(contoso["domains"], json!(["contoso.example", "contoso-mail.example"]));
    let details = client.get("/v3/companies/details?name=Contoso").await.ok();
    assert_eq!(details["domains"], "contoso.example, contoso-mail.example");
    assert!(details["created_on"].is_string() && details["updated_on"].is_string());
}

#[tokio::test]
async fn a_renamed_company_keeps_its_contacts_and_tickets() {
    let client = started().await;
    let change = json!({ "name": "Litware Labs", "sla": "helpdesk default" });
    let company = client.json("PUT", "/v3/companies/update?company_name=Litware", change).await.ok();
    assert_eq!(company["sla"], "Standard SLA");
    client.get("/v3/companies/details?name=Litware").await.error(404);
    assert_eq!(client.get("/v3/contacts?company=Litware+Labs").await.ok()["count"], 3);
    assert_ne!(tickets(&client, json!({ "company_name": ["Litware Labs"] })).await["count"], 0);
    client.json("POST", "/v3/companies/create", json!({ "name": "Contoso" })).await.error(400);
}

#[tokio::test]
async fn contracts_are_gated() {
    let client = started().await;
    let refused = client.get("/v3/contracts").await;
    assert!(refused.error(403).contains("help@desk365.io"));
    let client =
        with(SandboxOptions { now: Some(NOW), granted: vec!["contract".to_owned()], ..SandboxOptions::default() })
            .await;
    let details = client.get("/v3/contracts/details?reference_number=NW-2026").await.ok();
    assert_eq!((&details["name"], &details["contract_tickets"]), (&json!("Northwind support 2026"), &json!(50)));
    assert!(details["contract_used_tickets"].as_i64().unwrap() > 0);
    let by_name =
        client.get(&format!("/v3/contracts/details{}", query(&[("contract_name", "Contoso operations")]))).await;
    assert!(by_name.ok()["contract_used_mins"].as_i64().unwrap() > 0);
    let all = client.get("/v3/contracts").await.ok();
    let flags = "include_expired_contracts=0&include_inactive_contracts=0&include_upcoming_contracts=0";
    let running = client.get(&format!("/v3/contracts?{flags}")).await.ok();
    assert_eq!((&all["count"], &running["count"]), (&json!(6), &json!(3)));
    let target = "/v3/contracts/update?reference_number=NW-2026";
    let change = json!({ "reference_number": "NW-2026-B", "contract_category": "--" });
    client.json("PUT", target, change).await.ok();
    client.get("/v3/contracts/details?reference_number=NW-2026").await.error(404);
    let moved = client.get("/v3/contracts/details?reference_number=NW-2026-B").await.ok();
    assert!(moved["category"].is_null());
}

#[tokio::test]
async fn time_entries_are_found_by_company_and_ticket() {
    let client = started().await;
    assert_eq!(client.get("/v3/time_entries/details?id=423").await.ok()["ticket_number"], 1042);
    let target =
        query(&[("company_name", "Northwind Traders"), ("started_after", "2026-11-01 00:00:00"), ("billable", "1")]);
    let rows = client.get(&format!("/v3/time_entries{target}")).await.ok();
    assert!(rows["count"].as_i64().unwrap() >= 2);
    let body = json!({ "ticket_number": 904, "time_spent_in_minutes": 15, "start_time": "2026-11-18 14:00:00" });
    let made = client.json("POST", "/v3/time_entries/create", body).await.ok();
    assert_eq!(client.get("/v3/time_entries?ticket_number=904").await.ok()["content"][0], made);
    assert_eq!(client.get("/v3/time_entries?timer_running=1").await.ok()["count"], 1);
    client.get("/v3/time_entries?time_entries_count=10").await.error(400);
    client.json("POST", "/v3/time_entries/create", json!({ "ticket_number": 1 })).await.error(404);
}

#[tokio::test]
async fn articles_follow_their_renamed_or_deleted_category() {
    let client = started().await;
    let titles = client.get("/v3/kb/article/").await.ok();
    assert!(titles["article_titles"].as_array().unwrap().contains(&json!("Reset a stuck connection pool")));
    assert!(!titles["article_titles"].as_array().unwrap().contains(&json!("Size of connection pools")), "a draft");
    let body = json!({ "article_title": "When the database does not answer", "article_content": "<p>Look first.</p>",
        "category_name": "Databases", "folder_name": "Troubleshooting", "status": 1 });
    let made = client.json("POST", "/v3/kb/article/create", body.clone()).await.ok();
    assert_eq!(made["article_content_text"], "Look first.");
    assert!(made["support_url"].as_str().unwrap().starts_with("https://"));
    client.json("POST", "/v3/kb/article/create", body).await.error(400);
    let nowhere =
        json!({ "article_title": "x", "article_content": "x", "category_name": "Databases", "folder_name": "No" });
    client.json("POST", "/v3/kb/article/create", nowhere).await.error(404);

    let rename = json!({ "category_name": "Data stores" });
    client.json("PUT", "/v3/kb/category/update?category_name=Databases", rename).await.ok();
    let article = format!("/v3/kb/article/details{}", query(&[("article_name", "Reset a stuck connection pool")]));
    assert_eq!(client.get(&article).await.ok()["category_name"], "Data stores");
    let folder = "category_name=Data+stores&folder_name=Troubleshooting";
    let shown = client.get(&format!("/v3/kb/folder/details?{folder}")).await.ok();
    assert_eq!(
        (&shown["category_name"], &shown["parent_category_name"]),
        (&json!("Troubleshooting"), &json!("Data stores"))
    );
    let gone = send(client.request("DELETE", "/v3/kb/category/delete?category_name=Data+stores")).await.ok();
    assert_eq!(gone, json!({ "message": "KB Category successfully deleted." }));
    client.get(&format!("/v3/kb/folder/details?{folder}")).await.error(404);
    client.get(&article).await.error(404);
}

#[tokio::test]
async fn ratings_are_paged_surveys_and_locations_are_not() {
    let client = started().await;
    let surveys = client.get("/v3/surveys").await.ok();
    assert!(column(&surveys["surveys"], "survey_name").contains(&json!("Ticket feedback")));
    client.get("/v3/surveys/details?survey_name=Pilot+survey").await.error(404);
    let ratings = client.get("/v3/surveys/ratings?offset=30").await.ok();
    assert_eq!(json!(ratings["survey_ratings"].as_array().unwrap().len() + 30), ratings["count"]);
    let locations = client.get("/v3/asset_mgmt/locations").await.ok();
    assert_eq!(locations["total"], locations["locations"].as_array().unwrap().len());
    let office = client.get("/v3/asset_mgmt/locations/details?location_name=Head+office").await.ok();
    assert_eq!(office["location_name"], "Head office");
}
