// The list of accounts, or the first steps when there are no accounts.
import { html } from "../html.js";
import { getAll } from "../api.js";
import { useFacts } from "../facts.js";
import { useLoaded } from "../load.js";
import { link } from "../route.js";
import { TruncationNote, Empty, Name, Pending, ErrorNotice } from "../parts/states.js";
import { AccountStatus, RateLimit } from "./rate_limit.js";

export function Accounts() {
  const { title, variables } = useFacts();
  const { value: accounts, error, reload } = useLoaded((signal) => getAll("integrated-account", {}, { signal }), []);
  if (!accounts) return html`<${Pending} title="Accounts" what="accounts" failure=${error} onRetry=${reload} />`;
  const add = html`<a class="button primary" href=${link("accounts", "new")}>Add account</a>`;
  if (accounts.length === 0) {
    return html`<h1>Accounts</h1>
      <${Empty} title="Connect your ${title} account">
        <ol class="steps">
          <li>Add the account with its API key. The key is tested, stored encrypted, and never shown again.</li>
          <li>Create an MCP server, which gives a client a set of tools.</li>
          <li>Copy its URL into Claude or another client.</li>
        </ol>
        ${add}
      <//>`;
  }
  const address = (account) =>
    variables
      .map(({ name }) => account[name])
      .filter(Boolean)
      .join(" · ") || account.base_url;
  return html`<div class="head"><h1>Accounts</h1>${add}</div>
    <${ErrorNotice} failure=${error} onRetry=${reload} />
    <ul class="cards">
      ${accounts.map(
        (account) => html`<li key=${account.id}>
          <a class="card account" href=${link("accounts", account.id)}>
            <span class="row">
              <strong><${Name} text=${account.name} /></strong>
              <${AccountStatus} account=${account} />
            </span>
            <span class="muted address"><bdi>${address(account)}</bdi></span>
            <${RateLimit} ratelimit=${account.ratelimit} />
            <span class="more">MCP servers<span aria-hidden="true"> →</span></span>
          </a>
        </li>`,
      )}
    </ul>
    <${TruncationNote} list=${accounts} />`;
}
