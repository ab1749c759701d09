// What is called, how it goes and how long it takes: from the call log, kept up to date while somebody looks.
import { html, useState } from "../html.js";
import { all, get } from "../api.js";
import { useLoaded, usePolling } from "../load.js";
import { count, milliseconds, title } from "../words.js";
import { Field } from "../parts/field.js";
import { Empty, Loading, Name, Problem } from "../parts/states.js";
import { Budget } from "./budget.js";
import { Calls } from "./calls.js";
import { BudgetChart, LatencyChart, OutcomeChart } from "./charts.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The spans of time; `every` is how often one is brought up to date, in seconds: the longer, the more to add up. */
const RANGES = [
  { name: "hour", label: "Last hour", length: HOUR, bucket: "minute", step: MINUTE, every: 5 },
  { name: "day", label: "Last 24 hours", length: 24 * HOUR, bucket: "hour", step: HOUR, every: 5 },
  { name: "week", label: "Last 7 days", length: 7 * 24 * HOUR, bucket: "hour", step: HOUR, every: 30 },
  { name: "month", label: "Last 30 days", length: 30 * 24 * HOUR, bucket: "day", step: 24 * HOUR, every: 60 },
];

/** How many accounts the chart of budgets shows at most: more lines nobody tells apart. */
const LINES = 4;

/** The accounts and their servers: new ones are there as soon as the page brings itself up to date. */
async function loadNames(signal) {
  const accounts = await all("integrated-account", {}, { signal });
  const lists = accounts.map((account) => all(`integrated-account/${account.id}/mcp`, {}, { signal }));
  const servers = (await Promise.all(lists)).flat();
  return { accounts, servers: new Map(servers.map((server) => [server.id, server])) };
}

/** How low the budgets went: that of the server's account, or else those that were told of last. */
async function loadBudgets({ accounts, servers }, server, query, signal) {
  const account = servers.get(server)?.integrated_account_id;
  const told = accounts.filter(({ id, ratelimit }) => ratelimit && (!server || id === account));
  const latest = told.sort((a, b) => Date.parse(b.ratelimit.at) - Date.parse(a.ratelimit.at)).slice(0, LINES);
  // Each keeps its place, and so its colour, whichever was called last.
  latest.sort((a, b) => a.name.localeCompare(b.name));
  const sums = latest.map(({ id }) => all("log/summary", { ...query, integrated_account_id: id }, { signal }));
  const lines = (await Promise.all(sums)).map((sums, index) => ({ account: latest[index], sums }));
  return lines.filter(({ sums }) => sums.some((sum) => sum.ratelimit_remaining !== null));
}

/** The calls of `range`. Charts draw them by that one: another may be chosen while these are still there. */
async function loadCalls(range, filter, signal) {
  const from = Math.floor((Date.now() - range.length) / range.step) * range.step;
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value));
  const span = { log_type: "mcp", since: new Date(from).toISOString() };
  const query = { ...span, ...given };
  const sum = (more) => all("log/summary", { ...query, ...more }, { signal });
  const named = loadNames(signal);
  // A call takes from the budget whatever it calls and however it goes.
  const lowest = named.then((names) =>
    loadBudgets(names, filter.server_id, { ...span, bucket: range.bucket, group: "none" }, signal),
  );
  const [byStatus, byTime, whole, tools, recent, names, budgets] = await Promise.all([
    sum({ bucket: range.bucket, group: "status" }),
    sum({ bucket: range.bucket, group: "none" }),
    sum({ bucket: "all", group: "none" }),
    sum({ bucket: "all", group: "tool" }),
    get(`log?${new URLSearchParams({ ...query, limit: 30 })}`, { signal }),
    named,
    lowest,
  ]);
  const top = tools.filter(({ tool }) => tool).sort((a, b) => b.calls - a.calls);
  return { range, from, byStatus, byTime, whole: whole[0] ?? null, top, recent: recent.result, ...names, budgets };
}

function Figures({ calls }) {
  const good = calls.byStatus.filter(({ status }) => status === "ok").reduce((sum, entry) => sum + entry.calls, 0);
  const { whole } = calls;
  const figures = [
    ["Calls", whole ? count(whole.calls) : "0"],
    ["Succeeded", whole ? `${Math.round((100 * good) / whole.calls)} %` : "–"],
    ["Half take at most", whole ? milliseconds(whole.p50_ms) : "–", "p50"],
    ["95 % take at most", whole ? milliseconds(whole.p95_ms) : "–", "p95"],
  ];
  return html`<dl class="figures">
    ${figures.map(
      ([label, value, short]) => html`<div class="card" key=${label}>
        <dt>${label} ${short && html`<small>(${short})</small>`}</dt>
        <dd>${value}</dd>
      </div>`,
    )}
  </dl>`;
}

function Budgets({ calls }) {
  const now = html`<ul class="plain" aria-label="Remaining now">
    ${calls.accounts.map(
      (account) =>
        html`<li key=${account.id} class="row"><${Name} text=${account.name} /><${Budget}
          ratelimit=${account.ratelimit}
        /></li>`,
    )}
  </ul>`;
  if (calls.budgets.length > 0) return html`<${BudgetChart} calls=${calls}>${now}<//>`;
  return html`<section class="card" aria-labelledby="budgets"><h2 id="budgets">Remaining budget</h2>${now}</section>`;
}

function TopTools({ top }) {
  const most = top[0]?.calls ?? 1;
  return html`<section class="card" aria-labelledby="top">
    <h2 id="top">Most called tools</h2>
    ${
      top.length === 0
        ? html`<p class="muted">None in this time.</p>`
        : html`<ol class="bars">
          ${top.slice(0, 8).map(
            ({ tool, calls, p95_ms: slow }) => html`<li key=${tool}>
              <span class="row"><span class="code">${tool}</span><span>${count(calls)} <small
                class="muted"
              >
                p95 ${milliseconds(slow)}</small></span>
              </span>
              <progress max=${most} value=${calls} aria-hidden="true"></progress>
            </li>`,
          )}
        </ol>`
    }
  </section>`;
}

/** What there is to say of the calls that were found. */
function Report({ calls, filtered }) {
  if (!calls.whole) {
    const [title, advice] = filtered
      ? ["No such call in this time", "Choose another time, or fewer limits."]
      : ["No calls in this time", "As soon as a client calls a tool through one of your MCP servers, it shows here."];
    return html`<${Empty} title=${title}><p>${advice}</p><//>
      <div class="charts"><${Budgets} calls=${calls} /></div>`;
  }
  return html`<${Figures} calls=${calls} />
    <div class="charts">
      <${OutcomeChart} calls=${calls} />
      <${LatencyChart} calls=${calls} />
      <${Budgets} calls=${calls} />
      <${TopTools} top=${calls.top} />
    </div>
    <${Calls} calls=${calls.recent} servers=${calls.servers} />`;
}

function Pick({ label, value, options, onChange }) {
  return html`<${Field} label=${label}>
    ${(common) => html`<select ...${common} value=${value} onChange=${(event) => onChange(event.target.value)}>
      ${options.map(
        ([option, text]) => html`<option
        key=${option}
        value=${option}
        selected=${option === value}
      >
        ${text}
      </option>`,
      )}
    </select>`}
  <//>`;
}

export function Activity({ query }) {
  const [range, setRange] = useState(RANGES[1]);
  const [filter, setFilter] = useState({ server_id: query.get("server") ?? "", tool: "", status: "" });
  const [live, setLive] = useState(true);
  const {
    value: calls,
    error,
    loading,
    again,
  } = useLoaded((signal) => loadCalls(range, filter, signal), [range, filter.server_id, filter.tool, filter.status]);
  // What has been seen can be chosen, and what is chosen stays.
  const [seen, setSeen] = useState({ tools: [], statuses: [] });
  usePolling(again, range.every, live && !loading);
  const missing = (list, found) => found.filter((name) => name && !list.includes(name));
  if (calls) {
    const tools = missing(
      seen.tools,
      calls.top.map(({ tool }) => tool),
    );
    const statuses = missing(seen.statuses, [...new Set(calls.byStatus.map(({ status }) => status))]);
    if (tools.length + statuses.length > 0) {
      setSeen({ tools: [...seen.tools, ...tools].sort(), statuses: [...seen.statuses, ...statuses].sort() });
    }
  }
  const servers = [...(calls?.servers.values() ?? [])];
  const set = (key) => (value) => setFilter({ ...filter, [key]: value });
  const filtered = Object.values(filter).some(Boolean);
  return html`<div class="head">
      <h1>Activity</h1>
      <label class="check inline">
        <input type="checkbox" checked=${live} onChange=${(event) => setLive(event.target.checked)} />
        <span>Update by itself</span>
      </label>
    </div>
    <div class="filters" role="group" aria-label="Which calls are shown">
      <${Pick}
        label="Time"
        value=${range.name}
        options=${RANGES.map(({ name, label }) => [name, label])}
        onChange=${(name) => setRange(RANGES.find((other) => other.name === name))}
      />
      <${Pick}
        label="Server"
        value=${filter.server_id}
        options=${[["", "All servers"], ...servers.map(({ id, name }) => [id, name])]}
        onChange=${set("server_id")}
      />
      <${Pick}
        label="Tool"
        value=${filter.tool}
        options=${[["", "All tools"], ...seen.tools.map((name) => [name, name])]}
        onChange=${set("tool")}
      />
      <${Pick}
        label="Outcome"
        value=${filter.status}
        options=${[["", "All outcomes"], ...seen.statuses.map((name) => [name, title(name)])]}
        onChange=${set("status")}
      />
    </div>
    <${Problem} failure=${error} onRetry=${again} />
    ${
      calls
        ? html`<${Report} calls=${calls} filtered=${filtered} />`
        : !error && html`<${Loading} what="calls" />`
    }`;
}
