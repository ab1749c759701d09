// The audit log: who changed what, and who was refused. Values are never recorded, so none are shown.
import { html, useState } from "../html.js";
import { get } from "../api.js";
import { useAction, useLoaded } from "../load.js";
import { title } from "../format.js";
import { ActionButton } from "../parts/button.js";
import { Field } from "../parts/field.js";
import { Empty, ErrorNotice, Loading, Name } from "../parts/states.js";
import { Time } from "../parts/time.js";

const ACTIONS = ["created", "updated", "rotated", "revoked", "deleted", "signed_in", "signed_out", "denied"];
const OBJECTS = [
  "account", "server", "api_token", "user", "identity_provider", "oauth_client", "connection", "master_key", "admin_api",
];
const LABELS = { oauth_client: "OAuth client", server: "MCP server" };
const label = (name) => LABELS[name] ?? title(name);
const TONES = { denied: "bad", revoked: "warn", deleted: "warn", rotated: "warn" };
const PAGE_SIZE = 50;

function load(filter, cursor, signal) {
  const given = Object.fromEntries(Object.entries({ ...filter, next_cursor: cursor }).filter(([, value]) => value));
  return get(`audit?${new URLSearchParams({ ...given, limit: PAGE_SIZE })}`, { signal });
}

/** A selection of one name of a list. */
function Select({ name, all, options, value, onChange }) {
  return html`<${Field} label=${name}>
    ${(common) => html`<select ...${common} value=${value} onChange=${(event) => onChange(event.target.value)}>
      <option value="" selected=${value === ""}>${all}</option>
      ${options.map((option) => html`<option key=${option} value=${option} selected=${option === value}>${label(option)}</option>`)}
    </select>`}
  <//>`;
}

export function Audit() {
  const [filter, setFilter] = useState({ actor: "", action: "", object: "" });
  // The name while it is typed. It is searched for when it is complete.
  const [actor, setActor] = useState("");
  const { value: first, error, reload } = useLoaded((signal) => load(filter, null, signal), Object.values(filter));
  const set = (key) => (value) => setFilter({ ...filter, [key]: value });
  return html`<h1>Audit log</h1>
    <p class="lead">Changes, sign-ins and refused sign-ins, latest first. The server's settings say how long they are stored.</p>
    <div class="filters" role="search" aria-label="Filters">
      <${Select} name="Event" all="All events" options=${ACTIONS} value=${filter.action} onChange=${set("action")} />
      <${Select} name="Object" all="All objects" options=${OBJECTS} value=${filter.object} onChange=${set("object")} />
      <${Field}
        label="By"
        type="search"
        placeholder="Exact name"
        autocomplete="off"
        value=${actor}
        onInput=${(event) => setActor(event.target.value)}
        onChange=${() => set("actor")(actor.trim())}
      />
    </div>
    <${ErrorNotice} failure=${error} onRetry=${reload} />
    ${first ? html`<${Events} key=${JSON.stringify(first)} first=${first} filter=${filter} />` : !error && html`<${Loading} what="events" />`}`;
}

/** The events of the first page, and of further ones on demand. */
function Events({ first, filter }) {
  const [{ result: events, next_cursor: cursor }, setPage] = useState(first);
  const more = useAction(async () => {
    const next = await load(filter, cursor);
    setPage({ result: [...events, ...next.result], next_cursor: next.next_cursor });
  });
  if (events.length === 0) return html`<${Empty} title="No events"><p>No event matches these filters.</p><//>`;
  return html`<div class="table">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">By</th>
            <th scope="col">Event</th>
            <th scope="col">Object</th>
            <th scope="col">Fields</th>
          </tr>
        </thead>
        <tbody>
          ${events.map(
            (event) => html`<tr key=${event.id}>
              <td data-label="Time"><${Time} time=${event.at} /></td>
              <td data-label="By">
                <${Name} text=${event.actor} />
                ${event.address && html`<small class="muted"> ${event.address}</small>`}
              </td>
              <td data-label="Event"><span class=${`pill ${TONES[event.action] ?? ""}`}>${title(event.action)}</span></td>
              <td data-label="Object">
                <small class="muted">${label(event.object)}</small>${" "}
                ${event.object_name && html`<${Name} text=${event.object_name} />`}
              </td>
              <td data-label="Fields" class="code">${event.fields.join(", ") || "–"}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <${ErrorNotice} failure=${more.failure} />
    ${
      cursor &&
      html`<div class="actions">
        <${ActionButton} type="button" tone="" busy=${more.busy} label="Show earlier events" busyLabel="Loading…" onClick=${more.run} />
      </div>`
    }`;
}
