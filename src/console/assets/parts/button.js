// A button for an action that takes time.
import { html } from "../html.js";

/** While the action runs, the button ignores clicks but is not disabled: a disabled element loses the focus. */
export function ActionButton({ busy, off, label, busyLabel, tone = "primary", wide, type = "submit", onClick }) {
  const ignored = busy || off;
  const click = (event) => {
    if (ignored) event.preventDefault();
    else onClick?.(event);
  };
  return html`<button
    type=${type}
    class=${`button ${tone}${wide ? " wide" : ""}`}
    aria-disabled=${ignored ? "true" : undefined}
    onClick=${click}
  >
    ${busy ? busyLabel : label}
  </button>`;
}
