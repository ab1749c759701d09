// Activity: calls, outcomes and durations from the call log, refreshed while the page is visible.
import { html, useState } from "../html.js";
import { getAll, get } from "../api.js";
import { useLoaded, usePolling } from "../load.js";
import { counted, formatNumber, formatMilliseconds, title } from "../format.js";
import { Field } from "../parts/field.js";
import { Empty, Loading, Name, ErrorNotice } from "../parts/states.js";
import { RateLimit } from "./rate_limit.js";
import { Calls } from "./calls.js";
import { DurationChart, OutcomeChart, RateLimitChart } from "./charts.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** The selectable time ranges. `every` is the refresh interval in seconds; longer ranges are more work to sum up. */
const RANGES = [
  { name: "hour", label: "Last hour", length: HOUR, bucket: "minute", step: MINUTE, every: 5 },
  { name: "day", label: "Last 24 hours", length: 24 * HOUR, bucket: "hour", step: HOUR, every: 5 },
  { name: "week", label: "Last 7 days", length: 7 * 24 * HOUR, bucket: "hour", step: HOUR, every: 30 },
  { name: "month", label: "Last 30 days", length: 30 * 24 * HOUR, bucket: "day", step: 24 * HOUR, every: 60 },
];

/** Maximum number of accounts in the rate limit chart; more lines are hard to tell apart. */
const MAX_LINES = 4;

/** Loads the accounts and their servers, and the users. New ones appear at the next refresh. */
async function loadNames(signal) {
  const [accounts, users] = await Promise.all([
    getAll("integrated-account", {}, { signal }),
    getAll("user", {}, { signal }),
  ]);
  const lists = accounts.map((account) => getAll(`integrated-account/${account.id}/mcp`, {}, { signal }));
  const servers = (await Promise.all(lists)).flat();
  return { accounts, servers: byId(servers), users: byId(users) };
}

const byId = (objects) => new Map(objects.map((object) => [object.id, object]));

/** Loads the lowest rate limits over time: of the selected server's account, or else of the latest accounts. */
async function loadRateLimits({ accounts, servers }, server, query, signal) {
  const account = servers.get(server)?.integrated_account_id;
  const known = accounts.filter(({ id, ratelimit }) => ratelimit && (!server || id === account));
  const latest = known.sort((a, b) => Date.parse(b.ratelimit.at) - Date.parse(a.ratelimit.at)).slice(0, MAX_LINES);
  // A stable order keeps the colour of each account.
  latest.sort((a, b) => a.name.localeCompare(b.name));
  const sums = latest.map(({ id }) => getAll("log/summary", { ...query, integrated_account_id: id }, { signal }));
  const lines = (await Promise.all(sums)).map((sums, index) => ({ account: latest[index], sums }));
  return lines.filter(({ sums }) => sums.some((sum) => sum.ratelimit_remaining !== null));
}

/** Loads the calls of a range. The range is part of the result, because another may be selected while it is shown. */
async function loadCalls(range, filter, user, signal) {
  const from = Math.floor((Date.now() - range.length) / range.step) * range.step;
  const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value));
  const span = { log_type: "mcp", since: new Date(from).toISOString() };
  const query = { ...span, ...given };
  const sum = (more) => getAll("log/summary", { ...query, ...more }, { signal });
  const named = loadNames(signal);
  // Every call counts against the rate limit, so the filters for tool and outcome do not apply.
  const limits = named.then((names) =>
    loadRateLimits(names, filter.server_id, { ...span, bucket: range.bucket, group: "none" }, signal),
  );
  const [byStatus, byServer, byTime, whole, tools, recent, names, rateLimits] = await Promise.all([
    sum({ bucket: range.bucket, group: "status" }),
    sum({ bucket: "all", group: "status,server" }),
    sum({ bucket: range.bucket, group: "none" }),
    sum({ bucket: "all", group: "none" }),
    sum({ bucket: "all", group: "tool" }),
    get(`log?${new URLSearchParams({ ...query, ...(user && { user_id: user }), limit: 30 })}`, { signal }),
    named,
    limits,
  ]);
  const top = tools.filter(({ tool }) => tool).sort((a, b) => b.calls - a.calls);
  const shares = sharesOf(byServer);
  return { range, from, byStatus, shares, byTime, whole: whole[0] ?? null, top, recent: recent.result, ...names, rateLimits };
}

/** The number of calls of known servers, of those that succeeded, and of requests with an unknown URL. */
function sharesOf(byServer) {
  const sum = (chosen) => byServer.filter(chosen).reduce((sum, { calls }) => sum + calls, 0);
  return {
    known: sum(({ server_id: server }) => server),
    good: sum(({ server_id: server, status }) => server && status === "ok"),
    strangers: sum(({ server_id: server }) => !server),
  };
}

function Figures({ calls }) {
  const { whole, shares } = calls;
  const figures = [
    ["Calls", formatNumber(shares.known)],
    // Any client can send requests to an unknown URL. They say nothing about the servers.
    ["Succeeded", shares.known ? `${Math.round((100 * shares.good) / shares.known)} %` : "–"],
    ["Median duration", whole ? formatMilliseconds(whole.p50_ms) : "–", "p50"],
    ["95th percentile", whole ? formatMilliseconds(whole.p95_ms) : "–", "p95"],
  ];
  return html`<dl class="figures">
    ${figures.map(
      ([label, value, short]) => html`<div class="card" key=${label}>
        <dt>${label} ${short && html`<small>(${short})</small>`}</dt>
        <dd>${value}</dd>
      </div>`,
    )}
  </dl>
  ${
    shares.strangers > 0 &&
    html`<p class="hint">${counted(shares.strangers, "request")} with an unknown URL ${shares.strangers === 1 ? "is" : "are"}
    ${" "}not counted as calls.</p>`
  }`;
}

function RateLimits({ calls }) {
  const now = html`<ul class="plain" aria-label="Current rate limits">
    ${calls.accounts.map(
      (account) =>
        html`<li key=${account.id} class="row"><${Name} text=${account.name} /><${RateLimit}
          ratelimit=${account.ratelimit}
        /></li>`,
    )}
  </ul>`;
  if (calls.rateLimits.length > 0) return html`<${RateLimitChart} calls=${calls}>${now}<//>`;
  return html`<section class="card" aria-labelledby="rate-limits"><h2 id="rate-limits">Remaining rate limit</h2>${now}</section>`;
}

function TopTools({ top }) {
  const most = top[0]?.calls ?? 1;
  return html`<section class="card" aria-labelledby="top">
    <h2 id="top">Most called tools</h2>
    ${
      top.length === 0
        ? html`<p class="muted">No tool was called in this period.</p>`
        : html`<ol class="bars">
          ${top.slice(0, 8).map(
            ({ tool, calls, p95_ms: slow }) => html`<li key=${tool}>
              <span class="row"><span class="code">${tool}</span><span>${formatNumber(calls)} <small
                class="muted"
              >
                p95 ${formatMilliseconds(slow)}</small></span>
              </span>
              <progress max=${most} value=${calls} aria-hidden="true"></progress>
            </li>`,
          )}
        </ol>`
    }
  </section>`;
}

/** The figures, charts and latest calls. */
function Report({ calls, filtered, user, onUser }) {
  if (!calls.whole) {
    const [title, advice] = filtered
      ? ["No matching calls", "Choose another period, or remove a filter."]
      : ["No calls in this period", "Calls appear here as soon as a client uses one of your MCP servers."];
    return html`<${Empty} title=${title}><p>${advice}</p><//>
      <div class="charts"><${RateLimits} calls=${calls} /></div>`;
  }
  return html`<${Figures} calls=${calls} />
    <div class="charts">
      <${OutcomeChart} calls=${calls} />
      <${DurationChart} calls=${calls} />
      <${RateLimits} calls=${calls} />
      <${TopTools} top=${calls.top} />
    </div>
    <${Calls} calls=${calls.recent} servers=${calls.servers} users=${calls.users} user=${user} onUser=${onUser} />`;
}

function Filter({ label, value, options, onChange }) {
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
  // The sums know no users, so that this filter is for the latest calls only.
  const [user, setUser] = useState("");
  const [live, setLive] = useState(true);
  const {
    value: calls,
    error,
    loading,
    reload,
  } = useLoaded((signal) => loadCalls(range, filter, user, signal), [
    range,
    filter.server_id,
    filter.tool,
    filter.status,
    user,
  ]);
  // Every tool and status seen so far stays selectable, also when the current result lacks it.
  const [seen, setSeen] = useState({ tools: [], statuses: [] });
  usePolling(reload, range.every, live && !loading);
  const unseen = (list, found) => found.filter((name) => name && !list.includes(name));
  if (calls) {
    const tools = unseen(
      seen.tools,
      calls.top.map(({ tool }) => tool),
    );
    const statuses = unseen(seen.statuses, [...new Set(calls.byStatus.map(({ status }) => status))]);
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
        <span>Refresh automatically</span>
      </label>
    </div>
    <div class="filters" role="group" aria-label="Filters">
      <${Filter}
        label="Period"
        value=${range.name}
        options=${RANGES.map(({ name, label }) => [name, label])}
        onChange=${(name) => setRange(RANGES.find((other) => other.name === name))}
      />
      <${Filter}
        label="Server"
        value=${filter.server_id}
        options=${[["", "All servers"], ...servers.map(({ id, name }) => [id, name])]}
        onChange=${set("server_id")}
      />
      <${Filter}
        label="Tool"
        value=${filter.tool}
        options=${[["", "All tools"], ...seen.tools.map((name) => [name, name])]}
        onChange=${set("tool")}
      />
      <${Filter}
        label="Outcome"
        value=${filter.status}
        options=${[["", "All outcomes"], ...seen.statuses.map((name) => [name, title(name)])]}
        onChange=${set("status")}
      />
    </div>
    <${ErrorNotice} failure=${error} onRetry=${reload} />
    ${
      calls
        ? html`<${Report} calls=${calls} filtered=${filtered} user=${user} onUser=${setUser} />`
        : !error && html`<${Loading} what="calls" />`
    }`;
}
