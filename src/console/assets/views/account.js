// One account: whether it works, its key, and the MCP servers that were handed out for it.
import { html, useState } from "../html.js";
import { all, get, MOST, patch, post, remove } from "../api.js";
import { useFacts } from "../facts.js";
import { useAction, useLoaded } from "../load.js";
import { go, link } from "../route.js";
import { counted, title as heading } from "../words.js";
import { Confirm, Dialog } from "../parts/dialog.js";
import { Field, useFirstProblem } from "../parts/field.js";
import { Moment } from "../parts/moment.js";
import { Name, Pending, Problem } from "../parts/states.js";
import { Budget, Health } from "./budget.js";
import { Findings, worked } from "./findings.js";
import { Servers } from "./servers.js";

/** The account with its servers, and how often each was called since midnight. */
async function load(id, signal) {
  const midnight = new Date(new Date().setHours(0, 0, 0, 0)).toISOString();
  const today = { bucket: "all", group: "server", integrated_account_id: id, since: midnight };
  const [account, servers, calls] = await Promise.all([
    get(`integrated-account/${id}`, { signal }),
    all(`integrated-account/${id}/mcp`, {}, { signal }),
    all("log/summary", today, { signal }),
  ]);
  return { account, servers, today: new Map(calls.map((sum) => [sum.server_id, sum.calls])) };
}

export function Account({ id }) {
  const { variables } = useFacts();
  const { value, error, again } = useLoaded((signal) => load(id, signal), [id]);
  const [asked, setAsked] = useState(null);
  if (!value) return html`<${Pending} title="Account" what="the account" failure=${error} onRetry=${again} />`;
  const { account, servers, today } = value;
  const close = () => setAsked(null);
  const done = () => {
    close();
    again();
  };
  return html`<nav class="crumbs" aria-label="Where you are"><a href=${link("accounts")}>Accounts</a></nav>
    <div class="head">
      <h1><${Name} text=${account.name} /></h1>
      <div class="actions">
        <button type="button" class="button" onClick=${() => setAsked("key")}>Change the key</button>
        <button type="button" class="button danger" onClick=${() => setAsked("delete")}>Delete</button>
      </div>
    </div>
    <${Problem} failure=${error} onRetry=${again} />
    ${
      account.status === "needs_reauth" &&
      html`<div class="notice bad"><p>The API refused this account's key: calls fail until it has a new one.</p></div>`
    }
    <dl class="facts card">
      <div><dt>Status</dt><dd><${Health} status=${account.status} /></dd></div>
      ${variables.map(
        ({ name }) =>
          account[name] &&
          html`<div
        key=${name}
      >
        <dt>${heading(name)}</dt><dd><bdi>${account[name]}</bdi></dd>
      </div>`,
      )}
      <div class="wide"><dt>Address</dt><dd><bdi class="code">${account.base_url}</bdi></dd></div>
      <div><dt>Budget</dt><dd><${Budget} ratelimit=${account.ratelimit} /></dd></div>
      <div><dt>Added</dt><dd><${Moment} time=${account.created_at} /></dd></div>
    </dl>
    <${Servers} account=${account} servers=${servers} today=${today} onChange=${again} />
    ${asked === "key" && html`<${NewKey} account=${account} onClose=${close} onDone=${done} />`}
    ${asked === "delete" && html`<${Delete} account=${account} onClose=${close} />`}`;
}

/** A new key is tried against the same address before it takes the old one's place. */
function NewKey({ account, onClose, onDone }) {
  const [key, setKey] = useState("");
  const [findings, setFindings] = useState(null);
  const action = useAction(async () => {
    const trial = { name: account.name, base_url: account.base_url, api_key: key.trim() };
    const found = (await post("integrated-account?dry_run=true", trial)).findings;
    setFindings(found);
    if (!worked(found)) return;
    await patch(`integrated-account/${account.id}`, { api_key: key.trim() });
    onDone();
  });
  const { busy, failure } = action;
  const form = useFirstProblem(failure);
  const submit = (event) => {
    event.preventDefault();
    if (key.trim()) action.run();
  };
  return html`<${Dialog} title="Change the key" onClose=${onClose}>
    <form ref=${form} onSubmit=${submit} novalidate>
      <${Field}
        label="New API key"
        type="password"
        autocomplete="off"
        value=${key}
        onInput=${(event) => setKey(event.target.value)}
        problem=${failure?.of("api_key")}
        hint="It is tried first. Servers go on with it at once; their addresses stay."
      />
      ${failure && !failure.of("api_key") && html`<${Problem} failure=${failure} />`}
      <div role="status">${findings && html`<${Findings} findings=${findings} />`}</div>
      <div class="actions">
        <button type="button" class="button" onClick=${onClose}>Cancel</button>
        <button class="button primary" disabled=${busy || !key.trim()}>${busy ? "Trying …" : "Try and save"}</button>
      </div>
    </form>
  <//>`;
}

/** What goes along is looked up when it is asked for: others may have added to it. */
function Delete({ account, onClose }) {
  const { value: servers, error } = useLoaded((signal) => all(`integrated-account/${account.id}/mcp`, {}, { signal }), [
    account.id,
  ]);
  const action = useAction(async () => {
    await remove(`integrated-account/${account.id}`);
    go("accounts");
  });
  return html`<${Confirm} title="Delete the account?" verb="Delete it" action=${action} onClose=${onClose}>
    <p>
      <${Name} text=${account.name} /> goes with its key
      ${
        servers?.length === 0
          ? ". It has no MCP server."
          : html` and <strong>${along(servers)}</strong>, whose clients are refused at once.`
      }
    </p>
    <${Problem} failure=${error} />
    <p>This cannot be undone.</p>
  <//>`;
}

/** The servers of an account, in words; `null` while they are not known. */
function along(servers) {
  if (!servers) return "all its MCP servers";
  const number = counted(servers.length, "MCP server");
  return servers.length < MOST ? number : `${number} or more`;
}
