//! Arguments as models and clients write them, for the tools of the real specification: what is sent, and what is refused.

use desk365_mcp::outcome::error_of_violations;
use desk365_mcp::tools::find;

/// Returns the request for these arguments, or the message about them.
fn prepared(tool: &str, arguments: &str) -> Result<String, String> {
    let tool = find(tool).unwrap();
    let arguments = strict_json::object(arguments).unwrap();
    match tool.prepare(arguments) {
        Ok(request) => Ok(request.to_string()),
        Err(violations) => Err(error_of_violations(tool.def.name, violations).message),
    }
}

#[track_caller]
fn sends(tool: &str, arguments: &str, expected: &str) {
    let request = prepared(tool, arguments).unwrap();
    assert!(request.contains(expected), "{request}");
}

#[track_caller]
fn refuses(tool: &str, arguments: &str, expected: &str) {
    let message = prepared(tool, arguments).unwrap_err();
    assert!(message.contains(expected), "{message}");
}

const UPDATE: &str = "update_a_desk_365_ticket_by_id";
const LIST: &str = "list_all_desk_365_tickets";
const SEARCH: &str = "desk_365_tickets_search";

#[test]
fn an_empty_value_never_erases_what_cannot_be_empty() {
    for name in ["subject", "status", "type"] {
        refuses(UPDATE, &format!(r#"{{"ticket_number": 904, "{name}": ""}}"#), &format!("{name}: is empty"));
    }
    refuses("update_a_desk_365_contact_by_id", r#"{"primary_email": "a@x.co", "title": " "}"#, "title: is empty");
    refuses("update_a_desk_365_kb_category_by_id", r#"{"category_name": "a", "new_category_name": ""}"#, "is empty");
    refuses("update_a_desk_365_kb_article_by_id", r#"{"article_name": "a", "article_content": ""}"#, "is empty");
    refuses("get_single_desk_365_company_by_id", r#"{"name": ""}"#, "name: is empty");
}

#[test]
fn an_empty_value_of_a_choice_counts_as_not_given() {
    let blank = r#""group": "", "category": " ", "sla": "", "priority": "", "assign_to": "", "custom_fields": {},
        "watchers": {"add": [], "remove": []}, "share_to": []"#;
    sends(UPDATE, &format!(r#"{{"ticket_number": 904, "status": "Open", {blank}}}"#), "\n{\"status\":\"Open\"}\n");
    refuses(UPDATE, &format!(r#"{{"ticket_number": 904, {blank}}}"#), "none of the required alternatives was given");
    let lists = r#"{"filters": {"status": [], "group": null}, "updated_since": "", "ticket_count": "", "offset": "",
        "include_description": ""}"#;
    assert_eq!(prepared(LIST, lists).unwrap(), prepared(LIST, "{}").unwrap());
    sends("list_all_desk_365_contacts", r#"{"company": ""}"#, "GET /v3/contacts\n");
    sends(
        "get_single_desk_365_contact_by_id",
        r#"{"primary_email": "a@x.co", "secondary_email": ""}"#,
        "primary_email=",
    );
}

#[test]
fn an_empty_value_clears_where_clearing_makes_sense() {
    sends("update_a_desk_365_contact_by_id", r#"{"primary_email": "a@x.co", "phone": ""}"#, r#"{"phone":""}"#);
    sends("update_a_desk_365_company_by_id", r#"{"company_name": "a", "description": ""}"#, r#"{"description":""}"#);
    sends(UPDATE, r#"{"ticket_number": 904, "custom_fields": {"cf_x": ""}}"#, r#"{"custom_fields":{"cf_x":""}}"#);
}

#[test]
fn a_search_for_nothing_is_refused() {
    for query in ["{}", r#"{"query": ""}"#, r#"{"query": " ", "search_in": []}"#, r#"{"search_term": []}"#] {
        refuses(SEARCH, &format!(r#"{{"search_query": {query}}}"#), "search_query");
    }
    refuses(SEARCH, r#"{"search_query": ""}"#, "search_query");
    refuses(
        SEARCH,
        r#"{"search_query": {"search_term": [{"query": ""}]}}"#,
        "search_query.search_term[0].query: is empty",
    );
}

#[test]
fn every_refusal_says_what_to_write() {
    refuses(SEARCH, r#"{"search_query": {"query": "a", "search_in": ["nope"]}}"#, "one of: subject, description");
    refuses(LIST, r#"{"filters": {"foo": 1}}"#, "allowed: status, priority");
    refuses(LIST, r#"{"offset": 18446744073709551615}"#, "a whole number from 0 to 9223372036854775807");
    sends(LIST, r#"{"updated_since": "2026-01-31T10:00:00.000"}"#, "updated_since=2026-01-31%2010%3A00%3A00");
    refuses(LIST, r#"{"updated_since": "2026-01-31T10:00:00.500"}"#, "a time as yyyy-mm-dd hh:mm:ss");
    let files = "desk_365_tickets_create_with_attachment";
    for file in [r#""report.pdf""#, r#"["/etc/passwd"]"#] {
        refuses(files, &format!(r#"{{"email": "a@x.co", "subject": "s", "files": {file}}}"#), "allowed: ");
    }
}

#[test]
fn an_address_is_one_address_in_every_argument() {
    for address in ["ann\u{200b}@x.co", "mailto:a@x.co", "a@x.co?subject=x", "a@x.co, b@x.co", "Ann <a@x.co>"] {
        refuses("create_a_desk_365_ticket", &format!(r#"{{"email": "{address}", "subject": "s"}}"#), "email: ");
        let listed = format!(r#"{{"ticket_number": 1, "body": "b", "cc_emails": ["{address}"]}}"#);
        refuses("create_a_desk_365_ticket_reply", &listed, "cc_emails[0]: ");
        refuses(LIST, &format!(r#"{{"filters": {{"contact": ["{address}"]}}}}"#), "filters.contact[0]: ");
        let change = format!(r#"{{"ticket_number": 1, "watchers": {{"add": ["{address}"]}}}}"#);
        refuses(UPDATE, &change, "watchers.add[0]: ");
        refuses(
            "get_single_desk_365_contact_by_id",
            &format!(r#"{{"primary_email": "{address}"}}"#),
            "primary_email: ",
        );
    }
}

#[test]
fn an_invisible_character_in_a_name_is_named() {
    let zero_width = "U+200B (zero width space)";
    refuses("get_single_desk_365_company_by_id", "{\"name\": \"Ac\u{200b}me\"}", zero_width);
    refuses("create_a_desk_365_company", "{\"name\": \"Ac\u{200b}me\"}", zero_width);
    refuses(LIST, "{\"filters\": {\"group\": [\"Ac\u{200b}me\"]}}", zero_width);
    for name in ["می\u{200c}خواهم", "👩\u{200d}💻"] {
        sends("create_a_desk_365_company", &format!(r#"{{"name": "{name}"}}"#), name);
    }
    // The API holds this name, so it can be named.
    sends("get_single_desk_365_company_by_id", "{\"name\": \"Acme\u{200d}\"}", "Acme%E2%80%8D");
}

#[test]
fn another_name_with_a_plain_meaning_is_accepted() {
    const NOTE: &str = "create_a_desk_365_ticket_note";
    let same = |tool: &str, given: &str, listed: &str| {
        assert_eq!(prepared(tool, given).unwrap(), prepared(tool, listed).unwrap(), "{given}");
    };
    for tool in ["get_single_desk_365_contact_by_id", "create_a_desk_365_contact"] {
        same(tool, r#"{"email": "a@x.co"}"#, r#"{"primary_email": "a@x.co"}"#);
    }
    for name in ["note", "text", "message"] {
        let given = format!(r##"{{"ticket_id": "#904", "{name}": "Hi."}}"##);
        same(NOTE, &given, r#"{"ticket_number": 904, "body": "Hi."}"#);
    }
    let given = r#"{"ticket_number": 904, "assigned_to": "--", "subcategory": "VPN"}"#;
    same(UPDATE, given, r#"{"ticket_number": 904, "assign_to": "--", "sub_category": "VPN"}"#);
    same(LIST, r#"{"limit": 50}"#, r#"{"ticket_count": "50"}"#);
    same("list_all_desk_365_time_entries", r#"{"page_size": "100"}"#, r#"{"time_entries_count": "100"}"#);
    let given = r#"{"filters": {"assign_to": "--", "sub_category": "VPN", "status": "Open", "contact": "a@x.co"}}"#;
    let listed =
        r#"{"filters": {"assigned_to": ["--"], "subcategory": ["VPN"], "status": ["Open"], "contact": ["a@x.co"]}}"#;
    same(LIST, given, listed);
    let words = r#"{"search_query": {"query": "pool reset"}}"#;
    for given in [
        r#"{"query": "pool reset"}"#,
        r#"{"search_query": "pool reset"}"#,
        r#"{"search_query": {"query": "pool reset"}}"#,
    ] {
        same(SEARCH, given, words);
    }
    refuses(
        NOTE,
        r#"{"ticket_number": 904, "body": "a", "note": "b"}"#,
        "note: means the same as `body`, and both are given",
    );
}

#[test]
fn an_error_shows_a_value_that_is_accepted() {
    for name in ["watchers", "share_to"] {
        let given = format!(r#"{{"ticket_number": 904, "{name}": ["a@x.co"]}}"#);
        let example = r#"a list is not accepted (allowed: for example {"add":["ann@example.com"]})"#;
        refuses(UPDATE, &given, &format!("{name}: {example}"));
    }
    refuses(UPDATE, r#"{"status": "Open"}"#, "ticket_number: is required but missing (allowed: for example 8092)");
    refuses(
        LIST,
        r#"{"filters": {"assigned_to": ["ana"]}}"#,
        "(allowed: one address such as ann@example.com, or \"--\")",
    );
    refuses(LIST, r#"{"filters": true}"#, r#"(allowed: for example {"status":["Open"]"#);
}

#[test]
fn a_hint_never_leads_to_an_argument_that_refuses_the_value() {
    refuses("create_a_desk_365_ticket", r#"{"contactEmail": "a@x.co", "subject": "a"}"#, "did you mean `email`?");
    let message = prepared("create_a_desk_365_ticket", r#"{"contactEmail": "Ana", "subject": "a"}"#).unwrap_err();
    assert!(!message.contains("did you mean"), "{message}");
}

#[test]
fn an_error_with_two_violations_is_short() {
    let message =
        prepared(UPDATE, r#"{"ticket_number": "904a", "watchers": ["a@x.co"], "status": "Open"}"#).unwrap_err();
    assert!(message.len() < 420, "{}: {message}", message.len());
    let message = prepared(UPDATE, r#"{"ticket_number": 904, "body": "Hi."}"#).unwrap_err();
    assert!(message.len() < 400 && message.contains("at least one of: subject, "), "{}: {message}", message.len());
    let message = prepared(UPDATE, r#"{"ticket_number": 904, "prio": "hgh", "assign_to": "ana"}"#).unwrap_err();
    assert!(message.len() < 420, "{}: {message}", message.len());
}
