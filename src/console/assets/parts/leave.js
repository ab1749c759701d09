// Leaving a view: the question about what would be lost, and links that leave without one.
import { html } from "../html.js";
import { answer, useAsked } from "../leave.js";
import { link, navigate } from "../route.js";
import { Dialog } from "./dialog.js";

/** Asks the question of a guard. */
export function LeaveDialog() {
  const question = useAsked();
  if (!question) return null;
  const { title, text, stay, leave } = question;
  return html`<${Dialog} title=${title} onClose=${() => answer(false)}>
    <p class="prose">${text}</p>
    <div class="actions">
      <button type="button" class="button primary" onClick=${() => answer(false)}>${stay}</button>
      <button type="button" class="button danger" onClick=${() => answer(true)}>${leave}</button>
    </div>
  <//>`;
}

/** A link by which the user says that nothing is left to lose: “Cancel”, “Done”. */
export function LeaveLink({ to, primary = false, children }) {
  const follow = (event) => {
    // Another tab leaves nothing.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    navigate(...to);
  };
  return html`<a class=${primary ? "button primary" : "button"} href=${link(...to)} onClick=${follow}>${children}</a>`;
}
