//! The scopes of access tokens (RFC 6749, section 3.3): `read` and `write`, as the method filter knows them.

use std::fmt;

use tool_runtime::tool::ToolDef;

/// A scope of an access token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GrantedMethod {
    /// Every tool that only reads.
    Read,
    /// Every tool that changes something.
    Write,
}

impl GrantedMethod {
    /// All scopes.
    pub const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// The name of the scope.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
        }
    }

    /// The scope that a tool needs.
    pub(crate) const fn of_tool(tool: &ToolDef) -> Self {
        if tool.hints.read_only { Self::Read } else { Self::Write }
    }
}

/// The scopes of an access token, as a set. Its text is the value of the parameter `scope`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Grant {
    read: bool,
    write: bool,
}

impl Grant {
    /// Returns the scopes that a text names. Unknown names are ignored (RFC 6749, section 3.3: the authorization server may
    /// ignore a part of what the client asks for).
    pub fn parse(text: &str) -> Self {
        let named = text.split(' ').filter_map(|name| GrantedMethod::ALL.into_iter().find(|all| all.name() == name));
        named.collect()
    }

    /// Returns true if the set has the scope.
    pub const fn contains(self, method: GrantedMethod) -> bool {
        match method {
            GrantedMethod::Read => self.read,
            GrantedMethod::Write => self.write,
        }
    }

    /// Returns true if the set has every scope of `other`.
    pub(crate) fn includes(self, other: Self) -> bool {
        self.and(other) == other
    }

    /// Returns the scopes that both sets have.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { read: self.read && other.read, write: self.write && other.write }
    }

    /// Returns the scopes that either set has.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self { read: self.read || other.read, write: self.write || other.write }
    }

    /// Returns true if the set has no scope.
    pub const fn is_empty(self) -> bool {
        !self.read && !self.write
    }

    /// The scopes in order.
    pub fn iter(self) -> impl Iterator<Item = GrantedMethod> {
        GrantedMethod::ALL.into_iter().filter(move |method| self.contains(*method))
    }

    /// Returns whether the scopes allow the tool.
    pub const fn allows(self, tool: &ToolDef) -> bool {
        self.contains(GrantedMethod::of_tool(tool))
    }
}

impl FromIterator<GrantedMethod> for Grant {
    fn from_iter<I: IntoIterator<Item = GrantedMethod>>(methods: I) -> Self {
        methods.into_iter().fold(Self::default(), |grant, method| match method {
            GrantedMethod::Read => Self { read: true, ..grant },
            GrantedMethod::Write => Self { write: true, ..grant },
        })
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(GrantedMethod::name).collect();
        f.write_str(&names.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_set_that_it_names() {
        for (text, written) in [
            ("read", "read"),
            ("write read", "read write"),
            ("read read", "read"),
            ("openid read offline_access", "read"),
            ("READ", ""),
            ("", ""),
        ] {
            assert_eq!(Grant::parse(text).to_string(), written, "{text}");
        }
    }

    #[test]
    fn sets_are_compared_by_their_scopes() {
        let [read, both] = ["read", "read write"].map(Grant::parse);
        assert!(both.includes(read) && !read.includes(both) && read.includes(Grant::default()));
        assert_eq!((both.and(read), read.or(both)), (read, both));
        assert!(Grant::parse("write").and(read).is_empty());
    }
}
