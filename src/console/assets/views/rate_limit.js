// The remaining rate limit of an account, as the API last reported it, and what was last seen of the account.
import { html } from "../html.js";
import { useFacts } from "../facts.js";
import { formatNumber, title } from "../format.js";
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

/** Labels of what was last seen, by outcome. */
const SEEN = {
  ok: ["good", "active"],
  forbidden: ["warn", "active, with limited access"],
  unreachable: ["bad", "cannot be reached"],
  timed_out: ["bad", "did not reply in time"],
  bad_reply: ["bad", "another site replies"],
  upstream_failed: ["warn", "the API failed"],
};

/** The tone and label of an account's status: green only if the API has accepted its key. */
function statusOf({ status, last_check: seen }) {
  if (status === "needs_reauth") return ["bad", "needs a new API key"];
  if (!seen) return ["", "not tested yet"];
  return SEEN[seen.outcome] ?? ["warn", title(seen.outcome).toLowerCase()];
}

/** The status of an account, with the time at which it was seen. */
export function AccountStatus({ account, timed = false }) {
  const [tone, label] = statusOf(account);
  const at = timed && account.last_check?.at;
  return html`<span class="pill ${tone}">${label}</span>
    ${at && html`<small class="muted seen"> seen <${Time} time=${at} /></small>`}`;
}
