// The latest calls, one line each; never what was asked or answered, which nobody keeps.
import { html } from "../html.js";
import { kind } from "../outcomes.js";
import { at, milliseconds, shortly, title } from "../words.js";
import { Name } from "../parts/states.js";

const KINDS = { ok: "good", refused: "", limited: "warn", failed: "bad" };

const client = ({ name, version }) => [name, version].filter(Boolean).join(" ");

export function Calls({ calls, servers }) {
  return html`<h2>Latest calls</h2>
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Tool</th>
            <th scope="col">Server</th>
            <th scope="col">Outcome</th>
            <th scope="col" class="number">Took</th>
            <th scope="col">Client</th>
          </tr>
        </thead>
        <tbody>
          ${calls.map(
            (call) => html`<tr key=${call.id}>
              <td data-label="When"><time datetime=${call.at} title=${at(call.at)}>${shortly(call.at)}</time></td>
              <td data-label="Tool" class="code">${call.tool ?? html`<span class="muted">unknown tool</span>`}</td>
              <td data-label="Server">
                ${
                  servers.has(call.server_id)
                    ? html`<${Name} text=${servers.get(call.server_id).name} />`
                    : html`<span class="muted">${call.server_id ? "revoked" : "unknown URL"}</span>`
                }
              </td>
              <td data-label="Outcome">
                <span class="pill ${KINDS[kind(call.status).name]}">${title(call.status)}</span>
                ${call.upstream_status && html`<small class="muted"> ${call.upstream_status}</small>`}
              </td>
              <td data-label="Took" class="number">${milliseconds(call.duration_ms)}</td>
              <td data-label="Client"><bdi>${client(call.client) || "–"}</bdi></td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
