// A form field with its label, its hint, and what is wrong with it, tied together for those who do not see them.
import { html, useEffect, useId, useRef, useState } from "../html.js";

/** For a form: whoever sent it in vain goes on at the first field that was refused. */
export function useFirstProblem(failure) {
  const form = useRef();
  useEffect(() => {
    if (failure) form.current?.querySelector("[aria-invalid]")?.focus();
  }, [failure]);
  return form;
}

/** A problem is shown until the field is changed: whether it still holds shows when the form is sent again. */
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

/** Several boxes of which any number may be ticked; none means all. */
export function Choices({ legend, hint, all, options, chosen, onChange }) {
  const toggle = (value) => {
    const left = chosen.includes(value) ? chosen.filter((other) => other !== value) : [...chosen, value];
    onChange(options.map((option) => option.value).filter((other) => left.includes(other)));
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
