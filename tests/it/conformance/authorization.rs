//! The suite's mode for authorization servers: the metadata, and a code that a person with Chromium gets for the suite. No
//! failure is expected.

use std::net::Ipv4Addr;

use serde_json::json;

use super::SUITE;
use crate::common::programs::{NodeJs, aloud, printed};
use crate::common::sign_in::{Person, SignInServer, free_port};

#[workspace_tests::full_run("Chromium, npm and Python packages")]
#[tokio::test(flavor = "multi_thread")]
async fn the_authorization_server_conforms() {
    let Some(node) = NodeJs::installed() else { return };
    let server = SignInServer::start().await;
    let Some(person) = Person::at(&server).await else { return };
    // With a secret, the suite authenticates itself with none as soon as a server knows public clients, so it is one.
    let port = free_port();
    let redirect_uri = format!("http://{}:{port}/callback", Ipv4Addr::LOCALHOST);
    let form = json!({ "name": "Suite", "redirect_uris": [redirect_uri], "confidential": false });
    let client = server.node.made("/oauth-client", &form).await;
    let mut suite = node.run_packaged(SUITE);
    suite.args(["authorization", "--url", &server.node.url(""), "--resource", &server.url]);
    suite.args(["--port", &port.to_string(), "--client-id", client["id"].as_str().unwrap()]);
    let output = person.beside(&suite, "suite").output().unwrap();
    let report = printed(&output);
    // Two checks of the metadata, one of the code grant. Without the number, a suite that runs no scenario would pass.
    assert!(output.status.success() && report.contains("Total: 3 passed, 0 failed"), "{report}");
    aloud("conformance of the authorization server: 3 passed, 0 failed");
}
