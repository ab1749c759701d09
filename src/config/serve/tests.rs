//! Tests of the settings of `serve`: precedence of flags, defaults, and reports of mistakes.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use secrecy::ExposeSecret as _;

use super::*;

static API: ApiDef = ApiDef { slug: "some-api", ..crate::tools::API };

struct FakeEnvironment(HashMap<String, OsString>);

impl Environment for FakeEnvironment {
    fn names(&self) -> Vec<OsString> {
        self.0.keys().map(Into::into).collect()
    }

    fn variable(&self, name: &str) -> Option<OsString> {
        self.0.get(name).cloned()
    }

    fn key_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        if path == Path::new("/token") { Ok(b"from-a-file\n".to_vec()) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

fn with_variables(variables: &[(&str, &str)]) -> FakeEnvironment {
    let home = ("HOME", "/home/me");
    FakeEnvironment(variables.iter().chain([&home]).map(|(name, value)| ((*name).to_owned(), value.into())).collect())
}

fn read_settings(flags: &ServeFlags, variables: &[(&str, &str)]) -> Settings {
    settings(&API, flags, &with_variables(variables)).unwrap()
}

fn settings_error(flags: &ServeFlags, variables: &[(&str, &str)]) -> String {
    settings(&API, flags, &with_variables(variables)).unwrap_err().to_string()
}

#[test]
fn every_setting_has_a_default() {
    let settings = read_settings(&ServeFlags::default(), &[]);
    assert_eq!(settings.listen.to_string(), LISTEN);
    assert_eq!(settings.data_dir, Path::new("/home/me/.local/share").join(env!("CARGO_PKG_NAME")));
    assert!(settings.public_url.is_none() && settings.database_url.is_none() && !settings.sandbox);
    assert_eq!(settings.log, LogSettings::DEFAULT);
}

#[test]
fn settings_of_the_call_log_are_read_and_checked() {
    let variables = [("SOME_API_MCP_LOG_RETENTION", "36h"), ("SOME_API_MCP_LOG_RATE", "5")];
    let flags = ServeFlags { log_max_rows: Some("1000".to_owned()), ..ServeFlags::default() };
    let expected = LogSettings { retention: Duration::from_hours(36), max_rows: 1000, rate: 5, ..LogSettings::DEFAULT };
    assert_eq!(read_settings(&flags, &variables).log, expected);
    let flags = ServeFlags {
        log_retention: Some("30".to_owned()),
        audit_retention: Some("1h".to_owned()),
        ..ServeFlags::default()
    };
    let error = settings_error(&flags, &[("SOME_API_MCP_LOG_MAX_ROWS", "0"), ("SOME_API_MCP_LOG_RATE", "-1")]);
    for part in [
        "--log-retention is \"30\": expected 0 to 365d, such as 5m",
        "--audit-retention is \"1h\": expected 1d to 3650d, such as 365d",
        "SOME_API_MCP_LOG_MAX_ROWS is \"0\": expected a whole number from 1 to 4294967295, such as 1000000",
        "SOME_API_MCP_LOG_RATE is \"-1\": expected a whole number from 1 to 4294967295, such as 200",
    ] {
        assert!(error.contains(part), "{error}");
    }
}

#[test]
fn flags_override_their_variables() {
    let variables = [
        ("SOME_API_MCP_LISTEN", "0.0.0.0:80"),
        ("SOME_API_MCP_PUBLIC_URL", "https://mcp.example.com"),
        ("SOME_API_MCP_DATABASE_URL", "postgres://u:p@db/x"),
        ("SOME_API_MCP_DATA_DIR", "/data"),
        ("SOME_API_MCP_ALLOWED_ORIGINS", "https://a.example, https://b.example"),
        ("SOME_API_MCP_TRUSTED_PROXIES", "10.0.0.7, 192.0.2.0/24"),
        ("SOME_API_MCP_CA_FILE", "/ca.pem"),
        ("SOME_API_MCP_OUTAGE_GRACE", "90s"),
        ("SOME_API_MCP_DRAIN_DELAY", "65s"),
        ("SOME_API_MCP_SANDBOX", "true"),
        ("SOME_API_MCP_ADMIN_TOKEN_FILE", "/token"),
        ("SOME_API_MCP_MASTER_KEY", "key"),
    ];
    let settings = read_settings(&ServeFlags::default(), &variables);
    assert_eq!(settings.listen.to_string(), "0.0.0.0:80");
    assert_eq!(settings.public_url.unwrap().host_str(), Some("mcp.example.com"));
    assert_eq!(settings.database_url.unwrap().expose_secret(), "postgres://u:p@db/x");
    assert_eq!(settings.data_dir, Path::new("/data"));
    for (origin, is_allowed) in [("https://a.example", true), ("https://b.example", true), ("https://c.example", false)]
    {
        assert_eq!(settings.host_guard.allows_origin(origin), is_allowed, "{origin}");
    }
    assert_eq!(settings.ca_file.unwrap(), Path::new("/ca.pem"));
    assert_eq!(settings.outage_grace, Some(Duration::from_secs(90)));
    assert_eq!(settings.drain_delay, Duration::from_secs(65));
    assert!(settings.sandbox);
    assert_eq!(settings.admin_token.unwrap().expose_secret(), "from-a-file");
    assert_eq!(settings.master_key.unwrap().expose_secret(), "key");

    let flags = ServeFlags { data_dir: Some("/other".to_owned()), ..ServeFlags::default() };
    assert_eq!(read_settings(&flags, &variables).data_dir, Path::new("/other"));
}

#[test]
fn data_dir_defaults_to_the_systems_data_folder() {
    let settings = read_settings(&ServeFlags::default(), &[("XDG_DATA_HOME", "/xdg")]);
    assert_eq!(settings.data_dir, Path::new("/xdg").join(env!("CARGO_PKG_NAME")));
}

#[test]
fn all_mistakes_are_reported_with_their_source() {
    let flags = ServeFlags { listen: Some("8365".to_owned()), ..ServeFlags::default() };
    let message = settings_error(
        &flags,
        &[
            ("SOME_API_MCP_PUBLIC_URL", "mcp.example.com"),
            ("SOME_API_MCP_ALLOWED_ORIGINS", "*, https://a.example"),
            ("SOME_API_MCP_SANDBOX", "maybe"),
        ],
    );
    for part in
        ["--listen is", "SOME_API_MCP_PUBLIC_URL is", "SOME_API_MCP_ALLOWED_ORIGINS: `*`", "SOME_API_MCP_SANDBOX is"]
    {
        assert!(message.contains(part), "{part} in {message}");
    }
    assert_eq!(message.lines().count(), 4, "{message}");
}

#[test]
fn an_invalid_public_url_is_refused_and_not_repeated() {
    for wrong in
        ["https://x.example/?a=b", "https://x.example/#a", "https://u:secret@x.example", "ftp://x.example", "x"]
    {
        let flags = ServeFlags { public_url: Some(wrong.to_owned()), ..ServeFlags::default() };
        let message = settings_error(&flags, &[]);
        assert!(message.starts_with("--public-url is not valid") && !message.contains("secret"), "{message}");
    }
    let flags = ServeFlags { public_url: Some("https://x.example/desk/".to_owned()), ..ServeFlags::default() };
    assert_eq!(read_settings(&flags, &[]).public_url.unwrap().path(), "/desk/");
}

#[test]
fn a_duration_has_a_unit_or_is_zero() {
    let grace = |given: &str| ServeFlags { outage_grace: Some(given.to_owned()), ..ServeFlags::default() };
    for (given, expected) in [("0", 0), ("0s", 0), ("5m", 300), ("2h", 7200), ("30d", 2_592_000)] {
        let settings = read_settings(&grace(given), &[]);
        assert_eq!(settings.outage_grace, Some(Duration::from_secs(expected)), "{given}");
    }
    assert_eq!(read_settings(&ServeFlags::default(), &[]).outage_grace, None);
    for wrong in ["5", "-5m", "soon", "five minutes", "1e9", "366d"] {
        let message = settings_error(&grace(wrong), &[]);
        assert!(
            message.starts_with(&format!("--outage-grace is {wrong:?}: expected 0 to 365d, such as 5m")),
            "{message}"
        );
    }
}

#[test]
fn an_impossible_host_is_refused() {
    for wrong in ["https://mcp.example.com", "mcp.example.com/mcp", "*", "*.example.com", "a@b", "mcp.example.com:x"] {
        let flags = ServeFlags { allowed_hosts: Some(format!("good.example, {wrong}")), ..ServeFlags::default() };
        let message = settings_error(&flags, &[]);
        assert!(message.starts_with(&format!("--allowed-hosts: {wrong:?} is not a host")), "{message}");
    }
    let right = "mcp.example.com, mcp.example.com:8443, intranet, 192.0.2.7, [2001:db8::1]:80, under_score.example";
    read_settings(&ServeFlags { allowed_hosts: Some(right.to_owned()), ..ServeFlags::default() }, &[]);
}

#[test]
fn a_missing_data_folder_is_reported() {
    let error = settings(&API, &ServeFlags::default(), &FakeEnvironment(HashMap::new())).unwrap_err().to_string();
    assert!(error.contains("--data-dir") && error.contains("SOME_API_MCP_DATA_DIR"), "{error}");
}
