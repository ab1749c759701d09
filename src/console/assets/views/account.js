// One account: its status, its API key and its MCP servers.
import { html, useState } from "../html.js";
import { announce } from "../announce.js";
import { getAll, getTagged, MAX_ENTRIES, patch, post, remove } from "../api.js";
import { useFacts } from "../facts.js";
import { leaving, UNSAVED_EDITS, useGuard } from "../leave.js";
import { useAction, useLoaded } from "../load.js";
import { link, navigate } from "../route.js";
import { counted, title as heading } from "../format.js";
import { ActionButton } from "../parts/button.js";
import { Confirm, Dialog } from "../parts/dialog.js";
import { Field, useFocusFirstProblem } from "../parts/field.js";
import { Time } from "../parts/time.js";
import { Name, Pending, ErrorNotice } from "../parts/states.js";
import { recordCheck } from "./account_form.js";
import { Differences, useRevisedAction } from "./differences.js";
import { AccountStatus, RateLimit } from "./rate_limit.js";
import { Findings, passed } from "./findings.js";
import { ReuseReplies, reuseInWords } from "./reuse_replies.js";
import { Servers } from "./servers.js";

/** Loads the account, its servers, and the number of calls of each server since midnight. */
async function load(id, signal) {
  const midnight = new Date(new Date().setHours(0, 0, 0, 0)).toISOString();
  const today = { bucket: "all", group: "server", integrated_account_id: id, since: midnight };
  const [seen, servers, calls] = await Promise.all([
    getTagged(`integrated-account/${id}`, { signal }),
    getAll(`integrated-account/${id}/mcp`, {}, { signal }),
    getAll("log/summary", today, { signal }),
  ]);
  return { seen, servers, today: new Map(calls.map((sum) => [sum.server_id, sum.calls])) };
}

export function Account({ id }) {
  const { variables } = useFacts();
  const { value, error, reload } = useLoaded((signal) => load(id, signal), [id]);
  const [dialog, setDialog] = useState(null);
  const test = useAction(async () => {
    const { findings } = await post(`integrated-account/${id}/check`);
    announce(passed(findings) ? "Test passed." : "Test failed.");
    reload();
    return findings;
  });
  const [findings, setFindings] = useState(null);
  if (!value) return html`<${Pending} title="Account" what="the account" failure=${error} onRetry=${reload} />`;
  const { seen, servers, today } = value;
  const account = seen.object;
  const close = () => setDialog(null);
  const done = () => {
    close();
    reload();
  };
  return html`<nav class="crumbs" aria-label="Breadcrumb"><a href=${link("accounts")}>Accounts</a></nav>
    <div class="head">
      <h1><${Name} text=${account.name} /></h1>
      <div class="actions">
        <${ActionButton}
          type="button"
          tone=""
          busy=${test.busy}
          label=${account.last_check ? "Test again" : "Test now"}
          busyLabel="Testing…"
          onClick=${async () => setFindings((await test.run()) ?? null)}
        />
        <button type="button" class="button" onClick=${() => setDialog("key")}>Change API key</button>
        <button type="button" class="button danger" onClick=${() => setDialog("delete")}>Delete</button>
      </div>
    </div>
    <${ErrorNotice} failure=${error ?? test.failure} onRetry=${error ? reload : undefined} />
    ${
      account.status === "needs_reauth" &&
      html`<div class="notice bad"><p>The API refused the key of this account. All calls fail until you change it.</p></div>`
    }
    <dl class="facts card">
      <div><dt>Status</dt><dd><${AccountStatus} account=${account} timed /></dd></div>
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
      <div>
        <dt>Reuse replies</dt>
        <dd>
          ${reuseInWords(account.cache_seconds)}
          <button type="button" class="button small" aria-label="Change how long replies are reused" onClick=${() => setDialog("reuse")}>
            Change
          </button>
        </dd>
      </div>
      <div><dt>Added</dt><dd><${Time} time=${account.created_at} /> by <${Name} text=${account.created_by} /></dd></div>
      <div><dt>Changed</dt><dd><${Time} time=${account.updated_at} /> by <${Name} text=${account.updated_by} /></dd></div>
    </dl>
    ${findings && html`<section class="card" aria-label="Test results"><${Findings} findings=${findings} /></section>`}
    <${Servers} account=${account} servers=${servers} today=${today} onChange=${reload} />
    ${dialog === "key" && html`<${ChangeKey} seen=${seen} onClose=${close} onDone=${done} />`}
    ${dialog === "reuse" && html`<${ReuseReplies} seen=${seen} onClose=${close} onDone=${done} />`}
    ${dialog === "delete" && html`<${DeleteAccount} seen=${seen} onClose=${close} />`}`;
}

/** Changes the API key. The new key is tested before it replaces the old one. */
function ChangeKey({ seen, onClose, onDone }) {
  const [key, setKey] = useState("");
  const [findings, setFindings] = useState(null);
  useGuard(key.trim() ? UNSAVED_EDITS : null);
  const { conflict, ...action } = useRevisedAction(seen, async ({ object: account, tag }) => {
    const trial = { name: account.name, base_url: account.base_url, api_key: key.trim() };
    const results = (await post("integrated-account?dry_run=true", trial)).findings;
    setFindings(results);
    if (!passed(results)) return;
    await patch(`integrated-account/${account.id}`, { api_key: key.trim() }, tag);
    await recordCheck(account.id);
    announce("API key changed.");
    onDone();
  });
  const { busy, failure } = action;
  const form = useFocusFirstProblem(failure);
  const submit = (event) => {
    event.preventDefault();
    if (key.trim()) action.run();
  };
  return html`<${Dialog} title="Change API key" onClose=${() => leaving(onClose)}>
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
      ${
        conflict &&
        html`<${Differences} kind="account" before=${seen.object} current=${conflict.object}>
          <p>The key was not saved. If you save it now, it is tested and used with the account as it is now.</p>
        <//>`
      }
      <div class="actions">
        <button type="button" class="button" onClick=${onClose}>Cancel</button>
        <${ActionButton}
          busy=${busy}
          off=${!key.trim()}
          label=${conflict ? "Test and save anyway" : "Test and save"}
          busyLabel="Testing…"
        />
      </div>
    </form>
  <//>`;
}

/** Deletes the account. Its servers are loaded again, because another user may have added some. */
function DeleteAccount({ seen, onClose }) {
  const account = seen.object;
  const { value: servers, error } = useLoaded((signal) => getAll(`integrated-account/${account.id}/mcp`, {}, { signal }), [
    account.id,
  ]);
  const action = useRevisedAction(seen, async ({ tag }) => {
    await remove(`integrated-account/${account.id}`, tag);
    announce(`Account “${account.name}” deleted.`);
    navigate("accounts");
  });
  const verb = action.conflict ? "Delete anyway" : "Delete account";
  return html`<${Confirm} title="Delete account?" verb=${verb} action=${action} onClose=${onClose}>
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
    ${
      action.conflict &&
      html`<${Differences} kind="account" before=${account} current=${action.conflict.object}>
        <p>The account was not deleted.</p>
      <//>`
    }
  <//>`;
}

/** The number of servers in words; `null` means that it is not known yet. */
function serverCount(servers) {
  if (!servers) return "all its MCP servers";
  const number = counted(servers.length, "MCP server");
  return servers.length < MAX_ENTRIES ? number : `${number} or more`;
}
