// An identity provider for tests: a certified implementation of OpenID Connect whose users sign in without a page. It prints
// its issuer, reads the redirect URI of its client from the first line of its input, and follows the orders that it gets at
// /control.
const { generateKeyPairSync } = require("node:crypto");
const http = require("node:http");
const readline = require("node:readline");
const { Provider } = require("oidc-provider");

const state = {
  // The claims of the user who signs in.
  claims: { sub: "kim", name: "Kim", email: "kim@example.com", email_verified: true },
  // Whether the user still exists.
  known: true,
  // Whether the provider answers.
  away: false,
  id_token_seconds: 3600,
  refresh_tokens: true,
  refreshes: 0,
  // Whether claims come from the UserInfo endpoint only.
  user_info_only: false,
  // The subject at that endpoint, if it is another.
  user_info_sub: null,
  // Everything secret that it has issued.
  issued: [],
};

let handle = null;
let issuer = null;
let redirectUri = null;

/** Starts the provider with a new signing key. */
function begin() {
  const jwk = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  const key = { ...jwk, use: "sig", alg: "RS256", kid: `key-${Date.now()}` };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: "mcp",
        client_secret: "the-client-secret-of-the-provider",
        redirect_uris: [redirectUri],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
      },
    ],
    jwks: { keys: [key] },
    cookies: { keys: ["tests"] },
    conformIdTokenClaims: state.user_info_only,
    claims: { openid: ["sub", "tid", "oid", "hd", "groups"], email: ["email", "email_verified"], profile: ["name"] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    ttl: { IdToken: () => state.id_token_seconds },
    issueRefreshToken: () => state.refresh_tokens,
    findAccount: (_, sub) => (state.known ? { accountId: sub, claims: () => ({ ...state.claims, sub }) } : undefined),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.oidc?.route === "userinfo" && state.user_info_sub) ctx.body = { ...ctx.body, sub: state.user_info_sub };
  });
  provider.on("grant.success", (ctx) => {
    if (ctx.oidc.params.grant_type === "refresh_token") state.refreshes += 1;
    state.issued.push(ctx.body.access_token, ctx.body.id_token, ctx.body.refresh_token);
  });
  const answer = provider.callback();
  handle = async (request, response) => {
    if (!request.url.startsWith("/interaction/")) return answer(request, response);
    const { prompt, params, session, grantId } = await provider.interactionDetails(request, response);
    if (prompt.name === "login") {
      return provider.interactionFinished(request, response, { login: { accountId: state.claims.sub } });
    }
    const existing = grantId && (await provider.Grant.find(grantId));
    const grant = existing ?? new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope);
    const consent = { grantId: await grant.save() };
    return provider.interactionFinished(request, response, { consent }, { mergeWithLastSubmission: true });
  };
}

async function control(request, response) {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { new_key: newKey, ...orders } = JSON.parse(body);
  Object.assign(state, orders);
  if (newKey) begin();
  response.end(JSON.stringify(state));
}

const server = http.createServer((request, response) => {
  if (request.url === "/control") return control(request, response);
  if (state.away) return request.socket.destroy();
  return handle(request, response);
});
server.listen(0, "127.0.0.1", () => {
  issuer = `http://127.0.0.1:${server.address().port}`;
  console.log(issuer);
});
readline.createInterface({ input: process.stdin }).on("line", (line) => {
  redirectUri = line;
  begin();
  console.log("ready");
}).on("close", () => process.exit(0));
