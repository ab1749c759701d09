//! Texts that are given as a key by mistake: an unfilled placeholder, or a key with something around it. Pure.

/// The reason why a text cannot be a key. Its text describes the mistake after "is" and never repeats the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAKey {
    /// A placeholder that was copied from an example, or that a shell or a client did not replace.
    #[error("the placeholder {0}")]
    Placeholder(&'static str),
    /// The word by which a program writes a missing value.
    #[error("the word {0} (a missing value)")]
    Missing(&'static str),
    /// A text in quotes.
    #[error("a text in quotes")]
    Quoted,
    /// A line of a settings file.
    #[error("a line such as NAME=value")]
    Assignment,
}

impl NotAKey {
    /// Returns the mistake in a text, if it is one of these.
    pub fn find(text: &str) -> Option<Self> {
        let text = text.trim();
        placeholder(text)
            .map(Self::Placeholder)
            .or_else(|| missing(text).map(Self::Missing))
            .or_else(|| is_quoted(text).then_some(Self::Quoted))
            .or_else(|| text.lines().any(is_assignment).then_some(Self::Assignment))
    }

    /// Returns what to do.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::Placeholder(_) => {
                "The variable was not set where the client was started. Set it there, or replace the placeholder with \
                 the key"
            }
            Self::Missing(_) => "Set the key where this value comes from",
            Self::Quoted => "Remove the quotes",
            Self::Assignment => "Give only the value after the =, without the name",
        }
    }
}

/// Returns the form of a placeholder.
fn placeholder(text: &str) -> Option<&'static str> {
    let inside = |start: &str, end: &str| text.strip_prefix(start).and_then(|rest| rest.strip_suffix(end));
    match text {
        _ if text.starts_with("${") => Some("${...}"),
        _ if inside("$(", ")").is_some() => Some("$(...)"),
        _ if text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("$env:")) => Some("$env:..."),
        _ if text.strip_prefix('$').is_some_and(is_variable) => Some("$..."),
        _ if inside("%", "%").is_some_and(|name| is_variable(&name.to_ascii_uppercase())) => Some("%...%"),
        _ if inside("{env:", "}").is_some() => Some("{env:...}"),
        _ if inside("{", "}").is_some() => Some("{...}"),
        _ if inside("<", ">").is_some() => Some("<...>"),
        _ if text.starts_with("YOUR_") => Some("YOUR_..."),
        _ => repeated(text),
    }
}

/// Returns the form of a text that only consists of a character with which examples hide a key.
fn repeated(text: &str) -> Option<&'static str> {
    const HIDING: [(char, &str); 4] = [('.', "..."), ('*', "***"), ('x', "xxx"), ('X', "XXX")];
    const MIN_LENGTH: usize = 3;
    let first = text.chars().next()?;
    let (_, form) = HIDING.into_iter().find(|(hiding, _)| *hiding == first)?;
    (text.len() >= MIN_LENGTH && text.chars().all(|c| c == first)).then_some(form)
}

fn missing(text: &str) -> Option<&'static str> {
    const WORDS: [&str; 5] = ["undefined", "null", "none", "nil", "nan"];
    WORDS.into_iter().find(|word| text.eq_ignore_ascii_case(word))
}

fn is_quoted(text: &str) -> bool {
    const QUOTES: [(char, char); 6] = [('"', '"'), ('\'', '\''), ('`', '`'), ('“', '”'), ('„', '“'), ('‘', '’')];
    let mut characters = text.chars();
    let ends = (characters.next(), characters.next_back());
    matches!(ends, (Some(first), Some(last)) if QUOTES.contains(&(first, last)))
}

/// Returns whether the line gives a key to a name, as a shell, a `.env` file or PowerShell does. A key may contain `=`,
/// and Base64 ends with it, so the name must be one for a key.
fn is_assignment(line: &str) -> bool {
    const COMMANDS: [&str; 4] = ["export ", "set ", "setx ", "$env:"];
    let line = line.trim();
    let line = COMMANDS
        .iter()
        .find_map(|command| {
            let (start, rest) = line.split_at_checked(command.len())?;
            start.eq_ignore_ascii_case(command).then_some(rest.trim_start())
        })
        .unwrap_or(line);
    let Some((name, value)) = line.split_once('=') else { return false };
    let name = name.trim_end().to_ascii_uppercase();
    is_variable(&name) && name.ends_with("KEY") && !value.trim_matches(['=', ' ']).is_empty()
}

/// Returns whether the text is the name of a variable in the usual upper case.
fn is_variable(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::NotAKey;

    #[test]
    fn placeholders_and_wrapped_keys_are_recognised() {
        for (text, problem) in [
            ("${DESK_KEY}", "the placeholder ${...}"),
            ("${env:DESK_KEY}", "the placeholder ${...}"),
            ("$DESK_KEY", "the placeholder $..."),
            ("$env:desk_key", "the placeholder $env:..."),
            ("$(cat key)", "the placeholder $(...)"),
            ("%DESK_KEY%", "the placeholder %...%"),
            ("%desk_key%", "the placeholder %...%"),
            ("{env:DESK_KEY}", "the placeholder {env:...}"),
            ("{{desk_key}}", "the placeholder {...}"),
            ("<your key>", "the placeholder <...>"),
            ("YOUR_API_KEY", "the placeholder YOUR_..."),
            ("...", "the placeholder ..."),
            ("********", "the placeholder ***"),
            ("xxxxxxxx", "the placeholder xxx"),
            ("undefined", "the word undefined"),
            ("null", "the word null"),
            (" None ", "the word none"),
            ("\"abcdefgh\"", "in quotes"),
            ("'abcdefgh'", "in quotes"),
            ("“abcdefgh”", "in quotes"),
            ("DESK_API_KEY=abcdefgh", "NAME=value"),
            ("export DESK_API_KEY=abcdefgh", "NAME=value"),
            ("$env:DESK_API_KEY = 'abcdefgh'", "$env:..."),
            ("# settings\nDESK_API_KEY = abcdefgh\n", "NAME=value"),
            ("api_key=abcdefgh", "NAME=value"),
        ] {
            let found = NotAKey::find(text).map(|found| found.to_string()).unwrap_or_default();
            assert!(found.contains(problem), "{text}: {found}");
            assert!(!found.contains("abcdefgh"), "{text}: {found}");
        }
    }

    #[test]
    fn keys_with_such_characters_are_no_placeholders() {
        for key in [
            "$2b$10$abc",
            "$abc",
            "a<b>",
            "<",
            "YOURS",
            "%41%42",
            "YWJjZA==",
            "YWJKEY=",
            "abc=def",
            "a=b=c",
            "x",
            "nullable",
            "xxa",
            "\"",
            "{abc",
            "k3y",
            "a{env:B}",
            "100%",
            "eyJhbGciOiJIUzI1NiJ9.e30.abc",
        ] {
            let found = NotAKey::find(key);
            assert!(found.is_none(), "{key}: {found:?}");
        }
    }
}
