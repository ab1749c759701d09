//! Rules for every tool, prompt and resource, for any specification.

use boon::{Compiler, SchemaIndex, Schemas};
use desk365_mcp::confirmation::ConfirmPolicy;
use desk365_mcp::scope::{Scope, ScopeConfig, method_names};
use desk365_mcp::service::{self, Listing};
use desk365_mcp::tools::{API, PROMPTS, TOOLS, find};
use serde_json::{Map, Value, json};
use tool_runtime::prompt::PromptDef;
use tool_runtime::request::RequestBody;
use tool_runtime::tool::{Tool, ToolDef};

/// Keywords for which some client rejects a whole list of tools.
const UNSUPPORTED: &[&str] =
    &["oneOf", "anyOf", "allOf", "not", "if", "then", "else", "$ref", "const", "format", "additionalProperties"];

fn schema(def: &ToolDef) -> Value {
    serde_json::from_str(def.input_schema).expect("a schema is JSON")
}

/// Compiles a tool's schema, which validates it against the schema of schemas.
fn compiled(def: &ToolDef) -> (Schemas, SchemaIndex) {
    let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
    compiler.add_resource("tool.json", schema(def)).expect("its name is a URL");
    let index = compiler.compile("tool.json", &mut schemas).unwrap_or_else(|error| panic!("{}: {error}", def.name));
    (schemas, index)
}

fn example(def: &ToolDef) -> Map<String, Value> {
    serde_json::from_str(def.example).expect("an example is an object")
}

fn walk(schema: &Value, place: &str, visit: &mut impl FnMut(&Map<String, Value>, &str)) {
    let map = schema.as_object().unwrap_or_else(|| panic!("{place}: a schema is an object, never a boolean"));
    visit(map, place);
    for (name, property) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
        walk(property, &format!("{place}.{name}"), visit);
    }
    if let Some(items) = map.get("items") {
        walk(items, &format!("{place}[]"), visit);
    }
}

#[test]
fn every_schema_uses_only_supported_keywords() {
    for tool in TOOLS {
        let schema = schema(tool.def);
        assert_eq!(schema["type"], "object", "{}", tool.def.name);
        assert!(schema["properties"].is_object(), "{}", tool.def.name);
        walk(&schema, tool.def.name, &mut |map, place| {
            let kind = map.get("type").and_then(Value::as_str).unwrap_or_else(|| panic!("{place} has one type"));
            assert_eq!(map.contains_key("items"), kind == "array", "{place}: only lists have `items`");
            for word in UNSUPPORTED {
                assert!(!map.contains_key(*word), "{place} uses `{word}`");
            }
            if let Some(values) = map.get("enum") {
                assert_eq!(kind, "string", "{place}: choices are strings");
                assert!(values.as_array().expect("a list").iter().all(Value::is_string), "{place}");
            }
        });
    }
}

#[test]
fn every_schema_is_valid_json_schema() {
    for tool in TOOLS {
        compiled(tool.def);
    }
}

#[test]
fn every_argument_is_described_and_decoded() {
    for tool in TOOLS {
        let schema = schema(tool.def);
        let properties = schema["properties"].as_object().expect("an object");
        assert!(properties.keys().eq(tool.def.arguments), "{}", tool.def.name);
        for (name, property) in properties {
            let described = property["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(described, "{}: `{name}` has no description", tool.def.name);
        }
    }
}

#[test]
fn every_example_matches_its_schema() {
    for tool in TOOLS {
        let (schemas, index) = compiled(tool.def);
        let example = Value::Object(example(tool.def));
        schemas.validate(&example, index).unwrap_or_else(|error| panic!("{}: {error}", tool.def.name));
    }
}

#[test]
fn every_example_is_decoded() {
    for tool in TOOLS {
        let prepared = tool.prepare(example(tool.def));
        assert!(prepared.is_ok(), "{}: {prepared:?}", tool.def.name);
    }
}

#[test]
fn every_tool_with_attachments_names_their_argument() {
    for tool in TOOLS {
        let request = tool.prepare(example(tool.def)).expect("an example is valid");
        let is_multipart = matches!(request.body(), RequestBody::Form(_));
        assert_eq!(is_multipart, tool.def.files.is_some(), "{}", tool.def.name);
    }
}

#[test]
fn an_unknown_argument_is_refused_by_every_tool() {
    for tool in TOOLS {
        let mut arguments = example(tool.def);
        arguments.insert("no_such_argument".to_owned(), json!(1));
        let violations = tool.prepare(arguments).expect_err("it was not declared");
        assert_eq!(violations.len(), 1, "{}: {violations:?}", tool.def.name);
        assert_eq!(violations[0].argument, "no_such_argument");
    }
}

#[test]
fn a_missing_required_argument_is_refused_by_every_tool() {
    for tool in TOOLS {
        for name in schema(tool.def)["required"].as_array().into_iter().flatten() {
            let name = name.as_str().expect("a name");
            let mut arguments = example(tool.def);
            arguments.remove(name);
            let violations = tool.prepare(arguments).expect_err("it is required");
            assert!(violations.iter().any(|violation| violation.argument == name), "{}: {violations:?}", tool.def.name);
        }
    }
}

#[test]
fn every_tool_has_a_title_description_and_known_tag() {
    for tool in TOOLS {
        assert!(!tool.def.title.is_empty() && !tool.def.description.is_empty(), "{}", tool.def.name);
        assert!(!tool.def.tags.is_empty(), "{}", tool.def.name);
        let known = |name: &&str| API.tags.iter().any(|tag| tag.name == *name);
        assert!(tool.def.tags.iter().all(known), "{}", tool.def.name);
    }
}

#[test]
fn presets_and_scopes_accept_the_same_methods() {
    let scope: Vec<_> = method_names().collect();
    assert_eq!(toolgen::spec::keys::METHODS, scope);
}

#[test]
fn every_preset_is_a_valid_scope() {
    for preset in API.presets {
        let list = |names: &[&str]| (!names.is_empty()).then(|| names.iter().map(|name| (*name).to_owned()).collect());
        let [methods, tags, tools] = [preset.methods, preset.tags, preset.tools].map(list);
        let config = ScopeConfig { methods, tags, tools, ..ScopeConfig::default() };
        assert!(Scope::parse(&config, API.tags, TOOLS).is_ok(), "{}", preset.name);
    }
}

#[test]
fn read_only_tools_are_never_destructive() {
    for tool in TOOLS {
        assert!(!(tool.def.hints.read_only && tool.def.hints.destructive), "{}", tool.def.name);
    }
}

#[test]
fn every_name_is_short_and_unique() {
    for tool in TOOLS {
        assert!(tool.def.name.len() <= 50, "{} is too long", tool.def.name);
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(tool.def.name.chars().all(plain), "{}", tool.def.name);
        let found = find(tool.def.name).expect("every tool is found");
        assert!(std::ptr::eq(found.def, tool.def), "{} is found twice", tool.def.name);
    }
    assert!(find("no_such_tool").is_none());
}

#[test]
fn every_prompt_renders_with_its_example() {
    for prompt in PROMPTS {
        let PromptDef { name, title, description, arguments, uses, .. } = prompt.def;
        assert!(!title.is_empty() && description.ends_with('.'), "{name}");
        assert!(arguments.iter().all(|argument| !argument.about.is_empty()), "{name}");
        assert!(!uses.is_empty() && uses.iter().all(|tool| find(tool).is_some()), "{name}");
        let example: Map<String, Value> = serde_json::from_str(prompt.def.example).expect("an example is an object");
        let text = prompt.fill(example.clone()).expect("an example is valid");
        assert!(!text.contains(['{', '}']), "{name}: {text}");
        // The text is well-formed without optional arguments, too.
        let required = arguments.iter().filter(|argument| argument.required).map(|argument| argument.name);
        let least = required.filter_map(|name| Some((name.to_owned(), example.get(name)?.clone())));
        let text = prompt.fill(least.collect()).expect("optional arguments can be omitted");
        assert!(!text.contains("\n\n\n") && text.trim() == text, "{name}: {text}");
    }
}

#[test]
fn every_resource_sends_the_request_of_its_tool() {
    let readable: Vec<_> = TOOLS.iter().filter_map(|tool| Some((tool, tool.def.resource?))).collect();
    assert!(!readable.is_empty());
    for (tool, resource) in readable {
        let mut uri = resource.uri.to_owned();
        for (name, value) in example(tool.def) {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            let encoded = percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC);
            uri = uri.replace(&format!("{{{name}}}"), &encoded.to_string());
        }
        let arguments = resource.arguments(&uri).unwrap_or_else(|| panic!("{uri}"));
        let request = |arguments| tool.prepare(arguments).expect("they are valid").to_string();
        assert_eq!(request(arguments), request(example(tool.def)), "{uri}");
        assert!(tool.def.hints.read_only, "{uri}");
    }
}

#[test]
fn the_list_fits_a_context_window() {
    let (summaries, operations): (Vec<&Tool>, Vec<&Tool>) = TOOLS.iter().partition(|tool| tool.summary.is_some());
    for (tools, limit) in [(operations, 52_000), (summaries, 5_750)] {
        let defs: Vec<_> = tools.iter().map(|tool| tool.def).collect();
        for (_, confirm) in ConfirmPolicy::ALL {
            for local_files in [false, true] {
                let listing = Listing { confirm, local_files, ..Listing::default() };
                let listed = service::exposed_tools(&defs, listing);
                let sizes: Vec<_> = listed.iter().map(|tool| (tool.bytes(), tool.entry.name)).collect();
                let total: usize = sizes.iter().map(|(bytes, _)| bytes).sum();
                println!("{} tools take {total} bytes: {listing:?}", sizes.len());
                let largest = sizes.iter().max().expect("there are tools");
                assert!(largest.0 < 2_000, "{} takes {} bytes: {listing:?}", largest.1, largest.0);
                assert!(total < limit, "all tools together take {total} bytes: {listing:?}");
            }
        }
    }
}
