//! What a server is limited to: its configuration, checked.

use serde_json::{Map, Value};
use tool_runtime::api::ApiDef;
use tool_runtime::violation::Violation;

use super::Result;
use super::form::Form;
use crate::scope::{Scope, ScopeConfig, method_names};
use crate::service::Exposure;
use crate::tools::TOOLS;

/// The configuration of a server, as it is given and shown. A key that is absent restricts nothing. In a change, a key
/// that is left out stays, and `null` removes one.
#[derive(Clone, Debug, utoipa::ToSchema)]
pub struct ServerConfig {
    /// `read`, `write` or classes of operations; a tool needs one of them.
    pub methods: Option<Vec<String>>,
    /// Tags; a tool needs one of them.
    pub tags: Option<Vec<String>>,
    /// Names of tools; no other tool is left.
    pub tools: Option<Vec<String>>,
    /// Names of tools that are left out, whatever else selects them.
    pub exclude_tools: Option<Vec<String>>,
    /// Whether all tools are listed, or three through which the others are found and called.
    pub tool_exposure: Option<Exposure>,
    /// Whether a caller must show a live API token as well.
    pub require_api_token_auth: Option<bool>,
}

/// A configuration with what it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// As it was given, without keys that are `null`.
    pub given: Map<String, Value>,
    /// The tools that it leaves.
    pub scope: Scope,
    /// How a client comes by them.
    pub exposure: Exposure,
    /// Whether a caller must show a live API token as well.
    pub needs_api_token: bool,
}

/// The words that the lists of a configuration take: what they are, the keys whose lists have them, and all of them.
pub fn words(api: &ApiDef) -> [(&'static str, &'static [&'static str], Vec<&'static str>); 3] {
    [
        ("Method", &["methods"], method_names().collect()),
        ("Tag", &["tags"], api.tags.iter().map(|tag| tag.name).collect()),
        ("ToolName", &["tools", "exclude_tools"], TOOLS.iter().map(|tool| tool.def.name).collect()),
    ]
}

/// Checks a configuration. Fails with everything that is wrong, also if it leaves no tool.
pub fn checked(api: &'static ApiDef, mut given: Map<String, Value>) -> Result<Checked> {
    // With `null` as well: a name that is mistyped is never passed over.
    let mut form = Form::within("config.", given.clone());
    given.retain(|_, value| !value.is_null());
    let scope = ScopeConfig {
        methods: form.texts("methods"),
        tags: form.texts("tags"),
        tools: form.texts("tools"),
        exclude_tools: form.texts("exclude_tools"),
        read_only: false,
    };
    let exposure = form.word("tool_exposure", &[("all", Exposure::All), ("discovery", Exposure::Discovery)]);
    let needs_api_token = form.switch("require_api_token_auth");
    let scope = Scope::parse(&scope, api.tags, TOOLS).map_err(|error| {
        let placed = error.violations.into_iter().map(|violation| {
            let argument = match violation.argument.as_str() {
                "(scope)" => "config".to_owned(),
                key => format!("config.{key}"),
            };
            Violation { argument, ..violation }
        });
        placed.collect::<Vec<_>>()
    });
    let exposure = exposure.unwrap_or_default();
    let needs_api_token = needs_api_token.unwrap_or_default();
    form.finish_with(scope).map(|scope| Checked { given, scope, exposure, needs_api_token })
}
