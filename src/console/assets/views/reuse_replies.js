// The time for which an account's replies are reused, and the dialog that changes it.
import { html, useState } from "../html.js";
import { announce } from "../announce.js";
import { patch } from "../api.js";
import { leaving, UNSAVED_EDITS, useGuard } from "../leave.js";
import { counted } from "../format.js";
import { ActionButton } from "../parts/button.js";
import { Dialog } from "../parts/dialog.js";
import { Field, useFocusFirstProblem } from "../parts/field.js";
import { ErrorNotice } from "../parts/states.js";
import { Differences, useRevisedAction } from "./differences.js";

const HINT =
  "A reply is used again for an identical read, up to this age, and the result states its age. Any change through this " +
  "account ends that. 0 to 300; 0 sends every read.";

/** The field for the seconds. */
export const ReuseField = (input) =>
  html`<${Field}
    label="Reuse replies for (seconds)"
    type="number"
    min="0"
    max="300"
    step="1"
    inputmode="numeric"
    hint=${HINT}
    ...${input}
  />`;

/** The seconds in words. */
export const reuseInWords = (seconds) => (seconds ? `for ${counted(seconds, "second")}` : "no");

export function ReuseReplies({ seen, onClose, onDone }) {
  const before = seen.object.cache_seconds;
  const [seconds, setSeconds] = useState(String(before));
  useGuard(seconds !== String(before) ? UNSAVED_EDITS : null);
  const { conflict, ...action } = useRevisedAction(seen, async ({ object: account, tag }) => {
    await patch(`integrated-account/${account.id}`, { cache_seconds: Number(seconds) }, tag);
    announce("Saved.");
    onDone();
  });
  const { busy, failure } = action;
  const form = useFocusFirstProblem(failure);
  const submit = (event) => {
    event.preventDefault();
    action.run();
  };
  return html`<${Dialog} title="Reuse replies" onClose=${() => leaving(onClose)}>
    <form ref=${form} onSubmit=${submit} novalidate>
      <${ReuseField}
        value=${seconds}
        onInput=${(event) => setSeconds(event.target.value)}
        problem=${failure?.problemOf("cache_seconds")}
      />
      ${failure && !failure.problemOf("cache_seconds") && html`<${ErrorNotice} failure=${failure} />`}
      ${
        conflict &&
        html`<${Differences} kind="account" before=${seen.object} current=${conflict.object}>
          <p>Your change was not saved.</p>
        <//>`
      }
      <div class="actions">
        <button type="button" class="button" onClick=${onClose}>Cancel</button>
        <${ActionButton} busy=${busy} label=${conflict ? "Save anyway" : "Save"} busyLabel="Saving…" />
      </div>
    </form>
  <//>`;
}
