// Who reaches an MCP server at all: the fields of its form, and what the list of servers says of them.
import { html, useState } from "../html.js";
import { Field } from "../parts/field.js";

const KEY = "config.allowed_ips";

/** The names under which the server refuses wrong values. */
export const ADMISSION_FIELDS = [KEY];

/** Whether a config restricts who reaches the server. */
export const isRestricted = (config) => Boolean(config.paused || config.allowed_ips);

/** The addresses in a text, which people separate by commas, spaces or lines. */
const addresses = (text) => text.split(/[\s,]+/).filter(Boolean);

export function AdmissionFields({ config, onChange, failure }) {
  const [text, setText] = useState((config.allowed_ips ?? []).join(", "));
  const change = (event) => {
    setText(event.target.value);
    onChange("allowed_ips", addresses(event.target.value));
  };
  return html`<label class="check">
      <input
        type="checkbox"
        checked=${Boolean(config.paused)}
        onChange=${(event) => onChange("paused", event.target.checked)}
      />
      <span>
        <strong>Paused</strong>
        <small>The URL answers as if it did not exist, until you clear this box.</small>
      </span>
    </label>
    <${Field}
      label="Allowed addresses"
      autocomplete="off"
      spellcheck="false"
      value=${text}
      onInput=${change}
      problem=${failure?.problemOf(KEY)}
      hint="IP addresses and networks, such as 192.0.2.0/24. For other clients, the URL does not exist. Leave empty for all. Claude and ChatGPT on the web call from their provider's network."
    />`;
}

/** The restrictions of a server in the list of servers. */
export function Restrictions({ config: { paused, allowed_ips: allowed } }) {
  return html`${paused && html`<span class="pill warn">paused</span>`}
    ${allowed && html`<span class="pill" title=${allowed.join(", ")}>some addresses</span>`}`;
}
