// The rule by which calls with effects on people are confirmed.
import { html } from "../html.js";
import { Field } from "../parts/field.js";

const RULES = [
  ["auto", "Ask where the client can"],
  ["always", "Ask, or require a second call"],
  ["never", "Never"],
];

const HINTS = {
  auto: "Where the client cannot ask, the call goes ahead.",
  always:
    "Where the client cannot ask, the call answers with a code, and a second call with that code goes ahead. " +
    "A code proves a second call, not that a person agreed.",
  never: "Replies are sent and records are deleted without a question.",
};

export function Confirmation({ value = "auto", onChange, problem }) {
  return html`<${Field}
    label="Confirm calls that e-mail customers, show them a text, delete or publish"
    hint=${HINTS[value]}
    problem=${problem}
  >
    ${(common) => html`<select
      ...${common}
      value=${value}
      onInput=${(event) => onChange(event.target.value === "auto" ? undefined : event.target.value)}
    >
      ${RULES.map(([name, label]) => html`<option key=${name} value=${name} selected=${name === value}>${label}</option>`)}
    </select>`}
  <//>`;
}
