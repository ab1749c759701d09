//! The scope of a client: a filter over the table of tools that decides what the client may list and call.
//!
//! Pure: it knows the definitions of tools, but no protocol, store or command line. A [`Scope`] is only created by
//! [`Scope::parse`]: every name in it exists, and it allows at least one tool.

mod grant;

use tool_runtime::api::Tag;
use tool_runtime::tool::{Tool, ToolDef, ToolMethod};
use tool_runtime::violation::{self, Violation, Violations, nearest, quoted};

pub use self::grant::{Grant, GrantedMethod};

/// An unchecked scope: the keys of a server's configuration, or the flags of a command.
///
/// An absent key means no restriction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeConfig {
    /// `read`, `write` or names of methods. A tool must match one of them.
    pub methods: Option<Vec<String>>,
    /// Tags. A tool must have one of them.
    pub tags: Option<Vec<String>>,
    /// Names of tools. No other tool is allowed.
    pub tools: Option<Vec<String>>,
    /// Names of tools that are not allowed, even if another key selects them.
    pub exclude_tools: Option<Vec<String>>,
    /// Allows only tools that read, in addition to `methods`. A flag of the command line, not a key of a configuration.
    pub read_only: bool,
}

/// A checked scope. The default allows every tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    methods: Option<Vec<MethodSelector>>,
    tags: Option<Vec<&'static str>>,
    tools: Option<Vec<&'static str>>,
    exclude_tools: Vec<&'static str>,
    read_only: bool,
    /// The scopes of the client's access token, if it has one.
    grant: Option<Grant>,
}

/// The violations of a [`ScopeConfig`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", violation::lines(.violations))]
pub struct ScopeError {
    /// The violations, each with its key; never empty.
    pub violations: Vec<Violation>,
}

/// One entry of `methods`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum MethodSelector {
    /// Every tool that only reads.
    Read,
    /// Every tool that changes something.
    Write,
    /// Every tool with this method.
    Exactly(ToolMethod),
}

impl MethodSelector {
    const ALL: [Self; 8] = [
        Self::Read,
        Self::Write,
        Self::Exactly(ToolMethod::List),
        Self::Exactly(ToolMethod::Get),
        Self::Exactly(ToolMethod::Create),
        Self::Exactly(ToolMethod::Update),
        Self::Exactly(ToolMethod::Delete),
        Self::Exactly(ToolMethod::Custom),
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Exactly(method) => method.name(),
        }
    }

    fn selects(self, tool: &ToolDef) -> bool {
        match self {
            Self::Read => tool.hints.read_only,
            Self::Write => !tool.hints.read_only,
            Self::Exactly(method) => tool.method == method,
        }
    }
}

/// Returns the names that `methods` accepts.
pub fn method_names() -> impl Iterator<Item = &'static str> {
    MethodSelector::ALL.into_iter().map(MethodSelector::name)
}

/// Returns whether a client with this scope may list and call the tool.
pub fn allows(scope: &Scope, tool: &ToolDef) -> bool {
    scope.grant.is_none_or(|grant| grant.allows(tool)) && allows_without_grant(scope, tool)
}

fn allows_without_grant(scope: &Scope, tool: &ToolDef) -> bool {
    let selected_by = |names: &Option<Vec<&str>>, has: &dyn Fn(&str) -> bool| match names {
        None => true,
        Some(names) => names.iter().any(|name| has(name)),
    };
    let method_fits = match &scope.methods {
        None => true,
        Some(methods) => methods.iter().any(|method| method.selects(tool)),
    };
    method_fits
        && (tool.hints.read_only || !scope.read_only)
        && selected_by(&scope.tags, &|tag| tool.tags.contains(&tag))
        && selected_by(&scope.tools, &|name| tool.name == name)
        && !scope.exclude_tools.contains(&tool.name)
}

impl Scope {
    /// Checks a scope against the API's `tags` and `tools`.
    ///
    /// # Errors
    ///
    /// If a list is empty, if a name is unknown, or if no tool is allowed. All violations are returned.
    pub fn parse(config: &ScopeConfig, tags: &'static [Tag], tools: &'static [Tool]) -> Result<Self, ScopeError> {
        let tools_by_name: Vec<_> = tools.iter().map(|tool| (tool.def.name, tool.def.name)).collect();
        let tags_by_name: Vec<_> = tags.iter().map(|tag| (tag.name, tag.name)).collect();
        let mut check = Check::default();
        let scope = Self {
            methods: check.names(
                "methods",
                "a method",
                config.methods.as_ref(),
                &MethodSelector::ALL.map(|method| (method.name(), method)),
            ),
            tags: check.names("tags", "a tag", config.tags.as_ref(), &tags_by_name),
            tools: check.names("tools", "a tool", config.tools.as_ref(), &tools_by_name),
            exclude_tools: check
                .names("exclude_tools", "a tool", config.exclude_tools.as_ref(), &tools_by_name)
                .unwrap_or_default(),
            read_only: config.read_only,
            grant: None,
        };
        if check.violations.is_empty() && scope.tools(tools).is_empty() {
            check.add_violation(
                "(scope)",
                "allows no tool: every tool is excluded by one of its keys".to_owned(),
                None,
            );
        }
        if check.violations.is_empty() { Ok(scope) } else { Err(ScopeError { violations: check.violations }) }
    }

    /// Restricts the scope to what an access token grants. The result may allow no tool.
    #[must_use]
    pub fn granted(self, grant: Grant) -> Self {
        Self { grant: Some(grant), ..self }
    }

    /// Returns the scopes that access tokens can have: those for which the scope has a tool.
    pub(crate) fn grantable(&self, all: &'static [Tool]) -> Grant {
        all.iter()
            .filter(|tool| allows_without_grant(self, tool.def))
            .map(|tool| GrantedMethod::of_tool(tool.def))
            .collect()
    }

    /// Returns the scopes that an access token needs to call the tool as well, if nothing else is missing.
    pub(crate) fn missing_grant(&self, tool: &ToolDef) -> Option<Grant> {
        let grant = self.grant.filter(|grant| !grant.allows(tool))?;
        allows_without_grant(self, tool).then(|| grant.or([GrantedMethod::of_tool(tool)].into_iter().collect()))
    }

    /// Returns the allowed tools, in the order of the table.
    pub fn tools(&self, all: &'static [Tool]) -> Vec<&'static Tool> {
        all.iter().filter(|tool| allows(self, tool.def)).collect()
    }
}

/// The violations found so far.
#[derive(Default)]
struct Check {
    violations: Vec<Violation>,
}

impl Check {
    /// Returns the values of the `given` names. An unknown name and an empty list are violations.
    fn names<T: Copy>(
        &mut self,
        key: &str,
        what: &str,
        given: Option<&Vec<String>>,
        known: &[(&'static str, T)],
    ) -> Option<Vec<T>> {
        let given = given?;
        let known_names = || known.iter().map(|(name, _)| *name);
        let allowed = || Some(known_names().collect::<Vec<_>>().join(", "));
        if given.is_empty() {
            self.add_violation(
                key,
                "is empty, which would allow no tool; omit it for no restriction".to_owned(),
                allowed(),
            );
        }
        let mut found = Vec::new();
        for name in given {
            if let Some((_, value)) = known.iter().find(|(known, _)| known == name) {
                found.push(*value);
                continue;
            }
            let meant = nearest(name, known_names());
            let meant = meant.map_or_else(String::new, |meant| format!("; did you mean `{meant}`?"));
            let problem = format!("{} is not {what}{meant}", quoted(name));
            self.add_violation(key, problem, allowed());
        }
        Some(found)
    }

    /// Adds a violation, up to the limit.
    fn add_violation(&mut self, key: &str, problem: String, allowed: Option<String>) {
        if self.violations.len() == Violations::KEPT {
            return;
        }
        self.violations.push(Violation { argument: key.to_owned(), problem, allowed });
    }
}

#[cfg(test)]
mod tests;
