//! What a client may see and call: a filter over the tool table.
//!
//! Pure: it knows tools by their definitions, and neither protocol, store nor command line. A [`Scope`] only comes out
//! of [`Scope::parse`], so that whoever holds one holds a filter whose every name exists and which leaves some tool.

use tool_runtime::api::Tag;
use tool_runtime::tool::{Tool, ToolDef, ToolMethod};
use tool_runtime::violation::{self, Violation, Violations, nearest, quoted};

/// A scope as people write it, unchecked: the keys of a server's configuration, or the flags of a command.
///
/// A key that is absent restricts nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeConfig {
    /// `read`, `write` or a class of operations; a tool needs one of them.
    pub methods: Option<Vec<String>>,
    /// Tags; a tool needs one of them.
    pub tags: Option<Vec<String>>,
    /// Names of tools; no other tool is left.
    pub tools: Option<Vec<String>>,
    /// Names of tools that are left out, whatever else selects them.
    pub exclude_tools: Option<Vec<String>>,
    /// Leaves only what reads, whatever `methods` says. A switch of the command line, no key of a configuration.
    pub read_only: bool,
}

/// A checked scope. The default one leaves every tool.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    methods: Option<Vec<Method>>,
    tags: Option<Vec<&'static str>>,
    tools: Option<Vec<&'static str>>,
    exclude_tools: Vec<&'static str>,
    read_only: bool,
}

/// Everything wrong with a [`ScopeConfig`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", violation::lines(.violations))]
pub struct ScopeError {
    /// What is wrong, each with the key it is about; never empty.
    pub violations: Vec<Violation>,
}

/// One word of `methods`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    /// Every tool that only reads.
    Read,
    /// Every tool that changes something.
    Write,
    /// The tools of one class.
    Of(ToolMethod),
}

impl Method {
    const ALL: [Self; 8] = [
        Self::Read,
        Self::Write,
        Self::Of(ToolMethod::List),
        Self::Of(ToolMethod::Get),
        Self::Of(ToolMethod::Create),
        Self::Of(ToolMethod::Update),
        Self::Of(ToolMethod::Delete),
        Self::Of(ToolMethod::Custom),
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Of(class) => class.name(),
        }
    }

    fn selects(self, tool: &ToolDef) -> bool {
        match self {
            Self::Read => tool.hints.read_only,
            Self::Write => !tool.hints.read_only,
            Self::Of(class) => tool.method == class,
        }
    }
}

/// The words that `methods` takes.
pub fn method_names() -> impl Iterator<Item = &'static str> {
    Method::ALL.into_iter().map(Method::name)
}

/// Whether a client with this scope sees the tool and may call it.
pub fn allows(scope: &Scope, tool: &ToolDef) -> bool {
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
    /// Checks a scope against the `tags` and `tools` there are.
    ///
    /// Fails, with everything that is wrong, if a list is empty, if a name in it is unknown, or if no tool is left.
    pub fn parse(config: &ScopeConfig, tags: &'static [Tag], tools: &'static [Tool]) -> Result<Self, ScopeError> {
        let tools_by_name: Vec<_> = tools.iter().map(|tool| (tool.def.name, tool.def.name)).collect();
        let tags_by_name: Vec<_> = tags.iter().map(|tag| (tag.name, tag.name)).collect();
        let mut check = Check::default();
        let scope = Self {
            methods: check.names(
                "methods",
                "a method",
                config.methods.as_ref(),
                &Method::ALL.map(|method| (method.name(), method)),
            ),
            tags: check.names("tags", "a tag", config.tags.as_ref(), &tags_by_name),
            tools: check.names("tools", "a tool", config.tools.as_ref(), &tools_by_name),
            exclude_tools: check
                .names("exclude_tools", "a tool", config.exclude_tools.as_ref(), &tools_by_name)
                .unwrap_or_default(),
            read_only: config.read_only,
        };
        if check.violations.is_empty() && scope.tools(tools).is_empty() {
            check.violate("(scope)", "leaves no tool: every tool is ruled out by one of its parts".to_owned(), None);
        }
        if check.violations.is_empty() { Ok(scope) } else { Err(ScopeError { violations: check.violations }) }
    }

    /// The tools that it leaves, in the order of the table.
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
    /// What the `given` names stand for. Unknown ones are violations, and so is a list without any.
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
            self.violate(
                key,
                "is empty, and would leave no tool; leave it out to restrict nothing".to_owned(),
                allowed(),
            );
        }
        let mut found = Vec::new();
        for name in given {
            if let Some((_, value)) = known.iter().find(|(known, _)| known == name) {
                found.push(*value);
                continue;
            }
            let meant = nearest(name, known_names()).map(|meant| format!("; did you mean `{meant}`?"));
            let problem = format!("{} is not {what}{}", quoted(name), meant.unwrap_or_default());
            self.violate(key, problem, allowed());
        }
        Some(found)
    }

    /// However much is wrong, only so much of it is told.
    fn violate(&mut self, key: &str, problem: String, allowed: Option<String>) {
        if self.violations.len() == Violations::KEPT {
            return;
        }
        self.violations.push(Violation { argument: key.to_owned(), problem, allowed });
    }
}

#[cfg(test)]
mod tests;
