//! Tests of the tool search with questions as people ask them.

use desk365_mcp::discovery::search;
use desk365_mcp::tools::{API, TOOLS};

#[test]
fn the_tool_in_question_ranks_first() {
    let tools: Vec<_> = TOOLS.iter().map(|tool| tool.def).collect();
    let first = |query| search(&tools, &API.search, query, 1).tools.first().map(|found| found.name);
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
        ("change the status", "update_a_desk_365_ticket_by_id"),
        ("set the priority to high", "update_a_desk_365_ticket_by_id"),
        ("erase a guide", "delete_a_desk_365_kb_article_by_id"),
        ("answer the customer", "create_a_desk_365_ticket_reply"),
        ("add a comment for colleagues", "create_a_desk_365_ticket_note"),
        ("list firms", "list_all_desk_365_companies"),
        ("timesheet of an agent", "list_all_desk_365_time_entries"),
        ("feedback of customers", "list_all_desk_365_survey_ratings"),
        ("count the open tickets of each company", "desk_365_tickets_summarize"),
        ("sum of hours per agent", "desk_365_time_entries_summarize"),
        ("how many contacts", "desk_365_contacts_summarize"),
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
        let found = search(&tools, &API.search, query, 50);
        assert!(found.tools.is_empty() && found.cannot.is_empty(), "{query}");
    }
}

#[test]
fn impossible_tasks_are_answered_and_possible_ones_not() {
    let tools: Vec<_> = TOOLS.iter().map(|tool| tool.def).collect();
    let answers = |query| search(&tools, &API.search, query, 8).cannot;
    for (query, word) in [
        ("delete ticket", "deletes"),
        ("please remove ticket 904", "deletes"),
        ("merge two tickets", "merges"),
        ("read attachment", "attachments"),
        ("download the attachments of a ticket", "attachments"),
        ("list all agents", "agents"),
        ("what groups are there to list", "groups"),
    ] {
        assert!(answers(query).iter().any(|answer| answer.contains(word)), "{query}: {:?}", answers(query));
    }
    for query in ["change the status", "delete an article", "reply to a ticket", "list tickets", "create a contact"] {
        assert_eq!(answers(query), [""; 0], "{query}");
    }
}
