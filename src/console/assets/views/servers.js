// The MCP servers of an account: what each may do, how long it lives, whether anybody uses it.
import { html, useState } from "../html.js";
import { remove } from "../api.js";
import { useAction } from "../load.js";
import { link } from "../route.js";
import { count, counted, title } from "../words.js";
import { Confirm } from "../parts/dialog.js";
import { Moment } from "../parts/moment.js";
import { Cut, Empty, Name } from "../parts/states.js";

/** A configuration in a few words. */
export function scope(config) {
  const { methods, tags, tools, exclude_tools: excluded } = config;
  const words = [
    methods ? methods.map(title).join(", ") : "All methods",
    tags ? tags.map(title).join(", ") : "all subjects",
    tools && counted(tools.length, "tool") + " by name",
    excluded && `without ${counted(excluded.length, "tool")}`,
  ];
  return words.filter(Boolean).join(" · ");
}

export function Servers({ account, servers, today, onChange }) {
  const [revoked, setRevoked] = useState(null);
  const create = html`<a
    class="button primary"
    href=${link("accounts", account.id, "servers", "new")}
  >
    Create MCP server
  </a>`;
  if (servers.length === 0) {
    return html`<h2>MCP servers</h2>
      <${Empty} title="No MCP server yet">
        <p>
          An MCP server is an address that you give to an AI client.
          Whoever has it may use the tools that you choose, and no others.
        </p>
        ${create}
      <//>`;
  }
  return html`<div class="head"><h2>MCP servers</h2>${create}</div>
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Scope</th>
            <th scope="col" class="number">Tools</th>
            <th scope="col">Ends</th>
            <th scope="col">Last used</th>
            <th scope="col" class="number">Calls today</th>
            <th scope="col"><span class="unseen">Actions</span></th>
          </tr>
        </thead>
        <tbody>
          ${servers.map(
            (server) => html`<tr key=${server.id}>
              <th scope="row">
                <${Name} text=${server.name} />
                ${server.config.require_api_token_auth && html`<span class="pill">second factor</span>`}
              </th>
              <td data-label="Scope">${scope(server.config)}</td>
              <td data-label="Tools" class="number">
                ${count(server.tool_count)}
                ${server.config.tool_exposure === "discovery" && html`<small class="muted"> by search</small>`}
              </td>
              <td data-label="Ends"><${Moment} time=${server.expires_at} full /></td>
              <td data-label="Last used"><${Moment} time=${server.last_used_at} never="not yet" /></td>
              <td data-label="Calls today" class="number">
                <a
                  href=${`${link("activity")}?server=${server.id}`}
                  aria-label=${`${counted(today.get(server.id) ?? 0, "call")} today: show activity`}
                >
                  ${count(today.get(server.id) ?? 0)}
                </a>
              </td>
              <td class="row-actions">
                <a
                  class="button small"
                  href=${link("accounts", account.id, "servers", server.id)}
                  aria-label=${`Edit ${server.name}`}
                >
                  Edit
                </a>
                <button
                  type="button"
                  class="button small danger"
                  aria-label=${`Revoke ${server.name}`}
                  onClick=${() => setRevoked(server)}
                >
                  Revoke
                </button>
              </td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <${Cut} list=${servers} />
    ${
      revoked &&
      html`<${Revoke}
      server=${revoked}
      onClose=${() => setRevoked(null)}
      onDone=${() => {
        setRevoked(null);
        onChange();
      }}
    />`
    }`;
}

function Revoke({ server, onClose, onDone }) {
  const action = useAction(async () => {
    await remove(`integrated-account/${server.integrated_account_id}/mcp/${server.id}`);
    onDone();
  });
  return html`<${Confirm} title="Revoke the MCP server?" verb="Revoke it" action=${action} onClose=${onClose}>
    <p>The address of <${Name} text=${server.name} /> stops working at once, for everybody who has it.</p>
    <p>This cannot be undone; you can create another server, with another address.</p>
  <//>`;
}
