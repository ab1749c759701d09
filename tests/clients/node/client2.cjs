// The workflows through the TypeScript client 2.x: with its default, a handshake, and with discovery.

const { Client, StreamableHTTPClientTransport } = require("@modelcontextprotocol/client");
const { StdioClientTransport } = require("@modelcontextprotocol/client/stdio");
const { main } = require("./workflows.cjs");

const transports = {
  stdio: ([command, ...args]) => new StdioClientTransport({ command, args }),
  http: (url) => new StreamableHTTPClientTransport(new URL(url)),
};

const modes = { "2025-11-25": "legacy", "2026-07-28": "auto" };

async function connect(transport, mode) {
  const client = new Client({ name: "workflows", version: "1" }, { versionNegotiation: { mode } });
  await client.connect(transport);
  return { client, protocol: () => client.getNegotiatedProtocolVersion() };
}

main(
  Object.entries(transports).flatMap(([transport, open]) =>
    Object.entries(modes).map(([protocol, mode]) => ({
      transport,
      protocol,
      connect: (endpoint) => connect(open(endpoint), mode),
    })),
  ),
);
