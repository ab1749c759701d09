// The limits on the calls of an MCP server: the fields of its form, and what was used.
import { html } from "../html.js";
import { formatNumber } from "../format.js";
import { Field } from "../parts/field.js";

/** The limits, with their config keys and the names of what they count in `used_last_hour`. */
const LIMITS = [
  {
    key: "calls_per_hour",
    counted: "calls",
    label: "Calls per hour",
    hint: "Calls beyond it are refused with the time to wait. Leave empty for no limit.",
  },
  {
    key: "writes_per_hour",
    counted: "writes",
    label: "Changes per hour",
    hint: "The calls among them that create, change, send or delete something.",
  },
];

/** The names under which the server refuses wrong limits. */
export const LIMIT_FIELDS = LIMITS.map(({ key }) => `config.${key}`);

/** Whether a config limits calls. */
export const isLimited = (config) => LIMITS.some(({ key }) => config[key]);

export function LimitFields({ config, onChange, failure }) {
  return LIMITS.map(
    ({ key, label, hint }) => html`<${Field}
      key=${key}
      label=${label}
      type="number"
      min="1"
      step="1"
      inputmode="numeric"
      value=${config[key] ?? ""}
      onInput=${(event) => onChange(key, event.target.value === "" ? undefined : Number(event.target.value))}
      problem=${failure?.problemOf(`config.${key}`)}
      hint=${hint}
    />`,
  );
}

/** What a server has used of its limits in the last hour. */
export function UsedCalls({ server: { config, used_last_hour: used } }) {
  if (!used) return null;
  return LIMITS.filter(({ key }) => config[key]).map(
    ({ key, counted }) => html`<div key=${key}>
      <small class="muted">
        ${formatNumber(used[counted])} of ${formatNumber(config[key])} ${counted === "calls" ? "calls" : "changes"} in the last hour
      </small>
    </div>`,
  );
}
