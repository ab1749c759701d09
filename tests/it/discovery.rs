//! Tests of the tool search with questions as people ask them.

use desk365_mcp::discovery::search;
use desk365_mcp::tools::TOOLS;

#[test]
fn the_tool_in_question_ranks_first() {
    let tools: Vec<_> = TOOLS.iter().map(|tool| tool.def).collect();
    let first = |query| search(&tools, query, 1).first().map(|found| found.name);
    let wrong: Vec<_> = [
        ("show me the SLA of a ticket", "get_single_desk_365_ticket_by_id"),
        ("delete an article", "delete_a_desk_365_kb_article_by_id"),
        ("close ticket", "update_a_desk_365_ticket_by_id"),
        ("reply to a ticket", "create_a_desk_365_ticket_reply"),
        ("log time on a ticket", "create_a_desk_365_time_entry"),
        ("add a private note", "create_a_desk_365_ticket_note"),
        ("find tickets by words", "desk_365_tickets_search"),
        ("create a ticket with files", "desk_365_tickets_create_with_attachment"),
        ("satisfaction surveys", "list_all_desk_365_surveys"),
        ("list companies", "list_all_desk_365_companies"),
        ("rename a folder", "update_a_desk_365_kb_folder_by_id"),
        ("where are our offices", "list_all_desk_365_locations"),
        ("What did customers say on the ticket?", "list_all_desk_365_ticket_conversations"),
    ]
    .into_iter()
    .filter(|(query, expected)| first(query) != Some(expected))
    .map(|(query, expected)| format!("{query}: {:?}, not {expected}", first(query)))
    .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_question_of_stop_words_finds_nothing() {
    let tools: Vec<_> = TOOLS.iter().map(|tool| tool.def).collect();
    for query in ["what is this", "a an of", "?!", "zzzzz", "icke"] {
        assert_eq!(search(&tools, query, 50), [], "{query}");
    }
}
