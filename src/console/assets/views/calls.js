// The latest calls, one row each. Arguments and results are never logged, so none are shown.
import { html } from "../html.js";
import { outcomeOf } from "../outcomes.js";
import { counted, exactTime, formatMilliseconds, recentTime, title } from "../format.js";
import { Field } from "../parts/field.js";
import { Name } from "../parts/states.js";

const TONES = { ok: "good", refused: "", limited: "warn", failed: "bad" };

const client = ({ name, version }) => [name, version].filter(Boolean).join(" ");

/** The steps of a confirmation, as people read them. */
const CONFIRMATIONS = {
  question_asked: "user asked",
  question_given: "confirmed by the user",
  question_refused: "not confirmed by the user",
  code_asked: "code given out",
  code_given: "confirmed by a code",
  code_refused: "code refused",
};

/** The text by which people know a user. */
const shownName = (user) => user.email ?? user.name;

/** The latest calls. With `users`, by the user whose ID is `user`, or by all. */
export function Calls({ calls, servers, users, user, onUser }) {
  const named = users.size > 0 && (user || calls.some((call) => call.user_id));
  return html`<div class="head">
      <h2>Latest calls</h2>
      ${
        named &&
        html`<${Field} label="User">
        ${(common) => html`<select ...${common} value=${user} onChange=${(event) => onUser(event.target.value)}>
          <option value="" selected=${user === ""}>All users</option>
          ${[...users.values()].map(
            (one) => html`<option key=${one.id} value=${one.id} selected=${one.id === user}>${shownName(one)}</option>`,
          )}
        </select>`}
      <//>`
      }
    </div>
    <div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Tool</th>
            <th scope="col">Server</th>
            ${named && html`<th scope="col">User</th>`}
            <th scope="col">Outcome</th>
            <th scope="col" class="number">Duration</th>
            <th scope="col">Client</th>
          </tr>
        </thead>
        <tbody>
          ${calls.map(
            (call) => html`<tr key=${call.id}>
              <td data-label="Time"><time datetime=${call.at} title=${exactTime(call.at)}>${recentTime(call.at)}</time></td>
              <td data-label="Tool" class="code">${call.tool ?? html`<span class="muted">${call.calls > 1 ? "any" : "unknown tool"}</span>`}</td>
              <td data-label="Server">
                ${
                  servers.has(call.server_id)
                    ? html`<${Name} text=${servers.get(call.server_id).name} />`
                    : html`<span class="muted">${call.server_id ? "revoked server" : "unknown URL"}</span>`
                }
              </td>
              ${
                named &&
                html`<td data-label="User">
                ${
                  users.has(call.user_id)
                    ? html`<${Name} text=${shownName(users.get(call.user_id))} />`
                    : html`<span class="muted">${call.user_id ? "deleted user" : "–"}</span>`
                }
              </td>`
              }
              <td data-label="Outcome">
                <span class="pill ${TONES[outcomeOf(call.status).name]}">${title(call.status)}</span>
                ${call.calls > 1 && html`<small class="muted"> ${counted(call.calls, "call")}</small>`}
                ${call.confirmation && html`<small class="muted"> ${CONFIRMATIONS[call.confirmation] ?? call.confirmation}</small>`}
                ${call.upstream_status && html`<small class="muted"> ${call.upstream_status}</small>`}
              </td>
              <td data-label="Duration" class="number">${formatMilliseconds(call.duration_ms)}</td>
              <td data-label="Client"><bdi>${client(call.client) || "–"}</bdi></td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
}
