// Replacing the URL of an MCP server. The old one can go on working for a while, so that no client is cut off.
import { html, useState } from "../html.js";
import { get, post } from "../api.js";
import { useAction, useLoaded } from "../load.js";
import { link } from "../route.js";
import { ActionButton } from "../parts/button.js";
import { Field } from "../parts/field.js";
import { LeaveLink } from "../parts/leave.js";
import { ErrorNotice, Name, Pending } from "../parts/states.js";
import { ServerReady } from "./server_ready.js";

const HOUR = 3600;
const OVERLAPS = [
  [0, "At once: the URL has leaked"],
  [HOUR, "In an hour"],
  [8 * HOUR, "In 8 hours"],
  [24 * HOUR, "In a day"],
];

export function NewUrl({ account, id }) {
  const path = `integrated-account/${account}/mcp/${id}`;
  const { value: server, error, reload } = useLoaded((signal) => get(path, { signal }), [path]);
  const [overlap, setOverlap] = useState(0);
  const [rotated, setRotated] = useState(null);
  const action = useAction(async () => setRotated(await post(`${path}/rotate-url`, { overlap_seconds: overlap })));
  if (rotated) return html`<${ServerReady} server=${rotated} />`;
  if (!server) return html`<${Pending} title="New URL" what="the server" failure=${error} onRetry=${reload} />`;
  const submit = (event) => {
    event.preventDefault();
    action.run();
  };
  return html`<nav class="crumbs" aria-label="Breadcrumb">
      <a href=${link("accounts")}>Accounts</a>
      <a href=${link("accounts", account)}>MCP servers</a>
    </nav>
    <h1>New URL for <${Name} text=${server.name} /></h1>
    <form class="card form narrow" onSubmit=${submit} novalidate>
      <p class="hint">
        The server keeps its tools and its history, and gets a new URL, which is shown once. Every client that uses the old
        URL needs the new one.
      </p>
      <${Field}
        label="The old URL ends"
        problem=${action.failure?.problemOf("overlap_seconds")}
        hint="URLs that were replaced earlier end then as well."
      >
        ${(common) => html`<select
          ...${common}
          value=${overlap}
          onChange=${(event) => setOverlap(Number(event.target.value))}
        >
          ${OVERLAPS.map(
            ([seconds, label]) =>
              html`<option key=${seconds} value=${seconds} selected=${seconds === overlap}>${label}</option>`,
          )}
        </select>`}
      <//>
      <${ErrorNotice} failure=${action.failure} />
      <div class="actions">
        <${LeaveLink} to=${["accounts", account]}>Cancel<//>
        <${ActionButton} busy=${action.busy} label="Replace URL" busyLabel="Replacing…" />
      </div>
    </form>`;
}
