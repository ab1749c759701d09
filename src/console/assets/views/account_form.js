// The form for a new account. Its fields derive from the API, and the account is tested before it is saved.
import { html, useState } from "../html.js";
import { announce } from "../announce.js";
import { post } from "../api.js";
import { useFacts } from "../facts.js";
import { useAction } from "../load.js";
import { UNSAVED_EDITS, useGuard } from "../leave.js";
import { link, navigate } from "../route.js";
import { title as heading } from "../format.js";
import { ActionButton } from "../parts/button.js";
import { Field, useFocusFirstProblem } from "../parts/field.js";
import { LeaveLink } from "../parts/leave.js";
import { ErrorNotice } from "../parts/states.js";
import { Findings, passed } from "./findings.js";

/** Tests the stored account, so that its status shows what was seen. Without the test it says that there was none. */
export const recordCheck = (id) => post(`integrated-account/${id}/check`).catch(() => null);

export function NewAccount() {
  const { title, variables } = useFacts();
  const [given, setGiven] = useState({});
  const [findings, setFindings] = useState(null);
  const known = ["name", "api_key", "base_url", ...variables.map(({ name }) => name)];
  const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim()));
  useGuard(Object.keys(body).length > 0 ? UNSAVED_EDITS : null);
  const save = useAction(async (anyway) => {
    if (!anyway) {
      const trial = await post("integrated-account?dry_run=true", body);
      setFindings(trial.findings);
      if (!passed(trial.findings)) return;
    }
    const account = await post("integrated-account", body);
    await recordCheck(account.id);
    announce(`Account “${account.name}” added.`);
    navigate("accounts", account.id);
  });
  const { busy, failure } = save;
  const form = useFocusFirstProblem(failure);
  const field = (name) => ({
    value: given[name] ?? "",
    problem: failure?.problemOf(name),
    onInput: (event) => {
      setGiven({ ...given, [name]: event.target.value });
      setFindings(null);
    },
  });
  const submit = (event) => {
    event.preventDefault();
    save.run(false);
  };
  const generalFailure = failure && !failure.violations.some(({ argument }) => known.includes(argument));
  return html`<nav class="crumbs" aria-label="Breadcrumb"><a href=${link("accounts")}>Accounts</a></nav>
    <h1>Add account</h1>
    <form class="card form narrow" ref=${form} onSubmit=${submit} novalidate>
      <${Field}
        label="Name"
        autocomplete="off"
        maxlength="200"
        ...${field("name")}
        hint="A name that your team recognises."
      />
      ${variables.map(
        ({ name, about, example }) =>
          html`<${Field}
            key=${name}
            label=${heading(name)}
            autocomplete="off"
            spellcheck=${false}
            placeholder=${example}
            ...${field(name)}
            hint=${about}
          />`,
      )}
      <${Field}
        label="API key"
        type="password"
        autocomplete="off"
        ...${field("api_key")}
        hint="Copy it from ${title}. It is stored encrypted and never shown again."
      />
      <details>
        <summary>Custom base URL</summary>
        <${Field}
          label="Base URL"
          type="url"
          autocomplete="off"
          ...${field("base_url")}
          hint="Base URL of the API, instead of the one derived from the fields above. Rarely needed."
        />
      </details>
      ${generalFailure && html`<${ErrorNotice} failure=${failure} />`}
      <div role="status">${busy && html`<p class="loading">Testing the account…</p>`}
        ${findings && html`<h2>Test results</h2><${Findings} findings=${findings} />`}
      </div>
      <div class="actions">
        <${LeaveLink} to=${["accounts"]}>Cancel<//>
        ${
          findings &&
          !passed(findings) &&
          !busy &&
          html`<button type="button" class="button" onClick=${() => save.run(true)}>Save anyway</button>`
        }
        <${ActionButton}
          busy=${busy}
          label=${findings ? "Test again and save" : "Test and save"}
          busyLabel="Testing…"
        />
      </div>
    </form>`;
}
