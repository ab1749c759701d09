// Connections: which user let which client use which MCP server.
import { html, useState } from "../html.js";
import { getAll, remove } from "../api.js";
import { announce } from "../announce.js";
import { useAction, useLoaded } from "../load.js";
import { link } from "../route.js";
import { Confirm } from "../parts/dialog.js";
import { useFocusReturn } from "../parts/focus.js";
import { Empty, ErrorNotice, Name, Pending, TruncationNote } from "../parts/states.js";
import { Time } from "../parts/time.js";
import { title } from "../format.js";

/** The text by which people know the user of a connection. */
const shownUser = (connection) => connection.user_email ?? connection.user_name;

export function Connections() {
  const { value: connections, error, reload } = useLoaded((signal) => getAll("connection", {}, { signal }), []);
  const [revoked, setRevoked] = useState(null);
  const [heading, focusHeading] = useFocusReturn();
  if (!connections) {
    return html`<${Pending} title="Connections" what="connections" failure=${error} onRetry=${reload} />`;
  }
  const done = () => {
    setRevoked(null);
    reload();
    // The row with the button that had the focus is going.
    focusHeading();
  };
  return html`<h1 ref=${heading} tabindex="-1">Connections</h1>
    <p class="lead">The AI clients that users let use MCP servers which ask for sign-in.</p>
    <${ErrorNotice} failure=${error} onRetry=${reload} />
    ${
      connections.length === 0
        ? html`<${Empty} title="No connections yet">
          <p>A connection appears here when a user signs in to an MCP server from an AI client.</p>
        <//>`
        : html`<div class="table">
          <table>
            <thead>
              <tr>
                <th scope="col">User</th>
                <th scope="col">Client</th>
                <th scope="col">MCP server</th>
                <th scope="col">Scope</th>
                <th scope="col">Connected</th>
                <th scope="col">Last used</th>
                <th scope="col"><span class="unseen">Actions</span></th>
              </tr>
            </thead>
            <tbody>
              ${connections.map(
                (connection) => html`<tr key=${connection.id}>
                  <th scope="row"><${Name} text=${shownUser(connection)} /></th>
                  <td data-label="Client">
                    <${Name} text=${connection.client_name} />
                    <small class="muted"> <bdi>${connection.client_destination}</bdi></small>
                  </td>
                  <td data-label="MCP server">
                    <a href=${link("accounts", connection.integrated_account_id, "servers", connection.server_id)}>
                      <${Name} text=${connection.server_name} />
                    </a>
                  </td>
                  <td data-label="Scope">${connection.scope.split(" ").map(title).join(", ")}</td>
                  <td data-label="Connected"><${Time} time=${connection.created_at} /></td>
                  <td data-label="Last used"><${Time} time=${connection.last_used_at} /></td>
                  <td class="row-actions">
                    <button
                      type="button"
                      class="button small danger"
                      aria-label=${`Revoke the connection of ${shownUser(connection)} with ${connection.client_name}`}
                      onClick=${() => setRevoked(connection)}
                    >
                      Revoke
                    </button>
                  </td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>
        <${TruncationNote} list=${connections} />`
    }
    ${revoked && html`<${RevokeConnection} connection=${revoked} onClose=${() => setRevoked(null)} onDone=${done} />`}`;
}

function RevokeConnection({ connection, onClose, onDone }) {
  const action = useAction(async () => {
    await remove(`connection/${connection.id}`);
    announce("Connection revoked.");
    onDone();
  });
  return html`<${Confirm} title="Revoke connection?" verb="Revoke connection" action=${action} onClose=${onClose}>
    <p>
      <${Name} text=${connection.client_name} /> can no longer use <${Name} text=${connection.server_name} />${" "}
      for <${Name} text=${shownUser(connection)} />. It works again if the user signs in and agrees again: disable the user
      to prevent that.
    </p>
  <//>`;
}
