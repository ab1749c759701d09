//! That the server runs as it is told, by flags or by variables, and that what is wrong is said at once.

#![expect(clippy::unwrap_used, reason = "tests")]

use std::collections::HashMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use secrecy::ExposeSecret as _;

use super::*;

static API: ApiDef = ApiDef { slug: "some-api", ..crate::tools::API };

struct Variables(HashMap<String, OsString>);

impl Environment for Variables {
    fn variable(&self, name: &str) -> Option<OsString> {
        self.0.get(name).cloned()
    }

    fn key_file(&self, path: &Path) -> io::Result<Vec<u8>> {
        if path == Path::new("/token") { Ok(b"from-a-file\n".to_vec()) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

fn with(variables: &[(&str, &str)]) -> Variables {
    let home = ("HOME", "/home/me");
    Variables(variables.iter().chain([&home]).map(|(name, value)| ((*name).to_owned(), value.into())).collect())
}

fn found(flags: &ServeFlags, variables: &[(&str, &str)]) -> Settings {
    settings(&API, flags, &with(variables)).unwrap()
}

fn refused(flags: &ServeFlags, variables: &[(&str, &str)]) -> String {
    settings(&API, flags, &with(variables)).unwrap_err().to_string()
}

#[test]
fn nothing_has_to_be_said() {
    let settings = found(&ServeFlags::default(), &[]);
    assert_eq!(settings.listen.to_string(), LISTEN);
    assert_eq!(settings.data_dir, Path::new("/home/me/.local/share").join(env!("CARGO_PKG_NAME")));
    assert!(settings.public_url.is_none() && settings.database_url.is_none() && !settings.sandbox);
}

#[test]
fn every_flag_has_a_variable_and_stands_over_it() {
    let variables = [
        ("SOME_API_MCP_LISTEN", "0.0.0.0:80"),
        ("SOME_API_MCP_PUBLIC_URL", "https://mcp.example.com"),
        ("SOME_API_MCP_DATABASE_URL", "postgres://u:p@db/x"),
        ("SOME_API_MCP_DATA_DIR", "/data"),
        ("SOME_API_MCP_ALLOWED_ORIGINS", "https://a.example, https://b.example"),
        ("SOME_API_MCP_TRUSTED_PROXIES", "10.0.0.7, 192.0.2.0/24"),
        ("SOME_API_MCP_CA_FILE", "/ca.pem"),
        ("SOME_API_MCP_SANDBOX", "true"),
        ("SOME_API_MCP_ADMIN_TOKEN_FILE", "/token"),
        ("SOME_API_MCP_MASTER_KEY", "key"),
    ];
    let settings = found(&ServeFlags::default(), &variables);
    assert_eq!(settings.listen.to_string(), "0.0.0.0:80");
    assert_eq!(settings.public_url.unwrap().host_str(), Some("mcp.example.com"));
    assert_eq!(settings.database_url.unwrap().expose_secret(), "postgres://u:p@db/x");
    assert_eq!(settings.data_dir, Path::new("/data"));
    assert_eq!(settings.host_guard.allowed_origins().collect::<Vec<_>>(), ["https://a.example", "https://b.example"]);
    assert_eq!(settings.ca_file.unwrap(), Path::new("/ca.pem"));
    assert!(settings.sandbox);
    assert_eq!(settings.admin_token.unwrap().expose_secret(), "from-a-file");
    assert_eq!(settings.master_key.unwrap().expose_secret(), "key");

    let flags = ServeFlags { data_dir: Some("/other".to_owned()), ..ServeFlags::default() };
    assert_eq!(found(&flags, &variables).data_dir, Path::new("/other"));
}

#[test]
fn the_systems_own_folder_for_data_is_used() {
    let settings = found(&ServeFlags::default(), &[("XDG_DATA_HOME", "/xdg")]);
    assert_eq!(settings.data_dir, Path::new("/xdg").join(env!("CARGO_PKG_NAME")));
}

#[test]
fn all_that_is_wrong_is_said_at_once_and_where_it_stands() {
    let flags = ServeFlags { listen: Some("8365".to_owned()), ..ServeFlags::default() };
    let message = refused(
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
fn a_public_url_is_one_that_paths_can_be_put_behind_and_a_wrong_one_is_not_repeated() {
    for wrong in
        ["https://x.example/?a=b", "https://x.example/#a", "https://u:secret@x.example", "ftp://x.example", "x"]
    {
        let flags = ServeFlags { public_url: Some(wrong.to_owned()), ..ServeFlags::default() };
        let message = refused(&flags, &[]);
        assert!(message.starts_with("--public-url is no URL") && !message.contains("secret"), "{message}");
    }
    let flags = ServeFlags { public_url: Some("https://x.example/desk/".to_owned()), ..ServeFlags::default() };
    assert_eq!(found(&flags, &[]).public_url.unwrap().path(), "/desk/");
}

#[test]
fn a_host_that_no_client_can_ask_for_is_refused() {
    for wrong in ["https://mcp.example.com", "mcp.example.com/mcp", "*", "*.example.com", "a@b", "mcp.example.com:x"] {
        let flags = ServeFlags { allowed_hosts: Some(format!("good.example, {wrong}")), ..ServeFlags::default() };
        let message = refused(&flags, &[]);
        assert!(message.starts_with(&format!("--allowed-hosts: {wrong:?} is no host")), "{message}");
    }
    let right = "mcp.example.com, mcp.example.com:8443, intranet, 192.0.2.7, [2001:db8::1]:80, under_score.example";
    found(&ServeFlags { allowed_hosts: Some(right.to_owned()), ..ServeFlags::default() }, &[]);
}

#[test]
fn without_any_folder_one_is_asked_for() {
    let error = settings(&API, &ServeFlags::default(), &Variables(HashMap::new())).unwrap_err().to_string();
    assert!(error.contains("--data-dir") && error.contains("SOME_API_MCP_DATA_DIR"), "{error}");
}
