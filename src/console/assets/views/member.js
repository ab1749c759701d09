// The page of a member: the servers that are open to the user, and the user's own connections and
// calls.
import { html, useState } from "../html.js";
import { get, getAll, remove } from "../api.js";
import { announce } from "../announce.js";
import { useAction, useLoaded } from "../load.js";
import { counted, exactTime, title } from "../format.js";
import { CopyLine } from "../parts/copy.js";
import { Confirm } from "../parts/dialog.js";
import { useFocusReturn } from "../parts/focus.js";
import { Empty, ErrorNotice, Name, Pending, TruncationNote } from "../parts/states.js";
import { Time } from "../parts/time.js";
import { Calls } from "./calls.js";
import { Clients } from "./server_ready.js";

/** The number of calls that are shown. */
const LATEST_CALLS = 50;

async function load(signal) {
  const [servers, connections, calls] = await Promise.all([
    getAll("me/mcp", {}, { signal }),
    getAll("me/connection", {}, { signal }),
    get(`me/log?limit=${LATEST_CALLS}`, { signal }),
  ]);
  return { servers, connections, calls: calls.result };
}

/** The names of the servers that the user knows, by their IDs. */
const namesOf = ({ servers, connections }) =>
  new Map([
    ...connections.map(({ server_id: id, server_name: name }) => [id, { name }]),
    ...servers.map(({ id, name }) => [id, { name }]),
  ]);

const scopeInWords = (scope) => ({ "read write": "Read and change", read: "Read only", write: "Change only" })[scope];

export function Member() {
  const { value: own, error, reload } = useLoaded(load, []);
  const [revoked, setRevoked] = useState(null);
  const [heading, focusHeading] = useFocusReturn();
  if (!own) return html`<${Pending} title="Your access" what="your access" failure=${error} onRetry=${reload} />`;
  const done = () => {
    setRevoked(null);
    reload();
    // The row with the button that had the focus is going.
    focusHeading();
  };
  return html`<h1>Your access</h1>
    <p class="lead">Connect your AI client to the MCP servers that are open to you, and see what it does for you.</p>
    <${ErrorNotice} failure=${error} onRetry=${reload} />
    <h2>MCP servers</h2>
    ${
      own.servers.length === 0
        ? html`<${Empty} title="No MCP server is open to you"><p>Ask an admin to admit you to one.</p><//>`
        : own.servers.map((server) => html`<${OpenServer} key=${server.id} server=${server} />`)
    }
    <${TruncationNote} list=${own.servers} />
    <h2 ref=${heading} tabindex="-1">Your connections</h2>
    ${
      own.connections.length === 0
        ? html`<${Empty} title="No connections yet"><p>A connection appears here when you sign in from an AI client.</p><//>`
        : html`<${OwnConnections} connections=${own.connections} onRevoke=${setRevoked} />`
    }
    ${
      own.calls.length === 0
        ? html`<h2>Latest calls</h2>
          <${Empty} title="No calls yet"><p>The calls of your AI clients appear here.</p><//>`
        : html`<${Calls} calls=${own.calls} servers=${namesOf(own)} users=${new Map()} />`
    }
    ${revoked && html`<${RevokeConnection} connection=${revoked} onClose=${() => setRevoked(null)} onDone=${done} />`}`;
}

function OpenServer({ server }) {
  const [open, setOpen] = useState(false);
  const facts = [
    counted(server.tool_count, "tool"),
    scopeInWords(server.scope),
    server.expires_at && `expires on ${exactTime(server.expires_at)}`,
  ];
  return html`<section class="card form" aria-label=${server.name}>
    <h3><${Name} text=${server.name} /></h3>
    <p class="hint">${facts.filter(Boolean).join(" · ")}</p>
    <${CopyLine} label=${`URL of ${server.name}`} text=${server.url} />
    <details onToggle=${(event) => setOpen(event.currentTarget.open)}>
      <summary>How to connect</summary>
      ${open && html`<${Clients} server=${{ ...server, config: {} }} />`}
    </details>
  </section>`;
}

function OwnConnections({ connections, onRevoke }) {
  return html`<div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Client</th>
            <th scope="col">MCP server</th>
            <th scope="col">Access</th>
            <th scope="col">Connected</th>
            <th scope="col">Last used</th>
            <th scope="col"><span class="unseen">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          ${connections.map(
            (connection) => html`<tr key=${connection.id}>
              <th scope="row">
                <${Name} text=${connection.client_name} />
                <small class="muted"> <bdi>${connection.client_destination}</bdi></small>
              </th>
              <td data-label="MCP server"><${Name} text=${connection.server_name} /></td>
              <td data-label="Access">${scopeInWords(connection.scope) ?? title(connection.scope)}</td>
              <td data-label="Connected"><${Time} time=${connection.created_at} /></td>
              <td data-label="Last used"><${Time} time=${connection.last_used_at} /></td>
              <td class="row-actions">
                <button
                  type="button"
                  class="button small danger"
                  aria-label=${`Revoke the connection of ${connection.client_name} to ${connection.server_name}`}
                  onClick=${() => onRevoke(connection)}
                >
                  Revoke
                </button>
              </td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <${TruncationNote} list=${connections} />`;
}

function RevokeConnection({ connection, onClose, onDone }) {
  const action = useAction(async () => {
    await remove(`me/connection/${connection.id}`);
    announce("Connection revoked.");
    onDone();
  });
  return html`<${Confirm} title="Revoke connection?" verb="Revoke connection" action=${action} onClose=${onClose}>
    <p>
      <${Name} text=${connection.client_name} /> can no longer use <${Name} text=${connection.server_name} /> for you. You can
      connect it again by signing in from the client.
    </p>
  <//>`;
}
