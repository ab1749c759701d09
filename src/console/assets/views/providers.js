// Identity providers: where users sign in, and which of their users may.
import { html, useState } from "../html.js";
import { getAll, getTagged, remove } from "../api.js";
import { announce } from "../announce.js";
import { useLoaded } from "../load.js";
import { link } from "../route.js";
import { CopyButton } from "../parts/copy.js";
import { Confirm } from "../parts/dialog.js";
import { useFocusReturn } from "../parts/focus.js";
import { Empty, ErrorNotice, Name, Pending, TruncationNote } from "../parts/states.js";
import { Differences, differences, useRevisedAction } from "./differences.js";
import { rulesInWords } from "./provider_presets.js";

export function Providers() {
  const { value: providers, error, reload } = useLoaded((signal) => getAll("identity-provider", {}, { signal }), []);
  const [deleted, setDeleted] = useState(null);
  const [heading, focusHeading] = useFocusReturn();
  if (!providers) {
    return html`<${Pending} title="Identity providers" what="identity providers" failure=${error} onRetry=${reload} />`;
  }
  const done = () => {
    setDeleted(null);
    reload();
    // The row with the button that had the focus is going.
    focusHeading();
  };
  const add = html`<a class="button primary" href=${link("users", "providers", "new")}>Add identity provider</a>`;
  return html`<nav class="crumbs" aria-label="Breadcrumb"><a href=${link("users")}>Users</a></nav>
    <div class="head">
      <h1 ref=${heading} tabindex="-1">Identity providers</h1>
      ${providers.length > 0 && add}
    </div>
    <p class="lead">Your users sign in to this console and to MCP servers with the accounts that they have at a provider.</p>
    <${ErrorNotice} failure=${error} onRetry=${reload} />
    ${
      providers.length === 0
        ? html`<${Empty} title="No identity providers yet">
          <p>
            Until you add one, users sign in with API tokens. Microsoft Entra ID, Google, Okta, Keycloak and other providers of
            OpenID Connect are supported.
          </p>
          ${add}
        <//>`
        : html`<div class="table">
          <table>
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Issuer</th>
                <th scope="col">Who may sign in</th>
                <th scope="col"><span class="unseen">Actions</span></th>
              </tr>
            </thead>
            <tbody>
              ${providers.map(
                (provider) => html`<tr key=${provider.id}>
                  <th scope="row"><${Name} text=${provider.name} /></th>
                  <td data-label="Issuer"><span class="code">${provider.issuer}</span></td>
                  <td data-label="Who may sign in"><bdi>${rulesInWords(provider)}</bdi></td>
                  <td class="row-actions">
                    <a
                      class="button small"
                      href=${link("users", "providers", provider.id)}
                      aria-label=${`Edit ${provider.name}`}
                    >
                      Edit
                    </a>
                    <${CopyButton} text=${provider.redirect_uri} label="Copy redirect URI" small />
                    <button
                      type="button"
                      class="button small danger"
                      aria-label=${`Delete ${provider.name}`}
                      onClick=${() => setDeleted(provider)}
                    >
                      Delete
                    </button>
                  </td>
                </tr>`,
              )}
            </tbody>
          </table>
        </div>
        <${TruncationNote} list=${providers} />`
    }
    ${deleted && html`<${DeleteProvider} provider=${deleted} onClose=${() => setDeleted(null)} onDone=${done} />`}`;
}

/** Deletes the provider that the user sees. If it has changed since, what has changed is shown first. */
function DeleteProvider({ provider, onClose, onDone }) {
  const path = `identity-provider/${provider.id}`;
  const { value: loaded, error } = useLoaded((signal) => getTagged(path, { signal }), [path]);
  const action = useRevisedAction(loaded, async ({ tag }) => {
    await remove(path, tag);
    announce(`Identity provider “${provider.name}” deleted.`);
    onDone();
  });
  const current = (action.conflict ?? loaded)?.object ?? provider;
  const isChanged = differences(provider, current).length > 0;
  return html`<${Confirm}
    title="Delete identity provider?"
    verb=${isChanged ? "Delete anyway" : "Delete identity provider"}
    action=${action}
    off=${!loaded}
    onClose=${onClose}
  >
    <p>Everyone who signed in with <${Name} text=${provider.name} /> is signed out at once, and their AI clients are refused.</p>
    <p>MCP servers that admit only users of this provider admit no one until you change them.</p>
    ${isChanged && html`<${Differences} kind="identity provider" before=${provider} current=${current} />`}
    <${ErrorNotice} failure=${error} />
  <//>`;
}
