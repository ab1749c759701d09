// The MCP servers of an account: scope, expiry and usage.
import { html, useState } from "../html.js";
import { announce } from "../announce.js";
import { getTagged, remove } from "../api.js";
import { useLoaded } from "../load.js";
import { link } from "../route.js";
import { formatNumber, counted, title } from "../format.js";
import { Confirm } from "../parts/dialog.js";
import { useFocusReturn } from "../parts/focus.js";
import { Time } from "../parts/time.js";
import { TruncationNote, Empty, ErrorNotice, Name } from "../parts/states.js";
import { CopyButton } from "../parts/copy.js";
import { asksForSignIn } from "./access_form.js";
import { Restrictions } from "./admission.js";
import { UsedCalls } from "./call_limits.js";
import { Differences, differences, useRevisedAction } from "./differences.js";

/** A summary of a config. */
export function scopeSummary(config) {
  const { methods, tags, tools, exclude_tools: excluded } = config;
  const words = [
    methods ? methods.map(title).join(", ") : "All methods",
    tags ? tags.map(title).join(", ") : "all tags",
    tools && counted(tools.length, "tool") + " by name",
    excluded && `${counted(excluded.length, "tool")} excluded`,
  ];
  return words.filter(Boolean).join(" · ");
}

export function Servers({ account, servers, today, onChange }) {
  const [revoked, setRevoked] = useState(null);
  const [heading, focusHeading] = useFocusReturn();
  const create = html`<a
    class="button primary"
    href=${link("accounts", account.id, "servers", "new")}
  >
    Create MCP server
  </a>`;
  const head = html`<div class="head"><h2 ref=${heading} tabindex="-1">MCP servers</h2>${servers.length > 0 && create}</div>`;
  if (servers.length === 0) {
    return html`${head}
      <${Empty} title="No MCP servers yet">
        <p>
          An MCP server is a URL that you give to an AI client. Anyone with the URL can use the tools that you select, and
          no others.
        </p>
        ${create}
      <//>`;
  }
  return html`${head}
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Scope</th>
            <th scope="col" class="number">Tools</th>
            <th scope="col">Expires</th>
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
                ${asksForSignIn(server.config) && html`<span class="pill">sign-in</span>`}
                <${Restrictions} config=${server.config} />
              </th>
              <td data-label="Scope">${scopeSummary(server.config)}</td>
              <td data-label="Tools" class="number">
                ${formatNumber(server.tool_count)}
                ${server.config.tool_exposure === "discovery" && html`<small class="muted"> by discovery</small>`}
                ${server.config.results === "raw" && html`<small class="muted"> raw results</small>`}
              </td>
              <td data-label="Expires"><${Time} time=${server.expires_at} full /></td>
              <td data-label="Last used"><${Time} time=${server.last_used_at} /></td>
              <td data-label="Calls today" class="number">
                <a
                  href=${`${link("activity")}?server=${server.id}`}
                  aria-label=${`${counted(today.get(server.id) ?? 0, "call")} today: show activity`}
                >
                  ${formatNumber(today.get(server.id) ?? 0)}
                </a>
                <${UsedCalls} server=${server} />
              </td>
              <td class="row-actions">
                <a
                  class="button small"
                  href=${link("accounts", account.id, "servers", server.id)}
                  aria-label=${`Edit ${server.name}`}
                >
                  Edit
                </a>
                ${
                  // The URL of a server that asks for sign-in contains no secret.
                  asksForSignIn(server.config)
                    ? html`<${CopyButton} text=${server.url} label="Copy URL" small />`
                    : html`<a
                    class="button small"
                    href=${link("accounts", account.id, "servers", server.id, "url")}
                    aria-label=${`New URL for ${server.name}`}
                  >
                    New URL
                  </a>`
                }
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
    <${TruncationNote} list=${servers} />
    ${
      revoked &&
      html`<${RevokeServer}
      server=${revoked}
      onClose=${() => setRevoked(null)}
      onDone=${() => {
        setRevoked(null);
        onChange();
        // The row with the button that had the focus is going.
        focusHeading();
      }}
    />`
    }`;
}

/** Revokes the server that the user sees. If it has changed since, what has changed is shown first. */
function RevokeServer({ server, onClose, onDone }) {
  const path = `integrated-account/${server.integrated_account_id}/mcp/${server.id}`;
  const { value: loaded, error } = useLoaded((signal) => getTagged(path, { signal }), [path]);
  const action = useRevisedAction(loaded, async ({ tag }) => {
    await remove(path, tag);
    announce(`MCP server “${server.name}” revoked.`);
    onDone();
  });
  const current = (action.conflict ?? loaded)?.object ?? server;
  const isChanged = differences(server, current).length > 0;
  return html`<${Confirm}
    title="Revoke MCP server?"
    verb=${isChanged ? "Revoke anyway" : "Revoke server"}
    action=${action}
    off=${!loaded}
    onClose=${onClose}
  >
    <p>The URL of <${Name} text=${server.name} /> stops working at once, for every client that uses it.</p>
    <p>This cannot be undone. To replace the URL and keep the server, use “New URL” instead.</p>
    ${isChanged && html`<${Differences} kind="MCP server" before=${server} current=${current} />`}
    <${ErrorNotice} failure=${error} />
  <//>`;
}
