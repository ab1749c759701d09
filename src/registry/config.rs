//! What a server is limited to: its configuration, checked.

use serde::Serialize;
use serde_json::{Map, Value};
use tool_runtime::api::ApiDef;
use tool_runtime::violation::Violation;

use super::form::Form;
use super::{Refusal, Result};
use crate::scope::{Scope, ScopeConfig};
use crate::service::Exposure;
use crate::tools::TOOLS;

/// The configuration of a server. A key that is absent restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ServerConfig {
    /// `read`, `write` or classes of operations; a tool needs one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub methods: Option<Vec<String>>,
    /// Tags; a tool needs one of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Names of tools; no other tool is left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<String>>,
    /// Names of tools that are left out, whatever else selects them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exclude_tools: Option<Vec<String>>,
    /// Whether all tools are listed, or three through which the others are found and called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_exposure: Option<Exposure>,
    /// Whether a caller must show a live API token as well.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub require_api_token_auth: Option<bool>,
}

/// A configuration with the scope that it stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Checked {
    /// As it was given, without keys that are `null`.
    pub given: Map<String, Value>,
    /// As it is meant.
    pub config: ServerConfig,
    /// The tools that it leaves.
    pub scope: Scope,
}

impl ServerConfig {
    /// The part of it that selects tools.
    pub fn scope(&self) -> ScopeConfig {
        ScopeConfig {
            methods: self.methods.clone(),
            tags: self.tags.clone(),
            tools: self.tools.clone(),
            exclude_tools: self.exclude_tools.clone(),
            read_only: false,
        }
    }
}

/// Checks a configuration. Fails with everything that is wrong, also if it leaves no tool.
pub fn checked(api: &'static ApiDef, mut given: Map<String, Value>) -> Result<Checked> {
    given.retain(|_, value| !value.is_null());
    let mut form = Form::within("config.", given.clone());
    let config = ServerConfig {
        methods: form.texts("methods"),
        tags: form.texts("tags"),
        tools: form.texts("tools"),
        exclude_tools: form.texts("exclude_tools"),
        tool_exposure: form.word("tool_exposure", &[("all", Exposure::All), ("discovery", Exposure::Discovery)]),
        require_api_token_auth: form.switch("require_api_token_auth"),
    };
    let scope = Scope::parse(&config.scope(), api.tags, TOOLS).map_err(|error| {
        let placed = error.violations.into_iter().map(|violation| {
            let argument = match violation.argument.as_str() {
                "(scope)" => "config".to_owned(),
                key => format!("config.{key}"),
            };
            Violation { argument, ..violation }
        });
        placed.collect::<Vec<_>>()
    });
    match scope {
        Ok(scope) => form.finish().map(|()| Checked { given, config, scope }),
        Err(violations) => {
            form.violate_all(violations);
            form.finish().and_then(|()| Err(Refusal::NotFound("scope")))
        }
    }
}
