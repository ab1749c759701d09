// A moment: how far away it is, and on a second look exactly when.
import { html } from "../html.js";
import { ago, at } from "../words.js";

export function Moment({ time, never = "never", full = false }) {
  if (!time) return html`<span class="muted">${never}</span>`;
  return html`<time class="moment" datetime=${time} title=${at(time)}>
    ${ago(time)}${full && html`<span class="exact">${at(time)}</span>`}
  </time>`;
}
