// The workflows through the TypeScript SDK 1.x, with its handshake.

const { Client } = require("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = require("@modelcontextprotocol/sdk/client/stdio.js");
const { StreamableHTTPClientTransport } = require("@modelcontextprotocol/sdk/client/streamableHttp.js");
const { main } = require("./workflows.cjs");

async function connect(transport) {
  // Only its transport knows the negotiated revision.
  let protocol;
  const agreed = transport.setProtocolVersion?.bind(transport);
  transport.setProtocolVersion = (version) => {
    protocol = version;
    agreed?.(version);
  };
  const client = new Client({ name: "workflows", version: "1" });
  await client.connect(transport);
  return { client, protocol: () => protocol };
}

main([
  {
    transport: "stdio",
    protocol: "2025-11-25",
    connect: ([command, ...args]) => connect(new StdioClientTransport({ command, args })),
  },
  {
    transport: "http",
    protocol: "2025-11-25",
    connect: (url) => connect(new StreamableHTTPClientTransport(new URL(url))),
  },
]);
