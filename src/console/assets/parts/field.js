// Form fields. Label, hint and problem are associated with the input for screen readers.
import { html, useEffect, useId, useRef, useState } from "../html.js";

/** Moves the focus to the first invalid field after a form was refused. */
export function useFocusFirstProblem(failure) {
  const form = useRef();
  useEffect(() => {
    if (failure) form.current?.querySelector("[aria-invalid]")?.focus();
  }, [failure]);
  return form;
}

/** A field. Its problem is shown until the value changes; the next submit checks it again. */
export function Field({ label, hint, problem: found, children, ...input }) {
  const id = useId();
  const [changed, setChanged] = useState(false);
  if (changed && !found) setChanged(false);
  const problem = changed ? undefined : found;
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(" ") || undefined;
  const common = { id, "aria-describedby": described, "aria-invalid": problem ? "true" : undefined };
  return html`<div class="field" onInput=${() => setChanged(true)}>
    <label for=${id}>${label}</label>
    ${children ? children(common) : html`<input ...${common} ...${input} />`}
    ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    ${problem && html`<p class="problem" id=${`${id}-problem`}>${problem}</p>`}
  </div>`;
}

/** A group of checkboxes. If none is selected, the option `all` is. */
export function Choices({ legend, hint, all, options, chosen, onChange }) {
  const toggle = (value) => {
    const next = chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
    onChange(options.map((option) => option.value).filter((other) => next.includes(other)));
  };
  return html`<fieldset class="choices">
    <legend>${legend}</legend>
    ${hint && html`<p class="hint">${hint}</p>`}
    <div class="chips">
      <label class="chip">
        <input type="checkbox" checked=${chosen.length === 0} onChange=${() => onChange([])} />
        <span>${all}</span>
      </label>
      ${options.map(
        ({ value, label, about }) => html`<label class="chip" title=${about} key=${value}>
          <input type="checkbox" checked=${chosen.includes(value)} onChange=${() => toggle(value)} />
          <span>${label}</span>
        </label>`,
      )}
    </div>
  </fieldset>`;
}
