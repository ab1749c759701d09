//! The sizes of single results, each with a limit.

use desk365_mcp::outcome::ResultForm;
use serde_json::{Value, json};

use super::desk::Desk;

/// Calls a tool of a fresh helpdesk and returns the text for the model.
async fn called(tool: &str, arguments: Value) -> String {
    let Value::Object(arguments) = arguments else { panic!("arguments are an object: {arguments}") };
    Desk::start(ResultForm::Compact).await.call(tool, arguments).await
}

#[track_caller]
fn assert_below(limit: usize, texts: &[String]) {
    let bytes: usize = texts.iter().map(String::len).sum();
    assert!(bytes < limit, "{bytes} bytes, not below {limit}: {texts:#?}");
}

#[tokio::test]
async fn all_tickets_with_four_fields_take_two_pages() {
    let mut pages = Vec::new();
    for offset in [0, 100] {
        let fields = ["ticket_number", "contact_email", "subject", "created_on"];
        let arguments = json!({ "ticket_count": "100", "offset": offset, "fields": fields });
        pages.push(called("list_all_desk_365_tickets", arguments).await);
    }
    let rows = |page: &String| serde_json::from_str::<Value>(page).unwrap()["rows"].as_array().unwrap().len();
    assert_eq!(pages.iter().map(rows).sum::<usize>(), 132);
    assert_below(14_000, &pages);
}

#[tokio::test]
async fn eleven_conversations_are_small() {
    let mut conversations = Vec::new();
    for ticket in [904, 8074, 8076, 8079, 8083, 8087, 8092, 8095, 8098, 8101, 8104] {
        let arguments = json!({ "ticket_number": ticket, "fields": ["sender_type", "body_text"] });
        conversations.push(called("list_all_desk_365_ticket_conversations", arguments).await);
    }
    assert_below(10_000, &conversations);
}

#[tokio::test]
async fn a_ticket_with_its_conversation_is_small() {
    let mut texts = Vec::new();
    for tool in ["get_single_desk_365_ticket_by_id", "list_all_desk_365_ticket_conversations"] {
        texts.push(called(tool, json!({ "ticket_number": 904 })).await);
    }
    assert_below(3_400, &texts);
}

#[tokio::test]
async fn a_page_of_tickets_is_small() {
    assert_below(9_000, &[called("list_all_desk_365_tickets", json!({})).await]);
}

#[tokio::test]
async fn the_newest_ratings_are_small() {
    assert_below(6_000, &[called("list_all_desk_365_survey_ratings", json!({ "newest": true })).await]);
}

#[tokio::test]
async fn the_answer_to_an_assignment_is_small() {
    let arguments = json!({ "ticket_number": 904, "assign_to": "ana@helpdesk.example" });
    assert_below(250, &[called("update_a_desk_365_ticket_by_id", arguments).await]);
}

#[tokio::test]
async fn an_error_with_two_violations_is_small() {
    let Value::Object(arguments) = json!({ "ticket_number": "abc", "priority": "highest", "status": "Open" }) else {
        panic!("an object")
    };
    let desk = Desk::start(ResultForm::Compact).await;
    let text = desk.failure("update_a_desk_365_ticket_by_id", arguments).await;
    for argument in ["ticket_number", "priority"] {
        assert!(text.contains(argument), "{text}");
    }
    assert_below(420, &[text]);
}
