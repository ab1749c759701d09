// What stands where there is nothing to show yet, or nothing at all, or something went wrong.
import { html } from "../html.js";
import { MOST } from "../api.js";
import { count } from "../words.js";

export const Loading = ({ what }) => html`<p class="loading" role="status">Loading ${what} …</p>`;

export function Problem({ failure, onRetry }) {
  if (!failure) return null;
  return html`<div class="notice bad" role="alert">
    <p>${failure.message}</p>
    ${onRetry && html`<button type="button" class="button" onClick=${onRetry}>Try again</button>`}
  </div>`;
}

/** A whole view that is not there yet, or could not be loaded. */
export function Pending({ title, what, failure, onRetry }) {
  return html`<h1>${title}</h1>
    ${failure ? html`<${Problem} failure=${failure} onRetry=${onRetry} />` : html`<${Loading} what=${what} />`}`;
}

/** Under a list that may have been cut off. */
export const Cut = ({ list }) =>
  list.length >= MOST && html`<p class="hint">The first ${count(MOST)} are shown, and no more.</p>`;

export const Empty = ({ title, children }) => html`<div class="empty">
  <h2>${title}</h2>
  ${children}
</div>`;

/** A name that somebody gave: whatever is in it, it stays by itself. */
export const Name = ({ text }) => html`<bdi class="name">${text}</bdi>`;
