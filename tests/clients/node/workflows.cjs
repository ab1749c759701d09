// The work of a helpdesk agent's assistant, through a TypeScript client, against the sandbox.
//
// This file knows the tools and the sandbox's data, but no SDK: each client's script supplies the connections. The
// program's argument has the server's endpoints over stdio and over HTTP: `open` has a free rate limit, the one of `spent`
// is used up. A connected client is `{ protocol, client, close() }`.

const assert = require("node:assert/strict");

const SECONDS_A_WORKFLOW = 60;

async function read(client, name, args) {
  const result = await client.callTool({ name, arguments: args });
  assert.ok(!result.isError, `${name} failed: ${JSON.stringify(result)}`);
  assert.equal(result.content.length, 1);
  return JSON.parse(result.content[0].text);
}

/** Calls a tool that fails, and returns the error and the `_meta` of the result. */
async function refused(client, name, args) {
  const result = await client.callTool({ name, arguments: args });
  assert.equal(result.isError, true, `${name} was expected to fail: ${JSON.stringify(result)}`);
  const { error } = result._meta;
  assert.ok(result.content[0].text.startsWith(`${error.kind}: `), result.content[0].text);
  return { error, meta: result._meta };
}

const open = {
  async lists_every_tool(client) {
    const { tools } = await client.listTools();
    assert.equal(tools.length, 52);
    const annotations = Object.fromEntries(tools.map((tool) => [tool.name, tool.annotations]));
    assert.equal(annotations.get_single_desk_365_ticket_by_id.readOnlyHint, true);
    assert.equal(annotations.delete_a_desk_365_kb_article_by_id.destructiveHint, true);
  },

  async triages_a_ticket(client) {
    const ticket = await read(client, "get_single_desk_365_ticket_by_id", { ticket_number: 904 });
    assert.equal(ticket.ticket_number, 904);
    const said = () => read(client, "list_all_desk_365_ticket_conversations", { ticket_number: 904 });
    const before = (await said()).rows.length;
    await read(client, "create_a_desk_365_ticket_note", { ticket_number: 904, body: "Handed on.", private_note: true });
    assert.equal((await said()).rows.length, before + 1);
  },

  async fills_in_a_prompt(client) {
    const { prompts } = await client.listPrompts();
    assert.deepEqual(prompts.map((prompt) => prompt.name).sort(), ["draft_kb_article", "triage_ticket", "weekly_report", "who_needs_an_answer"]);
    const { messages } = await client.getPrompt({ name: "triage_ticket", arguments: { ticket_number: "904" } });
    assert.ok(messages[0].content.text.includes("#904"), JSON.stringify(messages));
  },

  async reads_resources(client) {
    const { resourceTemplates } = await client.listResourceTemplates();
    assert.equal(resourceTemplates[0].uriTemplate, "desk365://tickets/{ticket_number}");
    const { contents } = await client.readResource({ uri: "desk365://tickets/904" });
    assert.equal(JSON.parse(contents[0].text).ticket_number, 904);
    await assert.rejects(client.readResource({ uri: "desk365://nothing/1" }), /not found/);
  },

  async attaches_a_file(client) {
    const content_base64 = Buffer.from("timeout after 30 s\n").toString("base64");
    await read(client, "desk_365_ticket_notes_create_with_attachment", {
      ticket_number: 904,
      body: "The pool's log.",
      files: [{ filename: "pool.log", content_base64 }],
    });
    const said = await read(client, "list_all_desk_365_ticket_conversations", { ticket_number: 904 });
    assert.ok(JSON.stringify(said).includes("pool.log"));
  },

  async is_told_what_is_wrong_with_arguments(client) {
    const args = { ticket_number: "nine", prioritty: "high" };
    const { error } = await refused(client, "update_a_desk_365_ticket_by_id", args);
    assert.deepEqual([error.source, error.kind], ["arguments", "invalid_arguments"]);
    const wrong = error.violations.map((violation) => violation.argument);
    assert.ok(wrong.includes("ticket_number") && wrong.includes("prioritty"), JSON.stringify(error));
  },

  async is_told_what_the_api_refused(client) {
    const { error } = await refused(client, "get_single_desk_365_ticket_by_id", { ticket_number: 987654321 });
    assert.deepEqual([error.source, error.kind, error.status], ["upstream", "not_found", 404]);
  },
};

const spent = {
  async is_told_how_long_to_wait(client) {
    const { error, meta } = await refused(client, "get_single_desk_365_ticket_by_id", { ticket_number: 904 });
    assert.deepEqual([error.source, error.kind, error.status], ["upstream", "rate_limited", 429]);
    assert.equal(error.ratelimit.remaining, 0);
    assert.ok(error.ratelimit.reset > 0, JSON.stringify(error));
    assert.deepEqual(meta.ratelimit, error.ratelimit);
  },
};

async function once(connect, endpoint, protocol, workflow) {
  const connected = await connect(endpoint);
  try {
    assert.equal(connected.protocol(), protocol);
    await workflow(connected.client);
  } finally {
    await connected.client.close();
  }
}

function outOfTime(name) {
  return new Promise((_, reject) => {
    setTimeout(() => reject(new Error(`${name} took too long`)), SECONDS_A_WORKFLOW * 1000).unref();
  });
}

/** Runs every workflow over every connection, each `{ transport, protocol, connect(endpoint) }`. */
async function main(connections) {
  const endpoints = JSON.parse(process.argv[2]);
  for (const { transport, protocol, connect } of connections) {
    for (const [helpdesk, workflows] of Object.entries({ open, spent })) {
      for (const workflow of Object.values(workflows)) {
        const name = `${transport} ${protocol} ${workflow.name}`;
        try {
          await Promise.race([once(connect, endpoints[transport][helpdesk], protocol, workflow), outOfTime(name)]);
          console.log(`ok      ${name}`);
        } catch (error) {
          process.exitCode = 1;
          console.log(`FAILED  ${name}\n${error.stack}`);
        }
      }
    }
  }
}

module.exports = { main };
