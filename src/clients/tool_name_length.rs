//! The length of tool names in clients that put the name of the connector before them.

/// The maximum length of a tool's name, prefix included. Clients drop tools with longer names, often silently.
const MAX_LENGTH: usize = 64;

/// The longest prefix of a known client, around the name of the connector: Claude's.
const PREFIX: (&str, &str) = ("mcp__claude_ai_", "__");

/// The tools that a client drops because their names are too long behind its prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DroppedTools {
    /// The prefix.
    pub prefix: String,
    /// The number of tools that are dropped.
    pub count: usize,
    /// The longest name.
    pub longest: String,
    /// The maximum length of a connector's name with which no tool is dropped; 0 if every name is too long.
    pub longest_connector: usize,
}

impl DroppedTools {
    /// Returns the tools among `names` that are dropped if the connector is called `connector`, if there are any.
    pub fn find<'a>(names: impl IntoIterator<Item = &'a str>, connector: &str) -> Option<Self> {
        let (before, after) = PREFIX;
        let prefix = format!("{before}{connector}{after}");
        let length = |name: &str| name.chars().count();
        let room = MAX_LENGTH.saturating_sub(length(&prefix));
        let mut dropped: Vec<_> = names.into_iter().filter(|name| length(name) > room).collect();
        dropped.sort_by_key(|name| length(name));
        let longest = (*dropped.last()?).to_owned();
        let longest_connector = MAX_LENGTH.saturating_sub(length(before) + length(after) + length(&longest));
        Some(Self { prefix, count: dropped.len(), longest, longest_connector })
    }

    /// Returns the problem as a sentence.
    pub fn problem(&self) -> String {
        let Self { prefix, count, longest, .. } = self;
        format!(
            "{count} tool names are longer than {MAX_LENGTH} characters behind the prefix {prefix}, and clients drop such \
             tools; the longest is {longest}"
        )
    }

    /// Returns the fix as a sentence.
    pub fn fix(&self) -> String {
        match self.longest_connector {
            0 => "leave the tools with the longest names out, or use the discovery tools.".to_owned(),
            1 => "give the connector a name of one character in the client, or leave these tools out.".to_owned(),
            most => format!("give the connector a name of at most {most} characters in the client."),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn names_are_dropped_from_one_character_over_the_limit() {
        let (fits, over) = ("f".repeat(45), "o".repeat(46));
        let dropped = DroppedTools::find([fits.as_str(), over.as_str()], "ab").unwrap();
        assert_eq!((dropped.count, dropped.longest.as_str(), dropped.longest_connector), (1, over.as_str(), 1));
        assert_eq!(DroppedTools::find([over.as_str()], "a"), None);
        assert_eq!(DroppedTools::find([fits.as_str()], "ab"), None);
    }

    #[test]
    fn a_name_that_never_fits_leaves_no_room_for_a_connector() {
        let dropped = DroppedTools::find(["n".repeat(60).as_str()], "").unwrap();
        assert_eq!(dropped.longest_connector, 0);
        assert!(dropped.fix().contains("leave the tools"), "{}", dropped.fix());
    }
}
