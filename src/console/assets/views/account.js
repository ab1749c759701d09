// One account: its status, its API key and its MCP servers.
import { html, useState } from "../html.js";
import { get, getAll, MAX_ENTRIES, patch, post, remove } from "../api.js";
import { useFacts } from "../facts.js";
import { useAction, useLoaded } from "../load.js";
import { link, navigate } from "../route.js";
import { counted, title as heading } from "../format.js";
import { Confirm, Dialog } from "../parts/dialog.js";
import { Field, useFocusFirstProblem } from "../parts/field.js";
import { Time } from "../parts/time.js";
import { Name, Pending, ErrorNotice } from "../parts/states.js";
import { AccountStatus, RateLimit } from "./rate_limit.js";
import { Findings, passed } from "./findings.js";
import { Servers } from "./servers.js";

/** Loads the account, its servers, and the number of calls of each server since midnight. */
async function load(id, signal) {
  const midnight = new Date(new Date().setHours(0, 0, 0, 0)).toISOString();
  const today = { bucket: "all", group: "server", integrated_account_id: id, since: midnight };
  const [account, servers, calls] = await Promise.all([
    get(`integrated-account/${id}`, { signal }),
    getAll(`integrated-account/${id}/mcp`, {}, { signal }),
    getAll("log/summary", today, { signal }),
  ]);
  return { account, servers, today: new Map(calls.map((sum) => [sum.server_id, sum.calls])) };
}

export function Account({ id }) {
  const { variables } = useFacts();
  const { value, error, reload } = useLoaded((signal) => load(id, signal), [id]);
  const [dialog, setDialog] = useState(null);
  if (!value) return html`<${Pending} title="Account" what="the account" failure=${error} onRetry=${reload} />`;
  const { account, servers, today } = value;
  const close = () => setDialog(null);
  const done = () => {
    close();
    reload();
  };
  return html`<nav class="crumbs" aria-label="Breadcrumb"><a href=${link("accounts")}>Accounts</a></nav>
    <div class="head">
      <h1><${Name} text=${account.name} /></h1>
      <div class="actions">
        <button type="button" class="button" onClick=${() => setDialog("key")}>Change API key</button>
        <button type="button" class="button danger" onClick=${() => setDialog("delete")}>Delete</button>
      </div>
    </div>
    <${ErrorNotice} failure=${error} onRetry=${reload} />
    ${
      account.status === "needs_reauth" &&
      html`<div class="notice bad"><p>The API refused the key of this account. All calls fail until you change it.</p></div>`
    }
    <dl class="facts card">
      <div><dt>Status</dt><dd><${AccountStatus} status=${account.status} /></dd></div>
      ${variables.map(
        ({ name }) =>
          account[name] &&
          html`<div
        key=${name}
      >
        <dt>${heading(name)}</dt><dd><bdi>${account[name]}</bdi></dd>
      </div>`,
      )}
      <div class="wide"><dt>Base URL</dt><dd><bdi class="code">${account.base_url}</bdi></dd></div>
      <div><dt>Rate limit</dt><dd><${RateLimit} ratelimit=${account.ratelimit} /></dd></div>
      <div><dt>Added</dt><dd><${Time} time=${account.created_at} /></dd></div>
    </dl>
    <${Servers} account=${account} servers=${servers} today=${today} onChange=${reload} />
    ${dialog === "key" && html`<${ChangeKey} account=${account} onClose=${close} onDone=${done} />`}
    ${dialog === "delete" && html`<${DeleteAccount} account=${account} onClose=${close} />`}`;
}

/** Changes the API key. The new key is tested before it replaces the old one. */
function ChangeKey({ account, onClose, onDone }) {
  const [key, setKey] = useState("");
  const [findings, setFindings] = useState(null);
  const action = useAction(async () => {
    const trial = { name: account.name, base_url: account.base_url, api_key: key.trim() };
    const results = (await post("integrated-account?dry_run=true", trial)).findings;
    setFindings(results);
    if (!passed(results)) return;
    await patch(`integrated-account/${account.id}`, { api_key: key.trim() });
    onDone();
  });
  const { busy, failure } = action;
  const form = useFocusFirstProblem(failure);
  const submit = (event) => {
    event.preventDefault();
    if (key.trim()) action.run();
  };
  return html`<${Dialog} title="Change API key" onClose=${onClose}>
    <form ref=${form} onSubmit=${submit} novalidate>
      <${Field}
        label="New API key"
        type="password"
        autocomplete="off"
        value=${key}
        onInput=${(event) => setKey(event.target.value)}
        problem=${failure?.problemOf("api_key")}
        hint="The key is tested before it is saved. MCP servers use it at once; their URLs do not change."
      />
      ${failure && !failure.problemOf("api_key") && html`<${ErrorNotice} failure=${failure} />`}
      <div role="status">${findings && html`<${Findings} findings=${findings} />`}</div>
      <div class="actions">
        <button type="button" class="button" onClick=${onClose}>Cancel</button>
        <button class="button primary" disabled=${busy || !key.trim()}>${busy ? "Testing…" : "Test and save"}</button>
      </div>
    </form>
  <//>`;
}

/** Deletes the account. Its servers are loaded again, because another user may have added some. */
function DeleteAccount({ account, onClose }) {
  const { value: servers, error } = useLoaded((signal) => getAll(`integrated-account/${account.id}/mcp`, {}, { signal }), [
    account.id,
  ]);
  const action = useAction(async () => {
    await remove(`integrated-account/${account.id}`);
    navigate("accounts");
  });
  return html`<${Confirm} title="Delete account?" verb="Delete account" action=${action} onClose=${onClose}>
    <p>
      <${Name} text=${account.name} /> and its API key will be deleted
      ${
        servers?.length === 0
          ? ". It has no MCP servers."
          : html` with <strong>${serverCount(servers)}</strong>. Their clients lose access at once.`
      }
    </p>
    <${ErrorNotice} failure=${error} />
    <p>This cannot be undone.</p>
  <//>`;
}

/** The number of servers in words; `null` means that it is not known yet. */
function serverCount(servers) {
  if (!servers) return "all its MCP servers";
  const number = counted(servers.length, "MCP server");
  return servers.length < MAX_ENTRIES ? number : `${number} or more`;
}
