// Users: the people who have signed in, their roles, and the bar of those who may no longer sign in.
import { html, useState } from "../html.js";
import { getAll, patch, remove } from "../api.js";
import { announce } from "../announce.js";
import { useAction, useLoaded } from "../load.js";
import { link } from "../route.js";
import { ActionButton } from "../parts/button.js";
import { Confirm, Dialog } from "../parts/dialog.js";
import { Field, useFocusFirstProblem } from "../parts/field.js";
import { useFocusReturn } from "../parts/focus.js";
import { Empty, ErrorNotice, Name, Pending, TruncationNote } from "../parts/states.js";
import { Time } from "../parts/time.js";
import { title } from "../format.js";

const ROLES = {
  member: "Connects AI clients to the servers that are open to this user.",
  admin: "Full access to this console and the admin API.",
};
const STATUSES = {
  active: "The user may sign in.",
  disabled: "The user cannot sign in, and everything that the user is signed in to ends at once.",
};

/** The text by which people know a user. */
const shownName = (user) => user.email ?? user.name;

export function Users() {
  const { value: users, error, reload } = useLoaded((signal) => getAll("user", {}, { signal }), []);
  const [dialog, setDialog] = useState(null);
  const [heading, focusHeading] = useFocusReturn();
  if (!users) return html`<${Pending} title="Users" what="users" failure=${error} onRetry=${reload} />`;
  const close = () => setDialog(null);
  const done = () => {
    close();
    reload();
  };
  const deleted = () => {
    done();
    // The row with the button that had the focus is going.
    focusHeading();
  };
  return html`<div class="head">
      <h1 ref=${heading} tabindex="-1">Users</h1>
      <a class="button" href=${link("users", "providers")}>Identity providers</a>
    </div>
    <p class="lead">Everyone who has signed in, with an identity provider or an API token.</p>
    <${ErrorNotice} failure=${error} onRetry=${reload} />
    ${
      users.length === 0
        ? html`<${Empty} title="No users yet"><p>Users appear here when they sign in for the first time.</p><//>`
        : html`<div class="table">
          <table>
            <thead>
              <tr>
                <th scope="col">User</th>
                <th scope="col">Signs in with</th>
                <th scope="col">Role</th>
                <th scope="col">Status</th>
                <th scope="col">Last used</th>
                <th scope="col"><span class="unseen">Actions</span></th>
              </tr>
            </thead>
            <tbody>
              ${users.map(
                (user) => html`<tr key=${user.id}>
                  <th scope="row"><${Name} text=${shownName(user)} /></th>
                  <td data-label="Signs in with"><${Name} text=${user.issuer === "api-token" ? "API token" : user.issuer} /></td>
                  <td data-label="Role">${title(user.role)}</td>
                  <td data-label="Status">
                    <span class=${`pill ${user.status === "active" ? "good" : "bad"}`}>${title(user.status)}</span>
                  </td>
                  <td data-label="Last used"><${Time} time=${user.last_used_at} /></td>
                  <td class="row-actions">
                    <button
                      type="button"
                      class="button small"
                      aria-label=${`Edit ${shownName(user)}`}
                      onClick=${() => setDialog({ user, edit: true })}
                    >
                      Edit
                    </button>
                    <button
                      type="button"
                      class="button small danger"
                      aria-label=${`Delete ${shownName(user)}`}
                      onClick=${() => setDialog({ user, edit: false })}
                    >
                      Delete
                    </button>
                  </td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>
        <${TruncationNote} list=${users} />`
    }
    ${dialog?.edit && html`<${EditUser} user=${dialog.user} onClose=${close} onDone=${done} />`}
    ${dialog?.edit === false && html`<${DeleteUser} user=${dialog.user} onClose=${close} onDone=${deleted} />`}`;
}

function EditUser({ user, onClose, onDone }) {
  const [role, setRole] = useState(user.role);
  const [status, setStatus] = useState(user.status);
  const action = useAction(async () => {
    // A field that was not edited keeps the value that somebody else may have given it meanwhile.
    await patch(`user/${user.id}`, { ...(role !== user.role && { role }), ...(status !== user.status && { status }) });
    announce(`User “${shownName(user)}” saved.`);
    onDone();
  });
  const { busy, failure } = action;
  const form = useFocusFirstProblem(failure);
  const submit = (event) => {
    event.preventDefault();
    action.run();
  };
  return html`<${Dialog} title="Edit user" onClose=${onClose}>
    <form ref=${form} onSubmit=${submit} novalidate>
      <p><${Name} text=${shownName(user)} /></p>
      <${Choice} label="Role" options=${ROLES} value=${role} onChange=${setRole} problem=${failure?.problemOf("role")} />
      <${Choice} label="Status" options=${STATUSES} value=${status} onChange=${setStatus} problem=${failure?.problemOf("status")} />
      ${failure && failure.violations.length === 0 && html`<${ErrorNotice} failure=${failure} />`}
      <div class="actions">
        <button type="button" class="button" onClick=${onClose}>Cancel</button>
        <${ActionButton} busy=${busy} label="Save" busyLabel="Saving…" />
      </div>
    </form>
  <//>`;
}

const Choice = ({ label, options, value, onChange, problem }) => html`<${Field} label=${label} problem=${problem} hint=${options[value]}>
  ${(common) => html`<select ...${common} value=${value} onChange=${(event) => onChange(event.target.value)}>
    ${Object.keys(options).map(
      (option) => html`<option key=${option} value=${option} selected=${option === value}>${title(option)}</option>`,
    )}
  </select>`}
<//>`;

function DeleteUser({ user, onClose, onDone }) {
  const action = useAction(async () => {
    await remove(`user/${user.id}`);
    announce(`User “${shownName(user)}” deleted.`);
    onDone();
  });
  return html`<${Confirm} title="Delete user?" verb="Delete user" action=${action} onClose=${onClose}>
    <p>
      <${Name} text=${shownName(user)} /> is signed out everywhere.${" "}
      ${user.status === "active" ? "The user can sign in again: disable a user to prevent that." : "The user stays disabled."}
    </p>
  <//>`;
}
