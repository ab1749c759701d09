//! A JSON object that is put together from members.

/// An object whose members are already JSON.
pub(super) struct Assembly {
    /// The object without its last brace.
    text: String,
}

impl Assembly {
    /// Creates an object without members that will have about this length in bytes.
    pub(super) fn expecting(length: usize) -> Self {
        /// Names of members, brackets, commas and numbers.
        const MORE: usize = 200;
        let mut text = String::with_capacity(length + MORE);
        text.push('{');
        Self { text }
    }

    /// Adds a member. Its name needs no escapes.
    pub(super) fn member(&mut self, name: &'static str, json: &str) {
        self.name(name);
        self.text.push_str(json);
    }

    /// Adds a member with a list of items, each of which ends in a comma.
    pub(super) fn list<'i>(&mut self, name: &'static str, items: impl Iterator<Item = &'i str>) {
        self.name(name);
        self.text.push('[');
        self.text.extend(items);
        if self.text.ends_with(',') {
            self.text.pop();
        }
        self.text.push(']');
    }

    /// Adds a member unless there is no value for it.
    pub(super) fn optional(&mut self, name: &'static str, json: Option<&str>) {
        if let Some(json) = json {
            self.member(name, json);
        }
    }

    /// Adds members that are already text.
    pub(super) fn append(&mut self, members: &str) {
        if !members.is_empty() {
            self.separate();
            self.text.push_str(members);
        }
    }

    fn name(&mut self, name: &str) {
        self.separate();
        self.text.push('"');
        self.text.push_str(name);
        self.text.push_str("\":");
    }

    fn separate(&mut self) {
        if self.text.len() > "{".len() {
            self.text.push(',');
        }
    }

    /// Returns the members without the braces around them.
    pub(super) fn members(&self) -> &str {
        self.text.get("{".len()..).unwrap_or_default()
    }

    /// Returns whether the object has at most `max_chars` characters.
    pub(super) fn fits(&self, max_chars: usize) -> bool {
        // No text has more characters than bytes.
        self.text.len() < max_chars || self.chars() <= max_chars
    }

    /// The length of the object in characters.
    pub(super) fn chars(&self) -> usize {
        self.text.chars().count() + "}".len()
    }

    pub(super) fn finish(mut self) -> String {
        self.text.push('}');
        self.text
    }
}
