//! A JSON object that is put together from members.

use super::sink::Sink;

/// The members of an object, whose values are already JSON.
#[derive(Clone, Default)]
pub(super) struct Assembly {
    members: String,
}

impl Assembly {
    pub(super) fn member(&mut self, name: &str, json: &str) {
        let mut member = Sink::new(usize::MAX);
        member.push_string(name);
        member.push(':');
        member.push_str(json);
        self.append(&member.cut());
    }

    /// Adds a member unless there is no value for it.
    pub(super) fn optional(&mut self, name: &str, json: Option<&str>) {
        if let Some(json) = json {
            self.member(name, json);
        }
    }

    /// Adds members that are already text.
    pub(super) fn append(&mut self, members: &str) {
        if !self.members.is_empty() && !members.is_empty() {
            self.members.push(',');
        }
        self.members.push_str(members);
    }

    /// Returns the members without the braces around them.
    pub(super) fn members(&self) -> &str {
        &self.members
    }

    /// The length of the object in characters.
    pub(super) fn chars(&self) -> usize {
        self.members.chars().count() + "{}".len()
    }

    pub(super) fn finish(self) -> String {
        format!("{{{}}}", self.members)
    }
}
