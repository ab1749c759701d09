// A relative time, such as "in 3 days", with the exact time as a tooltip or beside it.
import { html } from "../html.js";
import { exactTime, relativeTime } from "../format.js";

export function Time({ time, never = "never", full = false }) {
  if (!time) return html`<span class="muted">${never}</span>`;
  return html`<time class="moment" datetime=${time} title=${exactTime(time)}>
    ${relativeTime(time)}${full && html`<span class="exact">${exactTime(time)}</span>`}
  </time>`;
}
