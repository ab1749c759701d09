// Loading, error and empty states.
import { html } from "../html.js";
import { MAX_ENTRIES } from "../api.js";
import { formatNumber } from "../format.js";

export const Loading = ({ what }) => html`<p class="loading" role="status">Loading ${what}…</p>`;

export function ErrorNotice({ failure, onRetry }) {
  if (!failure) return null;
  return html`<div class="notice bad" role="alert">
    <p>${failure.message}</p>
    ${onRetry && html`<button type="button" class="button" onClick=${onRetry}>Try again</button>`}
  </div>`;
}

/** A view that is loading or failed to load. */
export function Pending({ title, what, failure, onRetry }) {
  return html`<h1>${title}</h1>
    ${failure ? html`<${ErrorNotice} failure=${failure} onRetry=${onRetry} />` : html`<${Loading} what=${what} />`}`;
}

/** A note below a list that was truncated. */
export const TruncationNote = ({ list }) =>
  list.length >= MAX_ENTRIES && html`<p class="hint">Only the first ${formatNumber(MAX_ENTRIES)} entries are shown.</p>`;

export const Empty = ({ title, children }) => html`<div class="empty">
  <h2>${title}</h2>
  ${children}
</div>`;

/** A name entered by a user, isolated so that bidirectional text cannot affect its surroundings. */
export const Name = ({ text }) => html`<bdi class="name">${text}</bdi>`;
