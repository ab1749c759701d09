//! Tests: which hosts receive keys, in every spelling, and which addresses their names may have.
#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;

static API: ApiDef = ApiDef { base_url: "https://{host_name}.Some-API.example:443/apis", ..crate::tools::API };

fn hosts(listed: &[&str]) -> ApiHosts {
    let mut hosts = ApiHosts::of_api(&API);
    for host in listed {
        hosts.allow(host).unwrap();
    }
    hosts
}

fn is_allowed(hosts: &ApiHosts, url: &str) -> bool {
    hosts.check(&Url::parse(url).unwrap()).is_ok()
}

fn resolved(hosts: &ApiHosts, name: &str, addresses: &[&str]) -> Result<Vec<IpAddr>, HostRefusal> {
    let found = addresses.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect();
    Ok(hosts.admitted(name, found)?.iter().map(SocketAddr::ip).collect())
}

#[test]
fn hosts_of_the_api_and_loopback_need_no_list() {
    for url in [
        "https://acme.some-api.example",
        "https://A-1.SOME-API.example:8443/x",
        "http://localhost:9",
        "http://127.0.0.1",
        "http://127.255.255.254:80",
        "http://[::1]:9",
        "http://0x7f.1",
        "http://2130706433",
        "http://[::ffff:127.0.0.1]",
    ] {
        assert!(is_allowed(&hosts(&[]), url), "{url}");
    }
}

#[test]
fn all_other_hosts_must_be_listed_in_every_spelling() {
    for url in [
        "https://some-api.example",
        "https://.some-api.example",
        "https://a.b.some-api.example",
        "https://acme.some-api.example.evil.example",
        "https://acme.some-api.example.",
        "https://evil.example",
        "https://acmesome-api.example",
        "https://-a.some-api.example",
        "https://localhost.",
        "https://x.localhost",
        "https://10.0.0.1",
        "https://167772161",
        "https://0xa000001",
        "https://012.0.0.1",
        "https://10.1",
        "https://[::ffff:10.0.0.1]",
        "https://[::ffff:a00:1]",
        "https://169.254.169.254",
        "https://[fe80::1]",
        "https://[fd00::1]",
        "https://[::]",
        "https://0.0.0.0",
        "https://0",
        "https://[64:ff9b::7f00:1]",
        "https://8.8.8.8",
    ] {
        assert!(!is_allowed(&hosts(&[]), url), "{url}");
    }
}

#[test]
fn a_listed_host_is_allowed_in_every_spelling() {
    let listed = hosts(&["10.0.0.1", "fd00::1", "[fd00::2]", "Desk.Example", "bücher.example"]);
    for url in [
        "https://10.0.0.1:8443",
        "https://167772161",
        "https://[::ffff:10.0.0.1]",
        "https://[fd00::1]",
        "https://[fd00:0::0:2]/x",
        "https://desk.example",
        "https://xn--bcher-kva.example",
    ] {
        assert!(is_allowed(&listed, url), "{url}");
    }
    for url in ["https://10.0.0.2", "https://www.desk.example", "https://desk.example.evil.example"] {
        assert!(!is_allowed(&listed, url), "{url}");
    }
}

#[test]
fn a_list_contains_hosts_only() {
    for wrong in
        ["", "https://a.example", "a.example/x", "a.example:443", "a.example:8443", "[::1]:443", "a b", "u@a", "*.a"]
    {
        assert_eq!(ApiHosts::default().allow(wrong), Err(InvalidApiHost), "{wrong}");
    }
}

#[test]
fn a_host_of_the_api_must_have_a_public_address() {
    let name = "acme.some-api.example";
    assert_eq!(resolved(&hosts(&[]), name, &["8.8.8.8"]).unwrap().len(), 1);
    assert_eq!(resolved(&hosts(&[]), name, &["10.0.0.1", "8.8.8.8"]).unwrap(), ["8.8.8.8".parse::<IpAddr>().unwrap()]);
    for private in ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "::ffff:10.0.0.1", "fd00::1"] {
        let refused = resolved(&hosts(&[]), name, &[private]).unwrap_err();
        assert_eq!(refused.host(), name);
        assert!(refused.to_string().contains("is not public"), "{refused}");
        assert!(resolved(&hosts(&[name]), name, &[private]).is_ok(), "a listed host");
        assert!(resolved(&hosts(&[]), "proxy.internal", &[private]).is_ok(), "a proxy");
    }
}

#[test]
fn localhost_is_never_another_machine() {
    for hosts in [hosts(&[]), hosts(&["localhost"])] {
        assert_eq!(resolved(&hosts, "localhost", &["::1", "8.8.8.8"]).unwrap(), ["::1".parse::<IpAddr>().unwrap()]);
        let refused = resolved(&hosts, "LOCALHOST", &["10.0.0.1"]).unwrap_err();
        assert!(matches!(refused, HostRefusal::NotLoopback { .. }), "{refused}");
    }
}

#[test]
fn a_template_with_several_placeholders_is_matched_whole() {
    for (template, host, produced) in [
        ("api.example", "api.example", true),
        ("{a}.example", "x.example", true),
        ("{a}-{b}.example", "x-y-z.example", true),
        ("{a}-{b}.example", "xy.example", false),
        ("{a}.{b}.example", "x.y.example", true),
        ("{a}.{b}.example", "x.example", false),
        ("v1.{a}", "v1.x", true),
        ("v1.{a}", "v1.x.y", false),
        ("v1.{a}", "v1.", false),
    ] {
        assert_eq!(is_produced_by(template, host), produced, "{template} {host}");
    }
}
