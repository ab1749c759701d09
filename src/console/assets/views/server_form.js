// Creating and editing an MCP server, with what results from each choice shown at once.
import { html, useEffect, useMemo, useState } from "../html.js";
import { get, patch, post } from "../api.js";
import { useAction, useLoaded } from "../load.js";
import { go, link } from "../route.js";
import { tidy } from "../scope.js";
import { counted } from "../words.js";
import { Field, useFirstProblem } from "../parts/field.js";
import { Name, Pending, Problem } from "../parts/states.js";
import { ending, Expiry } from "./expiry.js";
import { Handover } from "./handover.js";
import { Outcome, ScopeForm } from "./scope_form.js";

/** How long the form waits for another change before it asks what results, in milliseconds. */
const PAUSE = 200;

const servers = (account) => `integrated-account/${account}/mcp`;
const dryRun = (account, config, signal) =>
  post(`${servers(account)}?dry_run=true`, { name: "preview", config }, { signal });

/** The account, all its tools, and which of them only read. */
async function load(account, signal) {
  const [about, everything, reading] = await Promise.all([
    get(`integrated-account/${account}`, { signal }),
    dryRun(account, {}, signal),
    // An API may have no tool that only reads.
    dryRun(account, { methods: ["read"] }, signal).catch(() => ({ tools: [] })),
  ]);
  return { about, tools: everything.tools, reading: new Set(reading.tools.map((tool) => tool.name)) };
}

/** How many tools a configuration selects, and how much a client reads for them. */
async function look(account, config, signal) {
  const { tool_exposure: exposure, ...selecting } = config;
  const [selected, listed] = await Promise.all([
    dryRun(account, selecting, signal),
    exposure ? dryRun(account, config, signal) : null,
  ]);
  return { count: selected.tools.length, bytes: (listed ?? selected).bytes };
}

function usePreview(account, config) {
  const [state, setState] = useState({ preview: null, failure: null, loading: true });
  const key = JSON.stringify(config);
  useEffect(() => {
    const stop = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    const timer = setTimeout(() => {
      look(account, config, stop.signal).then(
        (preview) => stop.signal.aborted || setState({ preview, failure: null, loading: false }),
        (failure) => stop.signal.aborted || setState({ preview: null, failure, loading: false }),
      );
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [account, key]);
  return state;
}

function ServerForm({ account, server, loaded, onSave }) {
  const [name, setName] = useState(server?.name ?? "");
  const [config, setConfig] = useState(server?.config ?? { methods: ["read"] });
  const [end, setEnd] = useState({ span: server?.expires_at ? "keep" : "never", date: "" });
  const tidied = useMemo(() => tidy(config), [config]);
  const preview = usePreview(account, tidied);
  const action = useAction(() => onSave({ name: name.trim(), config: tidied, expires_at: ending(end) }));
  const { busy, failure } = action;
  const form = useFirstProblem(failure);
  const own = ["name", "expires_at"];
  const elsewhere = failure && !failure.violations.some(({ argument }) => own.includes(argument));
  const submit = (event) => {
    event.preventDefault();
    action.run();
  };
  const set = (key, value) => setConfig({ ...config, [key]: value });
  return html`<form class="split" ref=${form} onSubmit=${submit} novalidate>
    <div class="card form">
      <${Field}
        label="Name"
        autocomplete="off"
        maxlength="200"
        value=${name}
        onInput=${(event) => setName(event.target.value)}
        problem=${failure?.of("name")}
        hint="Who or what it is for, such as: Claude, night shift."
      />
      <${ScopeForm} config=${config} onChange=${setConfig} />
      <${Expiry}
        present=${server?.expires_at}
        onChange=${setEnd}
        problem=${failure?.of("expires_at")}
        hint="From then on its address is refused."
      />
      <details class="rare" open=${Boolean(config.require_api_token_auth || config.tool_exposure === "discovery")}>
        <summary>More</summary>
        <label class="check">
          <input
            type="checkbox"
            checked=${Boolean(config.require_api_token_auth)}
            onChange=${(event) => set("require_api_token_auth", event.target.checked)}
          />
          <span>
            <strong>Second factor</strong>
            <small>
              Clients must also send an API token as a bearer token. Connectors of Claude and ChatGPT cannot.
            </small>
          </span>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked=${config.tool_exposure === "discovery"}
            onChange=${(event) => set("tool_exposure", event.target.checked ? "discovery" : undefined)}
          />
          <span>
            <strong>Tools by search</strong>
            <small>
              The client sees three tools that find and call the others, for clients that a long list slows down.
            </small>
          </span>
        </label>
      </details>
      ${elsewhere && html`<${Problem} failure=${failure} />`}
      <div class="actions sticky">
        <span class="brief muted" aria-hidden="true">${preview.preview && counted(preview.preview.count, "tool")}</span>
        <a class="button" href=${link("accounts", account)}>Cancel</a>
        <button
          class="button primary"
          disabled=${busy}
        >
          ${busy ? "Saving …" : server ? "Save" : "Create server"}
        </button>
      </div>
    </div>
    <${Outcome} config=${config} onChange=${setConfig} tools=${loaded.tools} reading=${loaded.reading} ...${preview} />
  </form>`;
}

function Crumbs({ about }) {
  return html`<nav class="crumbs" aria-label="Where you are">
    <a href=${link("accounts")}>Accounts</a>
    <a href=${link("accounts", about.id)}><${Name} text=${about.name} /></a>
  </nav>`;
}

export function NewServer({ account }) {
  const { value, error, again } = useLoaded((signal) => load(account, signal), [account]);
  const [created, setCreated] = useState(null);
  if (created) return html`<${Handover} server=${created} />`;
  if (!value) return html`<${Pending} title="New MCP server" what="tools" failure=${error} onRetry=${again} />`;
  const save = async ({ expires_at: end, ...body }) => {
    setCreated(await post(servers(account), end ? { ...body, expires_at: end } : body));
  };
  return html`<${Crumbs} about=${value.about} />
    <h1>New MCP server</h1>
    <${ServerForm} account=${account} loaded=${value} onSave=${save} />`;
}

/** Keys that are gone from a configuration have to be taken out one by one. */
function changes(before, after) {
  const gone = Object.keys(before).filter((key) => !(key in after));
  return { ...after, ...Object.fromEntries(gone.map((key) => [key, null])) };
}

export function EditServer({ account, id }) {
  const path = `${servers(account)}/${id}`;
  const { value, error, again } = useLoaded(
    async (signal) => ({ ...(await load(account, signal)), server: await get(path, { signal }) }),
    [account, id],
  );
  if (!value) return html`<${Pending} title="MCP server" what="the server" failure=${error} onRetry=${again} />`;
  const save = async ({ name, config, expires_at: end }) => {
    const body = { name, config: changes(value.server.config, config) };
    await patch(path, end === undefined ? body : { ...body, expires_at: end });
    go("accounts", account);
  };
  return html`<${Crumbs} about=${value.about} />
    <h1>Edit <${Name} text=${value.server.name} /></h1>
    <p
      class="hint"
    >
      Its address stays the same. Clients see the change when they list tools again; what is taken away is refused at
      once.
    </p>
    <${ServerForm} account=${account} server=${value.server} loaded=${value} onSave=${save} />`;
}
