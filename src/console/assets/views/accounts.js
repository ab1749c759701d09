// All accounts; without any, how to begin.
import { html } from "../html.js";
import { all } from "../api.js";
import { useFacts } from "../facts.js";
import { useLoaded } from "../load.js";
import { link } from "../route.js";
import { Cut, Empty, Name, Pending, Problem } from "../parts/states.js";
import { Budget, Health } from "./budget.js";

export function Accounts() {
  const { title, variables } = useFacts();
  const { value: accounts, error, again } = useLoaded((signal) => all("integrated-account", {}, { signal }), []);
  if (!accounts) return html`<${Pending} title="Accounts" what="accounts" failure=${error} onRetry=${again} />`;
  const add = html`<a class="button primary" href=${link("accounts", "new")}>Add an account</a>`;
  if (accounts.length === 0) {
    return html`<h1>Accounts</h1>
      <${Empty} title="Connect your ${title} account">
        <ol class="steps">
          <li>Add the account with its API key. The key is tried first, kept sealed, and never shown again.</li>
          <li>Create an MCP server: a set of tools that a client may use.</li>
          <li>Copy its address into Claude, or another client.</li>
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
    <${Problem} failure=${error} onRetry=${again} />
    <ul class="cards">
      ${accounts.map(
        (account) => html`<li key=${account.id}>
          <a class="card account" href=${link("accounts", account.id)}>
            <span class="row">
              <strong><${Name} text=${account.name} /></strong>
              <${Health} status=${account.status} />
            </span>
            <span class="muted address"><bdi>${address(account)}</bdi></span>
            <${Budget} ratelimit=${account.ratelimit} />
            <span class="more">MCP servers<span aria-hidden="true"> →</span></span>
          </a>
        </li>`,
      )}
    </ul>
    <${Cut} list=${accounts} />`;
}
