//! Environment variables with the prefix of this program's settings that it does not know.
//!
//! A misspelt variable would be ignored, and the program would start with a default, such as another database.

use tool_runtime::api::ApiDef;
use tool_runtime::violation::nearest;

use super::serve::{self, CA_FILE_FLAG};
use super::{ConfigError, ConfigProblem, EnvNames, Environment};

/// Checks the names of all variables with the prefix of this program's settings. An empty variable counts as not set.
///
/// # Errors
///
/// Fails with every unknown name, and the nearest known one.
pub fn check_variable_names(api: &ApiDef, environment: &impl Environment) -> Result<(), ConfigError> {
    let names = EnvNames::for_api(api);
    let (prefix, known) = (names.server(""), known_names(&names));
    let unknown = environment.names().into_iter().filter_map(|name| {
        let name = name.into_string().ok()?;
        let rest = name.strip_prefix(&prefix)?;
        let is_known = known.iter().any(|known| known == rest) || is_service_link(rest);
        let is_set = environment.variable(&name).is_some_and(|value| !value.is_empty());
        let instead = (is_set && !is_known).then(|| instead(&prefix, rest, &known))?;
        Some(ConfigProblem::UnknownVariable { name, instead })
    });
    let mut unknown: Vec<_> = unknown.collect();
    unknown.sort_by_key(ToString::to_string);
    if unknown.is_empty() { Ok(()) } else { Err(ConfigError(unknown)) }
}

/// Returns the part after the prefix of every variable that this program reads.
fn known_names(names: &EnvNames) -> Vec<String> {
    let prefix = names.server("");
    let with_file = serve::FLAGS.iter().chain(&serve::SECRETS).filter(|flag| **flag != CA_FILE_FLAG);
    let with_file = with_file.flat_map(|flag| [names.server(flag), names.file_of(&names.server(flag))]);
    let others = [names.ca_file(), names.attachments_dir(), names.log()];
    with_file.chain(others).filter_map(|name| name.strip_prefix(&prefix).map(str::to_owned)).collect()
}

fn instead(prefix: &str, given: &str, known: &[String]) -> String {
    let lower: Vec<_> = known.iter().map(|name| name.to_ascii_lowercase()).collect();
    match nearest(given, lower.iter().map(String::as_str)) {
        Some(name) => format!("set {prefix}{} instead, or unset it", name.to_ascii_uppercase()),
        None => "unset it. `serve --help` lists all settings".to_owned(),
    }
}

/// Returns whether Kubernetes set the variable: for each service of a namespace it sets variables whose names begin with
/// the service's, which may be this program's name.
fn is_service_link(rest: &str) -> bool {
    let rest = format!("_{rest}");
    let follows = |rest: &str, part: &str, is_end: fn(&str) -> bool| {
        rest.match_indices(part).any(|(start, _)| rest.get(start + part.len()..).is_some_and(is_end))
    };
    let is_port_part = |end: &str| {
        let digits = end.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && end.get(digits..).is_some_and(|rest| rest.starts_with('_'))
    };
    rest.ends_with("_SERVICE_HOST")
        || rest.ends_with("_PORT")
        || follows(&rest, "_SERVICE_PORT", |end| end.is_empty() || end.starts_with('_'))
        || follows(&rest, "_PORT_", is_port_part)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use std::ffi::OsString;
    use std::io;
    use std::path::Path;

    use super::*;

    static API: ApiDef = ApiDef { slug: "some-api", ..crate::tools::API };

    struct Variables<'a>(&'a [(&'a str, &'a str)]);

    impl Environment for Variables<'_> {
        fn names(&self) -> Vec<OsString> {
            self.0.iter().map(|(name, _)| name.into()).collect()
        }

        fn variable(&self, name: &str) -> Option<OsString> {
            self.0.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        }

        fn key_file(&self, _: &Path) -> io::Result<Vec<u8>> {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn check(name: &str) -> Result<(), String> {
        check_variable_names(&API, &Variables(&[(name, "x")])).map_err(|error| error.to_string())
    }

    #[test]
    fn a_misspelt_variable_is_refused_with_the_nearest_name() {
        for (misspelt, meant) in [
            ("SOME_API_MCP_DATA_BASE_URL", "SOME_API_MCP_DATABASE_URL"),
            ("SOME_API_MCP_DATABASE_URL_FILES", "SOME_API_MCP_DATABASE_URL_FILE"),
            ("SOME_API_MCP_DATABASEURL", "SOME_API_MCP_DATABASE_URL"),
            ("SOME_API_MCP_MASTERKEY_FILE", "SOME_API_MCP_MASTER_KEY_FILE"),
            ("SOME_API_MCP_LOG_LEVEL", "SOME_API_MCP_LOG"),
            ("SOME_API_MCP_ALLOWED_HOST", "SOME_API_MCP_ALLOWED_HOSTS"),
        ] {
            let message = check(misspelt).unwrap_err();
            assert_eq!(
                message,
                format!("{misspelt} is not a setting of this program: set {meant} instead, or unset it")
            );
        }
        assert!(check("SOME_API_MCP_ZZZ").unwrap_err().ends_with("lists all settings"));
    }

    #[test]
    fn all_unknown_variables_are_reported_together() {
        let variables = [("SOME_API_MCP_B", "x"), ("SOME_API_MCP_A", "x"), ("SOME_API_MCP_LISTEN", "x")];
        let message = check_variable_names(&API, &Variables(&variables)).unwrap_err().to_string();
        let names: Vec<_> = message.lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(names, ["SOME_API_MCP_A", "SOME_API_MCP_B"]);
    }

    #[test]
    fn settings_and_variables_of_other_programs_are_accepted() {
        for name in [
            "SOME_API_MCP_LISTEN",
            "SOME_API_MCP_LISTEN_FILE",
            "SOME_API_MCP_DATABASE_URL_FILE",
            "SOME_API_MCP_LOG",
            "SOME_API_MCP_CA_FILE",
            "SOME_API_MCP_ATTACHMENTS_DIR",
            "SOME_API_MCP_MASTER_KEY_FILE",
            "SOME_API_API_KEY",
            "SOME_API_OTHER",
            "SOME_API_MCPX",
            "PATH",
        ] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        assert!(check_variable_names(&API, &Variables(&[("SOME_API_MCP_DATA_BASE_URL", "")])).is_ok());
    }

    #[test]
    fn service_links_of_kubernetes_are_ignored() {
        for link in [
            "SOME_API_MCP_SERVICE_HOST",
            "SOME_API_MCP_SERVICE_PORT",
            "SOME_API_MCP_SERVICE_PORT_HTTP",
            "SOME_API_MCP_PORT",
            "SOME_API_MCP_PORT_8365_TCP",
            "SOME_API_MCP_PORT_8365_TCP_PROTO",
            "SOME_API_MCP_PORT_8365_TCP_PORT",
            "SOME_API_MCP_PORT_8365_TCP_ADDR",
            "SOME_API_MCP_DB_SERVICE_HOST",
            "SOME_API_MCP_DB_PORT_5432_TCP",
        ] {
            assert_eq!(check(link), Ok(()), "{link}");
        }
        for other in
            ["SOME_API_MCP_SERVICE_PORTS", "SOME_API_MCP_SERVICE", "SOME_API_MCP_PORT_TCP", "SOME_API_MCP_PORT_80"]
        {
            assert!(check(other).is_err(), "{other}");
        }
    }
}
