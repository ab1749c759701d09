// Confirmations through the TypeScript client 2.x: its user accepts, declines and cancels, over stdio and HTTP, in both
// lifecycles; then the client tampers with the state of the question, replays it, and changes the arguments in between.

const assert = require("node:assert/strict");
const { Client, StreamableHTTPClientTransport } = require("@modelcontextprotocol/client");
const { StdioClientTransport } = require("@modelcontextprotocol/client/stdio");

const { stdio, http } = JSON.parse(process.argv[2]);
const REPLY = { name: "create_a_desk_365_ticket_reply", arguments: { ticket_number: 904, body: "<p>Done &amp; tested.</p>" } };

/** Connects a client whose user gives `answer` to every question. */
async function connect(transport, mode, questions, answer) {
  const capabilities = { elicitation: {} };
  const client = new Client({ name: "confirmation", version: "1" }, { capabilities, versionNegotiation: { mode } });
  client.setRequestHandler("elicitation/create", async (request) => {
    questions.push(request.params.message);
    return answer();
  });
  await client.connect(transport);
  return client;
}

const overStdio = () => new StdioClientTransport({ command: stdio.open[0], args: stdio.open.slice(1) });
const overHttp = () => new StreamableHTTPClientTransport(new URL(http.open));

async function replies(client) {
  const result = await client.callTool({
    name: "list_all_desk_365_ticket_conversations",
    arguments: { ticket_number: 904 },
  });
  return JSON.parse(result.content[0].text).count ?? JSON.parse(result.content[0].text).total;
}

async function answers(open, mode) {
  const questions = [];
  let answer;
  const client = await connect(open(), mode, questions, () => answer);
  const before = await replies(client);
  for (const action of ["decline", "cancel"]) {
    answer = { action };
    const refused = await client.callTool(REPLY);
    assert.equal(refused.isError, true, JSON.stringify(refused));
    assert.match(refused.content[0].text, /needs_confirmation/);
  }
  assert.equal(await replies(client), before);
  answer = { action: "accept", content: {} };
  const done = await client.callTool(REPLY);
  assert.ok(!done.isError, JSON.stringify(done));
  assert.equal(await replies(client), before + 1);
  assert.equal(questions.length, 3);
  assert.match(questions[0], /Sends e-mail to the customer/);
  assert.match(questions[0], /“Done & tested\.”/);
  await client.close();
}

/** A client that handles questions itself, and not as it should. */
async function misuses() {
  const client = await connect(overHttp(), "auto", [], () => assert.fail("the client asks by itself"));
  const call = (params) => client.callTool(params, { allowInputRequired: true });
  const before = await replies(client);
  const { requestState, inputRequests } = await call(REPLY);
  assert.equal(inputRequests.confirm.method, "elicitation/create");
  const inputResponses = { confirm: { action: "accept", content: {} } };
  const changed = { ...REPLY.arguments, body: "Something else." };
  await assert.rejects(call({ ...REPLY, inputResponses, requestState: `${requestState}x` }), /not accepted/);
  await assert.rejects(call({ ...REPLY, arguments: changed, inputResponses, requestState }), /not accepted/);
  assert.equal(await replies(client), before);
  assert.ok(!(await call({ ...REPLY, inputResponses, requestState })).isError);
  await assert.rejects(call({ ...REPLY, inputResponses, requestState }), /used already/);
  assert.equal(await replies(client), before + 1);
  await client.close();
}

async function main() {
  await answers(overStdio, "legacy");
  await answers(overStdio, "auto");
  await answers(overHttp, "auto");
  await misuses();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
