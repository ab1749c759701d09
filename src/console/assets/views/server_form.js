// Creating and editing an MCP server. The effect of each choice on the tools is shown at once.
import { html, useEffect, useMemo, useState } from "../html.js";
import { get, patch, post } from "../api.js";
import { useAction, useLoaded } from "../load.js";
import { link, navigate } from "../route.js";
import { withoutEmpty } from "../scope.js";
import { counted } from "../format.js";
import { Field, useFocusFirstProblem } from "../parts/field.js";
import { Name, Pending, ErrorNotice } from "../parts/states.js";
import { expiresAt, Expiry } from "./expiry.js";
import { ScopeForm, SelectedTools } from "./scope_form.js";
import { ServerReady } from "./server_ready.js";

/** Delay between a change and the preview request, in milliseconds. */
const PREVIEW_DELAY = 200;

const serversPath = (account) => `integrated-account/${account}/mcp`;
const dryRun = (account, config, signal) =>
  post(`${serversPath(account)}?dry_run=true`, { name: "preview", config }, { signal });

/** Loads the account, all its tools, and the names of the tools that only read. */
async function load(account, signal) {
  const [details, everything, reading] = await Promise.all([
    get(`integrated-account/${account}`, { signal }),
    dryRun(account, {}, signal),
    // An API may have no tool that only reads.
    dryRun(account, { methods: ["read"] }, signal).catch(() => ({ tools: [] })),
  ]);
  return { details, tools: everything.tools, reading: new Set(reading.tools.map((tool) => tool.name)) };
}

/** Loads the number of tools that a config selects, and the bytes that a client loads for them. */
async function loadPreview(account, config, signal) {
  const { tool_exposure: exposure, ...scope } = config;
  const [selected, listed] = await Promise.all([
    dryRun(account, scope, signal),
    exposure ? dryRun(account, config, signal) : null,
  ]);
  return { count: selected.tools.length, bytes: (listed ?? selected).bytes };
}

function usePreview(account, config) {
  const [state, setState] = useState({ preview: null, failure: null, loading: true });
  const key = JSON.stringify(config);
  useEffect(() => {
    const abort = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    const timer = setTimeout(() => {
      loadPreview(account, config, abort.signal).then(
        (preview) => abort.signal.aborted || setState({ preview, failure: null, loading: false }),
        (failure) => abort.signal.aborted || setState({ preview: null, failure, loading: false }),
      );
    }, PREVIEW_DELAY);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [account, key]);
  return state;
}

function ServerForm({ account, server, loaded, onSave }) {
  const [name, setName] = useState(server?.name ?? "");
  const [config, setConfig] = useState(server?.config ?? { methods: ["read"] });
  const [expiry, setExpiry] = useState({ span: server?.expires_at ? "keep" : "never", date: "" });
  const cleaned = useMemo(() => withoutEmpty(config), [config]);
  const preview = usePreview(account, cleaned);
  const action = useAction(() => onSave({ name: name.trim(), config: cleaned, expires_at: expiresAt(expiry) }));
  const { busy, failure } = action;
  const form = useFocusFirstProblem(failure);
  const fields = ["name", "expires_at"];
  const generalFailure = failure && !failure.violations.some(({ argument }) => fields.includes(argument));
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
        problem=${failure?.problemOf("name")}
        hint="Who or what uses it, for example: Claude, night shift."
      />
      <${ScopeForm} config=${config} onChange=${setConfig} />
      <${Expiry}
        present=${server?.expires_at}
        onChange=${setExpiry}
        problem=${failure?.problemOf("expires_at")}
        hint="After this time, the URL stops working."
      />
      <details class="rare" open=${Boolean(config.require_api_token_auth || config.tool_exposure === "discovery")}>
        <summary>Advanced</summary>
        <label class="check">
          <input
            type="checkbox"
            checked=${Boolean(config.require_api_token_auth)}
            onChange=${(event) => set("require_api_token_auth", event.target.checked)}
          />
          <span>
            <strong>Second factor</strong>
            <small>
              Clients must also send an API token as a bearer token. Claude and ChatGPT on the web cannot do this.
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
            <strong>Tool discovery</strong>
            <small>
              The client gets three tools that find and call the others. Use it for clients that are slow with a long list.
            </small>
          </span>
        </label>
      </details>
      ${generalFailure && html`<${ErrorNotice} failure=${failure} />`}
      <div class="actions sticky">
        <span class="brief muted" aria-hidden="true">${preview.preview && counted(preview.preview.count, "tool")}</span>
        <a class="button" href=${link("accounts", account)}>Cancel</a>
        <button
          class="button primary"
          disabled=${busy}
        >
          ${busy ? "Saving…" : server ? "Save" : "Create server"}
        </button>
      </div>
    </div>
    <${SelectedTools} config=${config} onChange=${setConfig} tools=${loaded.tools} reading=${loaded.reading} ...${preview} />
  </form>`;
}

function Breadcrumb({ account }) {
  return html`<nav class="crumbs" aria-label="Breadcrumb">
    <a href=${link("accounts")}>Accounts</a>
    <a href=${link("accounts", account.id)}><${Name} text=${account.name} /></a>
  </nav>`;
}

export function NewServer({ account }) {
  const { value, error, reload } = useLoaded((signal) => load(account, signal), [account]);
  const [created, setCreated] = useState(null);
  if (created) return html`<${ServerReady} server=${created} />`;
  if (!value) return html`<${Pending} title="New MCP server" what="tools" failure=${error} onRetry=${reload} />`;
  const save = async ({ expires_at: expiry, ...body }) => {
    setCreated(await post(serversPath(account), expiry ? { ...body, expires_at: expiry } : body));
  };
  return html`<${Breadcrumb} account=${value.details} />
    <h1>New MCP server</h1>
    <${ServerForm} account=${account} loaded=${value} onSave=${save} />`;
}

/** The change of a config: removed keys are set to null. */
function configChange(before, after) {
  const removed = Object.keys(before).filter((key) => !(key in after));
  return { ...after, ...Object.fromEntries(removed.map((key) => [key, null])) };
}

export function EditServer({ account, id }) {
  const path = `${serversPath(account)}/${id}`;
  const { value, error, reload } = useLoaded(
    async (signal) => ({ ...(await load(account, signal)), server: await get(path, { signal }) }),
    [account, id],
  );
  if (!value) return html`<${Pending} title="MCP server" what="the server" failure=${error} onRetry=${reload} />`;
  const save = async ({ name, config, expires_at: expiry }) => {
    const body = { name, config: configChange(value.server.config, config) };
    await patch(path, expiry === undefined ? body : { ...body, expires_at: expiry });
    navigate("accounts", account);
  };
  return html`<${Breadcrumb} account=${value.details} />
    <h1>Edit <${Name} text=${value.server.name} /></h1>
    <p
      class="hint"
    >
      The URL stays the same. Removed tools are refused at once; clients see the change when they list the tools again.
    </p>
    <${ServerForm} account=${account} server=${value.server} loaded=${value} onSave=${save} />`;
}
