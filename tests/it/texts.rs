//! Rules for the texts of this project's specification, which models read.

use std::collections::BTreeSet;

use desk365_mcp::tools::{API, PROMPTS, TOOLS, find};
use regex::Regex;
use serde_json::Value;

/// A text that a model reads, and its place.
struct Text {
    place: String,
    text: String,
}

/// Returns the descriptions of the properties within a schema, at any depth. The description of a list or object may describe
/// what is in it, by name.
fn properties(schema: &Value, place: &str, whole: &str) -> Vec<Text> {
    let mut texts = Vec::new();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let place = format!("{place}.{name}");
        let own = property["description"].as_str();
        let text = own.or_else(|| whole.contains(name).then_some(whole)).unwrap_or_default().to_owned();
        texts.extend(properties(property, &place, &text));
        texts.extend(properties(&property["items"], &place, &text));
        texts.push(Text { place, text });
    }
    texts
}

fn arguments() -> Vec<Text> {
    let schema = |text| serde_json::from_str::<Value>(text).expect("a schema is JSON");
    TOOLS.iter().flat_map(|tool| properties(&schema(tool.def.input_schema), tool.def.name, "")).collect()
}

/// Returns the instructions and the descriptions of all tools and arguments.
fn all() -> Vec<Text> {
    let tools = TOOLS.iter().map(|tool| (tool.def.name, tool.def.description));
    let texts = [("instructions", API.instructions)].into_iter().chain(tools);
    texts.map(|(place, text)| Text { place: place.to_owned(), text: text.to_owned() }).chain(arguments()).collect()
}

/// Returns the texts that a pattern matches, each with what it matched.
fn matches(pattern: &str, texts: &[Text]) -> Vec<String> {
    let pattern = Regex::new(pattern).expect("the pattern is valid");
    let found = |text: &Text| Some(format!("{}: {}", text.place, pattern.find(&text.text)?.as_str()));
    texts.iter().filter_map(found).collect()
}

#[test]
fn every_argument_says_more_than_its_name() {
    const SHORTEST: usize = 12;
    let short = arguments().into_iter().filter(|argument| argument.text.chars().count() < SHORTEST);
    let short: Vec<_> = short.map(|argument| format!("{}: {:?}", argument.place, argument.text)).collect();
    assert!(short.is_empty(), "{short:#?}");
}

#[test]
fn texts_contain_no_tables_of_codes() {
    let mut labels = BTreeSet::new();
    for tool in TOOLS {
        let schema: Value = serde_json::from_str(tool.def.input_schema).expect("a schema is JSON");
        for property in schema["properties"].as_object().expect("an object").values() {
            labels
                .extend(property["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        }
    }
    labels.retain(|label| !label.starts_with(|c: char| c.is_ascii_digit()));
    let labels: Vec<_> = labels.iter().map(|label| label.replace('_', "[_ ]")).collect();
    assert_eq!(matches(&format!(r"\b\d+ ({})\b", labels.join("|")), &all()), [""; 0], "results have labels");
}

#[test]
fn every_tool_that_a_text_names_exists() {
    let mut texts = all();
    texts.extend(PROMPTS.iter().map(|prompt| Text {
        place: prompt.def.name.to_owned(),
        text: prompt.fill(serde_json::from_str(prompt.def.example).expect("JSON")).expect("an example is valid"),
    }));
    let name = Regex::new(r"\b\w*desk_365_\w+").expect("the pattern is valid");
    for Text { place, text } in texts {
        for named in name.find_iter(&text) {
            assert!(find(named.as_str()).is_some(), "{place} names {}", named.as_str());
        }
    }
}

#[test]
fn a_contact_has_one_address_in_all_texts() {
    let wrong =
        matches(r"(?i)contact's (e-mail|address)|main (e-mail|address)|primary address|\be?mail address", &all());
    assert_eq!(wrong, [""; 0], "say: primary e-mail");
}

#[test]
fn limits_of_the_api_are_stated() {
    for words in
        ["reads attachments", "lists agents", "folders", "merges or deletes tickets", "Markdown is not rendered"]
    {
        assert!(API.instructions.contains(words), "the instructions do not say: {words}");
    }
}
