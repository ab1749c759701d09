// Creating and editing an MCP server. The effect of each choice on the tools is shown at once.
import { html, useEffect, useMemo, useState } from "../html.js";
import { announce } from "../announce.js";
import { get, getTagged, patch, post } from "../api.js";
import { UNSAVED_EDITS, useGuard } from "../leave.js";
import { useLoaded } from "../load.js";
import { link, navigate } from "../route.js";
import { configChange, withoutEmpty } from "../scope.js";
import { counted } from "../format.js";
import { ActionButton } from "../parts/button.js";
import { Field, useFocusFirstProblem } from "../parts/field.js";
import { useFocusReturn } from "../parts/focus.js";
import { LeaveLink } from "../parts/leave.js";
import { Name, Pending, ErrorNotice } from "../parts/states.js";
import { AccessForm, asksForSignIn, SIGN_IN_FIELDS } from "./access_form.js";
import { ADMISSION_FIELDS, AdmissionFields, isRestricted } from "./admission.js";
import { isLimited, LIMIT_FIELDS, LimitFields } from "./call_limits.js";
import { Confirmation } from "./confirmation.js";
import { Differences, useRevisedAction } from "./differences.js";
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

/** The keys of a config whose choices are advanced. */
const ADVANCED = ["require_api_token_auth", "tool_exposure", "results"];

/** The scope of a new server, until another is chosen. */
const NEW = { name: "", config: { methods: ["read"] } };

/**
 * The form for a server. `seen` is the server with the tag of its revision, or undefined for a new one. `onSave` gets
 * the fields that differ from it, and the tag.
 */
function ServerForm({ account, seen, loaded, onSave, onDiscard }) {
  const server = seen?.object;
  const before = server ?? NEW;
  const unchanged = server?.expires_at ? "keep" : "never";
  const [name, setName] = useState(before.name);
  const [config, setConfig] = useState(before.config);
  const [expiry, setExpiry] = useState({ span: unchanged, date: "" });
  const cleaned = useMemo(() => withoutEmpty(config), [config]);
  // Who may sign in has no effect on the tools, and can be wrong while it is being entered.
  const { sign_in: _, ...scope } = cleaned;
  const preview = usePreview(account, scope);
  const change = {
    ...(name.trim() !== before.name && { name: name.trim() }),
    ...(Object.keys(configChange(before.config, config)).length > 0 && { config: configChange(before.config, config) }),
    ...(expiry.span !== unchanged && { expires_at: expiresAt(expiry) }),
  };
  useGuard(Object.keys(change).length > 0 ? UNSAVED_EDITS : null);
  const { conflict, ...action } = useRevisedAction(seen, (target) =>
    onSave(server ? change : { ...change, name: name.trim(), config: cleaned }, target?.tag),
  );
  const { busy, failure } = action;
  const form = useFocusFirstProblem(failure);
  const fields = ["name", "expires_at", ...LIMIT_FIELDS, ...ADMISSION_FIELDS, ...SIGN_IN_FIELDS];
  const generalFailure = failure && !fields.some((field) => failure.problemOf(field));
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
      <${AccessForm} isNew=${!server} config=${config} onChange=${setConfig} failure=${failure} />
      <${ScopeForm} config=${config} onChange=${setConfig} />
      <${Confirmation}
        value=${config.confirm}
        onChange=${(value) => set("confirm", value)}
        problem=${failure?.problemOf("config.confirm")}
      />
      <${Expiry}
        present=${server?.expires_at}
        onChange=${setExpiry}
        problem=${failure?.problemOf("expires_at")}
        hint="After this time, the URL stops working."
      />
      <details class="rare" open=${ADVANCED.some((key) => config[key]) || isLimited(config) || isRestricted(config)}>
        <summary>Advanced</summary>
        <${LimitFields} config=${config} onChange=${set} failure=${failure} />
        <${AdmissionFields} config=${config} onChange=${set} failure=${failure} />
        ${
          !asksForSignIn(config) &&
          html`<label class="check">
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
        </label>`
        }
        <label class="check">
          <input
            type="checkbox"
            checked=${config.tool_exposure === "discovery"}
            onChange=${(event) => set("tool_exposure", event.target.checked ? "discovery" : undefined)}
          />
          <span>
            <strong>Tool discovery</strong>
            <small>
              The client gets a few tools that find and call the others. Use it for clients that are slow with a long list.
            </small>
          </span>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked=${config.results === "raw"}
            onChange=${(event) => set("results", event.target.checked ? "raw" : undefined)}
          />
          <span>
            <strong>Raw results</strong>
            <small>
              Tools answer with the API's replies unchanged. Models read the compact results, the default, better and
              cheaper; use raw ones for programs that expect the API's JSON.
            </small>
          </span>
        </label>
      </details>
      ${generalFailure && html`<${ErrorNotice} failure=${failure} />`}
      ${
        conflict &&
        html`<${Differences}
          kind="MCP server"
          before=${server}
          current=${conflict.object}
          mine=${[...Object.keys(change), ...Object.keys(change.config ?? {})]}
        >
          <p>Your changes were not saved. You can save them on top: only the fields that you changed are replaced.</p>
          <div class="actions">
            <button type="button" class="button" onClick=${() => onDiscard(conflict)}>Discard my changes</button>
            <${ActionButton} busy=${busy} label="Save my changes on top" busyLabel="Saving…" />
          </div>
        <//>`
      }
      <div class="actions sticky">
        <span class="brief muted" aria-hidden="true">${preview.preview && counted(preview.preview.count, "tool")}</span>
        <${LeaveLink} to=${["accounts", account]}>Cancel<//>
        ${
          !conflict &&
          html`<${ActionButton} busy=${busy} label=${server ? "Save" : "Create server"} busyLabel="Saving…" />`
        }
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
  const save = async (body) => setCreated(await post(serversPath(account), body));
  return html`<${Breadcrumb} account=${value.details} />
    <h1>New MCP server</h1>
    <${ServerForm} account=${account} loaded=${value} onSave=${save} />`;
}

export function EditServer({ account, id }) {
  const path = `${serversPath(account)}/${id}`;
  const { value, error, reload } = useLoaded(
    async (signal) => ({ ...(await load(account, signal)), seen: await getTagged(path, { signal }) }),
    [account, id],
  );
  // The revision that the user took over from somebody else, instead of the one that was loaded.
  const [taken, setTaken] = useState(null);
  const [heading, focusHeading] = useFocusReturn();
  if (!value) return html`<${Pending} title="MCP server" what="the server" failure=${error} onRetry=${reload} />`;
  const seen = taken ?? value.seen;
  const save = async (change, tag) => {
    if (Object.keys(change).length > 0) {
      const { name } = await patch(path, change, tag);
      announce(`MCP server “${name}” saved.`);
    }
    navigate("accounts", account);
  };
  const discard = (current) => {
    setTaken(current);
    announce("Your changes were discarded.");
    focusHeading();
  };
  return html`<${Breadcrumb} account=${value.details} />
    <h1 ref=${heading} tabindex="-1">Edit <${Name} text=${seen.object.name} /></h1>
    <p
      class="hint"
    >
      The URL stays the
      same${!asksForSignIn(seen.object.config) && html`; you can <a href=${link("accounts", account, "servers", id, "url")}>replace it</a>`}. Removed tools are refused at once; clients see the change when they list the tools again.
    </p>
    <${ServerForm}
      key=${seen.tag}
      account=${account}
      seen=${seen}
      loaded=${value}
      onSave=${save}
      onDiscard=${discard}
    />`;
}
