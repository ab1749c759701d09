//! A helpdesk for one job: a sandbox with a fixed time, behind the server that an agent calls.

use api_sandbox::{Sandbox, SandboxOptions};
use desk365_mcp::call::ToolCaller;
use desk365_mcp::confirmation::ConfirmPolicy;
use desk365_mcp::outcome::{ResultForm, Results};
use desk365_mcp::scope::Scope;
use desk365_mcp::service::{Exposure, ScopedService};
use desk365_mcp::tools::API;
use desk365_mcp::upstream::{Account, UpstreamClient, UpstreamOptions};
use mcp_server::{Content, Lifecycle, RequestContext, Service as _, ToolResult};
use serde_json::{Map, Value};

/// A resource that an account has to ask for.
const GATED: &str = "contract";

/// A sandbox and the server in front of it.
pub(super) struct Desk {
    service: ScopedService,
    _sandbox: Sandbox,
}

impl Desk {
    /// Starts a sandbox, and a server whose results have that form.
    pub(super) async fn start(form: ResultForm) -> Self {
        let definition = API.sandbox.expect("the specification names a sandbox");
        let now = Some("2026-12-02T10:00:00".parse().expect("it is a time"));
        let options = SandboxOptions { granted: vec![GATED.to_owned()], now, ..SandboxOptions::default() };
        let sandbox = api_sandbox::start(definition, options).await.expect("the sandbox starts");
        let account = Account::new(&sandbox.base_url, sandbox.key.clone()).expect("the URL is valid");
        let client = UpstreamClient::new(UpstreamOptions::default()).expect("a client can be made");
        let caller = ToolCaller::new(client, account, &API).with_results(Results::new(form, Results::MAX_CHARS));
        let service = ScopedService::new(&API, Scope::default(), Exposure::All, ConfirmPolicy::Auto, caller);
        Self { service, _sandbox: sandbox }
    }

    /// Calls a tool and returns the text for the model.
    pub(super) async fn call(&self, tool: &str, arguments: Map<String, Value>) -> String {
        let (text, is_error) = self.result(tool, arguments).await;
        assert!(!is_error, "{tool}: {text}");
        text
    }

    /// Calls a tool that must fail, and returns the text for the model.
    pub(super) async fn failure(&self, tool: &str, arguments: Map<String, Value>) -> String {
        let (text, is_error) = self.result(tool, arguments).await;
        assert!(is_error, "{tool}: {text}");
        text
    }

    async fn result(&self, tool: &str, arguments: Map<String, Value>) -> (String, bool) {
        let context = RequestContext::new(Lifecycle::Handshake);
        let result = self.service.call(tool, arguments, &context).await;
        let ToolResult { content, is_error, .. } = result.unwrap_or_else(|error| panic!("{tool}: {error:?}"));
        let texts = content.into_iter().map(|content| match content {
            Content::Text { text } => text,
            other => panic!("{tool}: {other:?}"),
        });
        (texts.collect(), is_error)
    }
}
