// Modal dialogs. The native element traps the focus and closes on Escape; the focus returns when it closes.
import { html, useEffect, useId, useRef } from "../html.js";
import { ActionButton } from "./button.js";
import { ErrorNotice } from "./states.js";

export function Dialog({ title, onClose, children }) {
  const dialog = useRef();
  const id = useId();
  useEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    element.showModal();
    return () => {
      element.close();
      if (opener?.isConnected) opener.focus();
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

/** Asks for confirmation before an action that cannot be undone. */
export function Confirm({ title, verb, action, off, onClose, children }) {
  const { busy, failure, run } = action;
  return html`<${Dialog} title=${title} onClose=${onClose}>
    <div class="prose">${children}</div>
    <${ErrorNotice} failure=${failure} />
    <div class="actions">
      <button type="button" class="button" onClick=${onClose}>Cancel</button>
      <${ActionButton} type="button" tone="danger" busy=${busy} off=${off} label=${verb} busyLabel="Working…" onClick=${run} />
    </div>
  <//>`;
}
