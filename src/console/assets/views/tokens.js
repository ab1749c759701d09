// API tokens: keys to this console and its API, and second factors for MCP servers.
import { html, useState } from "../html.js";
import { all, post, remove } from "../api.js";
import { useAction, useLoaded } from "../load.js";
import { CopyLine } from "../parts/copy.js";
import { Confirm, Dialog } from "../parts/dialog.js";
import { Field, useFirstProblem } from "../parts/field.js";
import { Moment } from "../parts/moment.js";
import { title } from "../words.js";
import { Cut, Empty, Name, Pending, Problem } from "../parts/states.js";
import { ending, Expiry } from "./expiry.js";

const ROLES = {
  caller: "For clients and monitors: it is the second factor of MCP servers, and reads /metrics.",
  admin: "For people: it opens this console and may do all that it can.",
};

export function Tokens() {
  const { value: tokens, error, again } = useLoaded((signal) => all("api-token", {}, { signal }), []);
  const [asked, setAsked] = useState(null);
  if (!tokens) return html`<${Pending} title="API tokens" what="API tokens" failure=${error} onRetry=${again} />`;
  const close = () => setAsked(null);
  const done = () => {
    close();
    again();
  };
  const create = html`<button
    type="button"
    class="button primary"
    onClick=${() => setAsked("create")}
  >
    Create API token
  </button>`;
  return html`<div class="head"><h1>API tokens</h1>${create}</div>
    <p
      class="lead"
    >
      Admin tokens open this console. Caller tokens are the second factor of MCP servers that ask
      for one, and let a monitor read <code>/metrics</code>.
    </p>
    <${Problem} failure=${error} onRetry=${again} />
    ${
      tokens.length === 0
        ? html`<${Empty} title="No API token"><p>You came in with the token that the server was started with.</p><//>`
        : html`<div class="table">
          <table>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Role</th>
                <th scope="col">Ends</th>
                <th scope="col">Made by</th>
                <th scope="col">Made</th>
                <th scope="col"><span class="unseen">Actions</span></th>
              </tr>
            </thead>
            <tbody>
              ${tokens.map(
                (token) => html`<tr key=${token.id}>
                  <th scope="row"><${Name} text=${token.name} /></th>
                  <td data-label="Role">${token.role}</td>
                  <td data-label="Ends"><${Moment} time=${token.expires_at} full /></td>
                  <td data-label="Made by"><${Name} text=${token.created_by} /></td>
                  <td data-label="Made"><${Moment} time=${token.created_at} /></td>
                  <td class="row-actions">
                    <button
                      type="button"
                      class="button small danger"
                      aria-label=${`Revoke ${token.name}`}
                      onClick=${() => setAsked(token)}
                    >
                      Revoke
                    </button>
                  </td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>
        <${Cut} list=${tokens} />`
    }
    ${asked === "create" && html`<${Create} onClose=${close} onDone=${done} />`}
    ${asked?.id && html`<${Revoke} token=${asked} onClose=${close} onDone=${done} />`}`;
}

function Create({ onClose, onDone }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState("caller");
  const [end, setEnd] = useState({ span: "never", date: "" });
  const [made, setMade] = useState(null);
  const action = useAction(async () => {
    const expires = ending(end);
    setMade(await post("api-token", { name: name.trim(), role, ...(expires ? { expires_at: expires } : {}) }));
  });
  const { busy, failure } = action;
  const form = useFirstProblem(failure);
  const submit = (event) => {
    event.preventDefault();
    action.run();
  };
  if (made) {
    return html`<${Dialog} key="made" title="The API token" onClose=${onDone}>
      <${CopyLine} label="API token" text=${made.token} />
      <p class="notice warn">Shown only once: copy it now, and keep it like a password.</p>
      <div class="actions"><button
        type="button"
        class="button primary"
        onClick=${onDone}
      >
        Done, I have copied it</button>
      </div>
    <//>`;
  }
  return html`<${Dialog} key="form" title="Create API token" onClose=${onClose}>
    <form ref=${form} onSubmit=${submit} novalidate>
      <${Field}
        label="Name"
        autocomplete="off"
        maxlength="200"
        value=${name}
        onInput=${(event) => setName(event.target.value)}
        problem=${failure?.of("name")}
        hint="Who holds it."
      />
      <${Field} label="Role" problem=${failure?.of("role")} hint=${ROLES[role]}>
        ${(common) => html`<select ...${common} value=${role} onChange=${(event) => setRole(event.target.value)}>
          ${Object.keys(ROLES).map(
            (value) => html`<option key=${value} value=${value} selected=${value === role}>${title(value)}</option>`,
          )}
        </select>`}
      <//>
      <${Expiry} onChange=${setEnd} problem=${failure?.of("expires_at")} />
      ${failure && failure.violations.length === 0 && html`<${Problem} failure=${failure} />`}
      <div class="actions">
        <button type="button" class="button" onClick=${onClose}>Cancel</button>
        <button class="button primary" disabled=${busy}>${busy ? "Creating …" : "Create"}</button>
      </div>
    </form>
  <//>`;
}

function Revoke({ token, onClose, onDone }) {
  const action = useAction(async () => {
    await remove(`api-token/${token.id}`);
    onDone();
  });
  return html`<${Confirm} title="Revoke the API token?" verb="Revoke it" action=${action} onClose=${onClose}>
    <p><${Name}
      text=${token.name}
    /> opens nothing from then on. If it is the one you signed in with, you are signed out.</p>
  <//>`;
}
