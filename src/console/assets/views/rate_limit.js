// The remaining rate limit of an account, as the API last reported it, and the status of the account.
import { html } from "../html.js";
import { useFacts } from "../facts.js";
import { formatNumber } from "../format.js";
import { Time } from "../parts/time.js";

export function RateLimit({ ratelimit }) {
  const { title } = useFacts();
  if (!ratelimit || ratelimit.remaining === null || ratelimit.remaining === undefined) {
    return html`<span class="muted">Not reported by ${title} yet</span>`;
  }
  const { remaining, limit, at } = ratelimit;
  return html`<span class="budget">
    <span>${formatNumber(remaining)}${limit ? ` of ${formatNumber(limit)} calls left` : " calls left"}</span>
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
    ${at && html`<small class="muted"><${Time} time=${at} /></small>`}
  </span>`;
}

const STATUSES = {
  active: ["good", "active"],
  needs_reauth: ["bad", "needs a new API key"],
};

export function AccountStatus({ status }) {
  const [tone, label] = STATUSES[status] ?? ["", status];
  return html`<span class="pill ${tone}">${label}</span>`;
}
