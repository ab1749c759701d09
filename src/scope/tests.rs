//! Every combination of filters, compared with a second implementation of their meaning.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::*;
use crate::tools::{API, TOOLS};

fn parse(config: &ScopeConfig) -> Result<Scope, ScopeError> {
    Scope::parse(config, API.tags, TOOLS)
}

#[expect(clippy::unnecessary_wraps, reason = "a key of a configuration is optional")]
fn list(names: &[&str]) -> Option<Vec<String>> {
    Some(names.iter().map(|name| (*name).to_owned()).collect())
}

/// Returns `None`, every name alone, and every name together with the next one.
fn choices(names: &[&str]) -> Vec<Option<Vec<String>>> {
    let alone = names.iter().map(|name| list(&[name]));
    let pairs = names.windows(2).map(list);
    std::iter::once(None).chain(alone).chain(pairs).collect()
}

/// The meaning of a configuration, implemented a second time.
fn meant(config: &ScopeConfig, tool: &ToolDef) -> bool {
    let method = config.methods.as_ref().is_none_or(|methods| {
        methods.iter().any(|method| match method.as_str() {
            "read" => tool.hints.read_only,
            "write" => !tool.hints.read_only,
            name => tool.method.name() == name,
        })
    });
    let tag = config.tags.as_ref().is_none_or(|tags| tags.iter().any(|tag| tool.tags.contains(&tag.as_str())));
    let name = config.tools.as_ref().is_none_or(|tools| tools.iter().any(|name| name == tool.name));
    let excluded = config.exclude_tools.as_ref().is_some_and(|tools| tools.iter().any(|name| name == tool.name));
    method && tag && name && !excluded && (!config.read_only || tool.hints.read_only)
}

fn assert_means_what_it_says(config: &ScopeConfig) {
    let meant: Vec<_> =
        TOOLS.iter().map(|tool| tool.def).filter(|tool| meant(config, tool)).map(|tool| tool.name).collect();
    match parse(config) {
        Ok(scope) => {
            let listed: Vec<_> = scope.tools(TOOLS).iter().map(|tool| tool.def.name).collect();
            let callable: Vec<_> =
                TOOLS.iter().filter(|tool| allows(&scope, tool.def)).map(|tool| tool.def.name).collect();
            assert_eq!(listed, meant, "{config:?}");
            assert_eq!(callable, listed, "{config:?}");
        }
        Err(error) => {
            assert!(meant.is_empty(), "{config:?} is refused ({error}) but allows {meant:?}");
        }
    }
}

#[test]
fn every_combination_lists_exactly_what_can_be_called() {
    let names: Vec<_> = TOOLS.iter().map(|tool| tool.def.name).collect();
    let method_choices = choices(&method_names().collect::<Vec<_>>());
    let tag_choices = choices(&API.tags.iter().map(|tag| tag.name).collect::<Vec<_>>());
    // Only single names: pairs would take too long.
    let tool_choices: Vec<_> = std::iter::once(None).chain(names.iter().map(|name| list(&[name]))).collect();
    for methods in &method_choices {
        for tags in &tag_choices {
            for tools in &tool_choices {
                for (exclude_tools, read_only) in
                    [(None, false), (None, true), (tools.clone(), false), (list(&names[..1]), false)]
                {
                    assert_means_what_it_says(&ScopeConfig {
                        methods: methods.clone(),
                        tags: tags.clone(),
                        tools: tools.clone(),
                        exclude_tools,
                        read_only,
                    });
                }
            }
        }
    }
}

#[test]
fn no_filter_allows_every_tool() {
    assert_eq!(parse(&ScopeConfig::default()).unwrap(), Scope::default());
    assert_eq!(Scope::default().tools(TOOLS).len(), TOOLS.len());
}

#[test]
fn every_tool_is_either_read_or_write() {
    let scope_of = |method| parse(&ScopeConfig { methods: list(&[method]), ..ScopeConfig::default() }).unwrap();
    let (read, write) = (scope_of("read"), scope_of("write"));
    for tool in TOOLS {
        assert_ne!(allows(&read, tool.def), allows(&write, tool.def), "{}", tool.def.name);
    }
}

#[test]
fn every_tool_method_is_a_selector() {
    let names: Vec<_> = method_names().collect();
    assert!(ToolMethod::ALL.iter().all(|method| names.contains(&method.name())));
}

#[test]
fn read_only_never_widens_methods() {
    let write = ScopeConfig { methods: list(&["write"]), read_only: true, ..ScopeConfig::default() };
    let error = parse(&write).unwrap_err();
    assert_eq!(error.violations.len(), 1);
    assert_eq!(error.violations.first().unwrap().argument, "(scope)");
}

#[test]
fn an_unknown_name_is_refused_beside_valid_ones() {
    let error = parse(&ScopeConfig { methods: list(&["get", "raed"]), ..ScopeConfig::default() }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "methods: \"raed\" is not a method; did you mean `read`? \
         (allowed: read, write, list, get, create, update, delete, custom)"
    );
}

#[test]
fn names_are_case_sensitive() {
    assert!(parse(&ScopeConfig { methods: list(&["READ"]), ..ScopeConfig::default() }).is_err());
}

#[test]
fn an_excluded_name_must_exist_too() {
    let error = parse(&ScopeConfig { exclude_tools: list(&["no_such_tool"]), ..ScopeConfig::default() }).unwrap_err();
    assert_eq!(error.violations.first().unwrap().argument, "exclude_tools");
}

#[test]
fn every_key_refuses_an_empty_list() {
    let empty = || Some(Vec::new());
    let config =
        ScopeConfig { methods: empty(), tags: empty(), tools: empty(), exclude_tools: empty(), read_only: false };
    let keys: Vec<_> = parse(&config).unwrap_err().violations.into_iter().map(|violation| violation.argument).collect();
    assert_eq!(keys, ["methods", "tags", "tools", "exclude_tools"]);
}

#[test]
fn all_violations_of_a_scope_are_returned_together() {
    let config = ScopeConfig { methods: list(&["x", "y"]), tags: list(&["z"]), ..ScopeConfig::default() };
    assert_eq!(parse(&config).unwrap_err().violations.len(), 3);
}

#[test]
fn excluding_every_tool_is_refused() {
    let names: Vec<_> = TOOLS.iter().map(|tool| tool.def.name).collect();
    assert!(parse(&ScopeConfig { exclude_tools: list(&names), ..ScopeConfig::default() }).is_err());
}

#[test]
fn the_number_of_violations_is_bounded() {
    let wrong = Some(vec!["nonsense".to_owned(); 10_000]);
    let error = parse(&ScopeConfig { tools: wrong.clone(), tags: wrong, ..ScopeConfig::default() }).unwrap_err();
    assert_eq!(error.violations.len(), Violations::KEPT);
}
