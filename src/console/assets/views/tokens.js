// API tokens: access to this console and the admin API, and second factors of MCP servers.
import { html, useState } from "../html.js";
import { getAll, post, remove } from "../api.js";
import { useAction, useLoaded } from "../load.js";
import { announce } from "../announce.js";
import { leaving, UNCOPIED_TOKEN, UNSAVED_EDITS, useGuard } from "../leave.js";
import { ActionButton } from "../parts/button.js";
import { CopyLine } from "../parts/copy.js";
import { Confirm, Dialog } from "../parts/dialog.js";
import { Field, useFocusFirstProblem } from "../parts/field.js";
import { useFocusReturn } from "../parts/focus.js";
import { Time } from "../parts/time.js";
import { title } from "../format.js";
import { TruncationNote, Empty, Name, Pending, ErrorNotice } from "../parts/states.js";
import { expiresAt, Expiry } from "./expiry.js";

const ROLES = {
  caller: "For clients and monitoring: the second factor of MCP servers, and access to /metrics.",
  admin: "For admins: full access to this console and the admin API.",
};

export function Tokens() {
  const { value: tokens, error, reload } = useLoaded((signal) => getAll("api-token", {}, { signal }), []);
  const [dialog, setDialog] = useState(null);
  const [heading, focusHeading] = useFocusReturn();
  if (!tokens) return html`<${Pending} title="API tokens" what="API tokens" failure=${error} onRetry=${reload} />`;
  const close = () => setDialog(null);
  const done = () => {
    close();
    reload();
  };
  const revoked = () => {
    done();
    // The row with the button that had the focus is going.
    focusHeading();
  };
  const create = html`<button
    type="button"
    class="button primary"
    onClick=${() => setDialog("create")}
  >
    Create API token
  </button>`;
  return html`<div class="head"><h1 ref=${heading} tabindex="-1">API tokens</h1>${create}</div>
    <p
      class="lead"
    >
      Admin tokens give access to this console and the admin API. Caller tokens are the second factor of MCP servers that
      require one, and let monitoring read <code>/metrics</code>.
    </p>
    <${ErrorNotice} failure=${error} onRetry=${reload} />
    ${
      tokens.length === 0
        ? html`<${Empty} title="No API tokens yet"><p>Create one for each program that needs access.</p><//>`
        : html`<div class="table">
          <table>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Role</th>
                <th scope="col">Expires</th>
                <th scope="col">Created by</th>
                <th scope="col">Created</th>
                <th scope="col">Last used</th>
                <th scope="col"><span class="unseen">Actions</span></th>
              </tr>
            </thead>
            <tbody>
              ${tokens.map(
                (token) => html`<tr key=${token.id}>
                  <th scope="row"><${Name} text=${token.name} /></th>
                  <td data-label="Role">${token.role}</td>
                  <td data-label="Expires"><${Time} time=${token.expires_at} full /></td>
                  <td data-label="Created by"><${Name} text=${token.created_by} /></td>
                  <td data-label="Created"><${Time} time=${token.created_at} /></td>
                  <td data-label="Last used"><${Time} time=${token.last_used_at} /></td>
                  <td class="row-actions">
                    <button
                      type="button"
                      class="button small danger"
                      aria-label=${`Revoke ${token.name}`}
                      onClick=${() => setDialog(token)}
                    >
                      Revoke
                    </button>
                  </td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>
        <${TruncationNote} list=${tokens} />`
    }
    ${dialog === "create" && html`<${CreateToken} onClose=${close} onDone=${done} />`}
    ${dialog?.id && html`<${RevokeToken} token=${dialog} onClose=${close} onDone=${revoked} />`}`;
}

function CreateToken({ onClose, onDone }) {
  const [name, setName] = useState("");
  const [role, setRole] = useState("caller");
  const [expiry, setExpiry] = useState({ span: "never", date: "" });
  const [created, setCreated] = useState(null);
  const [copied, setCopied] = useState(false);
  const isEdited = name.trim() !== "" || role !== "caller" || expiry.span !== "never";
  const loss = created ? !copied && UNCOPIED_TOKEN : isEdited && UNSAVED_EDITS;
  useGuard(loss || null);
  const action = useAction(async () => {
    const expires = expiresAt(expiry);
    setCreated(await post("api-token", { name: name.trim(), role, ...(expires ? { expires_at: expires } : {}) }));
  });
  const { busy, failure } = action;
  const form = useFocusFirstProblem(failure);
  const submit = (event) => {
    event.preventDefault();
    action.run();
  };
  if (created) {
    return html`<${Dialog} key="created" title="API token created" onClose=${() => leaving(onDone)}>
      <${CopyLine} label="API token" text=${created.token} onCopied=${() => setCopied(true)} />
      <p class="notice warn">Shown only once. Copy it now and keep it like a password.</p>
      <div class="actions"><button
        type="button"
        class="button primary"
        onClick=${onDone}
      >
        Done, I have copied it</button>
      </div>
    <//>`;
  }
  return html`<${Dialog} key="form" title="Create API token" onClose=${() => leaving(onClose)}>
    <form ref=${form} onSubmit=${submit} novalidate>
      <${Field}
        label="Name"
        autocomplete="off"
        maxlength="200"
        value=${name}
        onInput=${(event) => setName(event.target.value)}
        problem=${failure?.problemOf("name")}
        hint="Who or what uses it."
      />
      <${Field} label="Role" problem=${failure?.problemOf("role")} hint=${ROLES[role]}>
        ${(common) => html`<select ...${common} value=${role} onChange=${(event) => setRole(event.target.value)}>
          ${Object.keys(ROLES).map(
            (value) => html`<option key=${value} value=${value} selected=${value === role}>${title(value)}</option>`,
          )}
        </select>`}
      <//>
      <${Expiry} onChange=${setExpiry} problem=${failure?.problemOf("expires_at")} />
      ${failure && failure.violations.length === 0 && html`<${ErrorNotice} failure=${failure} />`}
      <div class="actions">
        <button type="button" class="button" onClick=${onClose}>Cancel</button>
        <${ActionButton} busy=${busy} label="Create" busyLabel="Creating…" />
      </div>
    </form>
  <//>`;
}

function RevokeToken({ token, onClose, onDone }) {
  const action = useAction(async () => {
    await remove(`api-token/${token.id}`);
    announce(`API token “${token.name}” revoked.`);
    onDone();
  });
  return html`<${Confirm} title="Revoke API token?" verb="Revoke token" action=${action} onClose=${onClose}>
    <p><${Name}
      text=${token.name}
    /> stops working at once. If you signed in with it, you are signed out.</p>
  <//>`;
}
