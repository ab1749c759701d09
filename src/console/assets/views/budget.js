// What an account may still call before the API makes it wait, as the API last said.
import { html } from "../html.js";
import { useFacts } from "../facts.js";
import { count } from "../words.js";
import { Moment } from "../parts/moment.js";

export function Budget({ ratelimit }) {
  const { title } = useFacts();
  if (!ratelimit || ratelimit.remaining === null || ratelimit.remaining === undefined) {
    return html`<span class="muted">Calls left: ${title} has not said yet</span>`;
  }
  const { remaining, limit, at } = ratelimit;
  return html`<span class="budget">
    <span>${count(remaining)}${limit ? ` of ${count(limit)} calls left` : " calls left"}</span>
    ${
      limit &&
      html`<meter
      min="0"
      max=${limit}
      low=${limit * 0.2}
      optimum=${limit}
      value=${remaining}
      aria-label="Calls left"
    ></meter>`
    }
    ${at && html`<small class="muted"><${Moment} time=${at} /></small>`}
  </span>`;
}

const HEALTH = {
  active: ["good", "active"],
  needs_reauth: ["bad", "needs a new key"],
};

export function Health({ status }) {
  const [kind, label] = HEALTH[status] ?? ["", status];
  return html`<span class="pill ${kind}">${label}</span>`;
}
