// Adding an account: its fields follow from the API, and it is tried before it is stored.
import { html, useState } from "../html.js";
import { post } from "../api.js";
import { useFacts } from "../facts.js";
import { useAction } from "../load.js";
import { go, link } from "../route.js";
import { title as heading } from "../words.js";
import { Field, useFirstProblem } from "../parts/field.js";
import { Problem } from "../parts/states.js";
import { Findings, worked } from "./findings.js";

export function NewAccount() {
  const { title, variables } = useFacts();
  const [given, setGiven] = useState({});
  const [findings, setFindings] = useState(null);
  const known = ["name", "api_key", "base_url", ...variables.map(({ name }) => name)];
  const body = Object.fromEntries(Object.entries(given).filter(([, value]) => value.trim()));
  const save = useAction(async (anyway) => {
    if (!anyway) {
      const trial = await post("integrated-account?dry_run=true", body);
      setFindings(trial.findings);
      if (!worked(trial.findings)) return;
    }
    const account = await post("integrated-account", body);
    go("accounts", account.id);
  });
  const { busy, failure } = save;
  const form = useFirstProblem(failure);
  const field = (name) => ({
    value: given[name] ?? "",
    problem: failure?.of(name),
    onInput: (event) => {
      setGiven({ ...given, [name]: event.target.value });
      setFindings(null);
    },
  });
  const submit = (event) => {
    event.preventDefault();
    save.run(false);
  };
  const elsewhere = failure && !failure.violations.some(({ argument }) => known.includes(argument));
  return html`<nav class="crumbs" aria-label="Where you are"><a href=${link("accounts")}>Accounts</a></nav>
    <h1>Add an account</h1>
    <form class="card form narrow" ref=${form} onSubmit=${submit} novalidate>
      <${Field}
        label="Name"
        autocomplete="off"
        maxlength="200"
        ...${field("name")}
        hint="What you and your colleagues call it."
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
        hint="Copy it from ${title}. It is kept sealed and never shown again."
      />
      <details>
        <summary>Another address</summary>
        <${Field}
          label="Base URL"
          type="url"
          autocomplete="off"
          ...${field("base_url")}
          hint="The whole address of the API, in place of the above. Rarely needed."
        />
      </details>
      ${elsewhere && html`<${Problem} failure=${failure} />`}
      <div role="status">${busy && html`<p class="loading">Trying the account …</p>`}
        ${findings && html`<h2>What was found</h2><${Findings} findings=${findings} />`}
      </div>
      <div class="actions">
        <a class="button" href=${link("accounts")}>Cancel</a>
        ${
          findings &&
          !worked(findings) &&
          !busy &&
          html`<button type="button" class="button" onClick=${() => save.run(true)}>Save anyway</button>`
        }
        <button class="button primary" disabled=${busy}>${findings ? "Try again and save" : "Try and save"}</button>
      </div>
    </form>`;
}
