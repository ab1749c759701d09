// The field for an expiry time: a common time span, or a date.
import { html, useState } from "../html.js";
import { exactTime } from "../format.js";
import { Field } from "../parts/field.js";

const HOUR = 3_600_000;
const SPANS = [
  ["never", "Never"],
  [String(HOUR), "In an hour"],
  [String(24 * HOUR), "In a day"],
  [String(7 * 24 * HOUR), "In 7 days"],
  [String(30 * 24 * HOUR), "In 30 days"],
  [String(90 * 24 * HOUR), "In 90 days"],
  ["date", "On a date…"],
];

/** The expiry time to send: `undefined` keeps the current one, `null` means never. */
export function expiresAt({ span, date }) {
  if (span === "keep") return undefined;
  if (span === "never") return null;
  // An invalid date is sent unchanged, so that the server reports it.
  if (span === "date") return Number.isNaN(Date.parse(date)) ? date : new Date(date).toISOString();
  return new Date(Date.now() + Number(span)).toISOString();
}

export function Expiry({ present, onChange, problem, hint }) {
  const [given, setGiven] = useState({ span: present ? "keep" : "never", date: "" });
  const change = (part) => {
    const next = { ...given, ...part };
    setGiven(next);
    onChange(next);
  };
  const spans = present ? [["keep", `Unchanged: ${exactTime(present)}`], ...SPANS] : SPANS;
  return html`<div class="pair">
    <${Field} label="Expires" hint=${hint} problem=${given.span === "date" ? null : problem}>
      ${(
        common,
      ) => html`<select ...${common} value=${given.span} onInput=${(event) => change({ span: event.target.value })}>
        ${spans.map(
          ([value, label]) => html`<option
          key=${value}
          value=${value}
          selected=${value === given.span}
        >
          ${label}
        </option>`,
        )}
      </select>`}
    <//>
    ${
      given.span === "date" &&
      html`<${Field}
        label="Date and time"
        type="datetime-local"
        value=${given.date}
        problem=${problem}
        onInput=${(event) => change({ date: event.target.value })}
      />`
    }
  </div>`;
}
