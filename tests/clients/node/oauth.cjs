// Sign-in through the TypeScript client 2.x: it finds the authorization server, registers itself, is let in by a user, calls tools,
// refreshes its token, and asks for more when a tool needs another scope.

const assert = require("node:assert");
const { Client, StreamableHTTPClientTransport, UnauthorizedError } = require("@modelcontextprotocol/client");

const CALLBACK = "http://127.0.0.1:51763/callback";
const config = JSON.parse(process.argv[2]);

/** The browser of a user who signs in with an API token and agrees. */
class Browser {
  cookie = "";
  pages = 0;

  async fetch(address, form) {
    const headers = { origin: config.origin, cookie: this.cookie };
    const body = form && new URLSearchParams(form);
    const response = await fetch(address, { method: form ? "POST" : "GET", headers, body, redirect: "manual" });
    const set = response.headers.get("set-cookie");
    if (set) this.cookie = set.split(";")[0];
    return response;
  }

  /** Returns the parameters of the address to which the user returns. */
  async open(address, access) {
    this.pages += 1;
    let page = await this.fetch(address);
    if (page.status === 303) {
      const signIn = new URL(page.headers.get("location"), address);
      const form = { token: config.token, return_to: signIn.searchParams.get("return_to") };
      const signedIn = await this.fetch(new URL("/sign-in", config.origin), form);
      assert.equal(signedIn.status, 303, await signedIn.text());
      page = await this.fetch(new URL(signedIn.headers.get("location"), `${config.origin}/sign-in`));
    }
    const text = await page.text();
    assert.equal(page.status, 200, text);
    const field = (name) => text.match(`name="${name}" value="([^"]*)"`)[1].replaceAll("&amp;", "&");
    const form = { request: field("request"), csrf_token: field("csrf_token"), decision: "allow", access };
    const agreed = await this.fetch(new URL("/oauth/authorize", config.origin), form);
    assert.equal(agreed.status, 303, await agreed.text());
    const callback = new URL(agreed.headers.get("location"));
    assert.ok(callback.href.startsWith(CALLBACK), callback.href);
    return callback.searchParams;
  }
}

class Provider {
  redirectUrl = CALLBACK;
  clientMetadata = {
    client_name: "TypeScript",
    redirect_uris: [CALLBACK],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "none",
  };
  state = () => "the state";
  clientInformation = () => this.client;
  saveClientInformation = (client) => (this.client = client);
  tokens = () => this.saved;
  saveTokens = (tokens) => (this.saved = tokens);
  redirectToAuthorization = (address) => (this.address = address);
  saveCodeVerifier = (verifier) => (this.verifier = verifier);
  codeVerifier = () => this.verifier;
}

async function connected(provider, browser, access) {
  for (;;) {
    const transport = new StreamableHTTPClientTransport(new URL(config.url), { authProvider: provider });
    const client = new Client({ name: "oauth", version: "1" });
    try {
      await client.connect(transport);
      return { client, transport };
    } catch (error) {
      if (!(error instanceof UnauthorizedError) || browser.pages > 0) throw error;
      await transport.finishAuth(await browser.open(provider.address, access));
    }
  }
}

async function main() {
  const [provider, browser] = [new Provider(), new Browser()];
  const { client, transport } = await connected(provider, browser, "read");
  assert.equal(provider.saved.scope, "read");
  const tools = (await client.listTools()).tools;
  assert.ok(tools.length > 20 && tools.every((tool) => tool.annotations.readOnlyHint), `${tools.length}`);
  const [name, args] = config.tool;
  assert.ok(!(await client.callTool({ name, arguments: args })).isError);
  // An access token that is no longer valid is refreshed, without the user.
  const { access_token: first } = provider.saved;
  provider.saved = { ...provider.saved, access_token: "expired" };
  assert.ok(!(await client.callTool({ name, arguments: args })).isError);
  assert.ok(!["expired", first].includes(provider.saved.access_token));
  assert.equal(browser.pages, 1);
  // A tool that needs another scope makes the client ask for both.
  const [changing, changes] = config.change;
  await assert.rejects(client.callTool({ name: changing, arguments: changes }), UnauthorizedError);
  assert.equal(new URL(provider.address).searchParams.get("scope"), "read write");
  await transport.finishAuth(await browser.open(provider.address, "all"));
  assert.equal(provider.saved.scope, "read write");
  const result = await client.callTool({ name: changing, arguments: changes });
  assert.ok(!result.isError, JSON.stringify(result));
  await client.close();
  console.log(`${tools.length} tools that read; the token was refreshed and widened`);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
