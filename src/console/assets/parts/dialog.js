// The browser's own dialog: it keeps the focus inside, closes on Escape, and gives the focus back.
import { html, useEffect, useId, useRef } from "../html.js";
import { Problem } from "./states.js";

export function Dialog({ title, onClose, children }) {
  const dialog = useRef();
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const before = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      if (before?.isConnected) before.focus();
    };
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onClose();
  };
  return html`<dialog ref=${dialog} aria-labelledby=${id} onCancel=${cancel}>
    <h2 id=${id}>${title}</h2>
    ${children}
  </dialog>`;
}

/** Asks before something that cannot be taken back. */
export function Confirm({ title, verb, action, onClose, children }) {
  const { busy, failure, run } = action;
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <div class="prose">${children}</div>
    <${Problem} failure=${failure} />
    <div class="actions">
      <button type="button" class="button" onClick=${onClose}>Cancel</button>
      <button type="button" class="button danger" disabled=${busy} onClick=${run}>
        ${busy ? "Working …" : verb}
      </button>
    </div>
  <//>`;
}
