// The sign-in page. The admin token is tested before the session starts.
import { html, useEffect, useState } from "../html.js";
import { get } from "../api.js";
import { useFacts } from "../facts.js";
import { useAction } from "../load.js";
import { IDLE_MINUTES, signIn } from "../session.js";
import { ActionButton } from "../parts/button.js";
import { CopyBlock } from "../parts/copy.js";
import { Field, useFocusFirstProblem } from "../parts/field.js";

const INVALID_TOKEN = "This is not a valid admin token. Check that you copied all of it.";

export function SignIn({ reason }) {
  const { title, new_token: command } = useFacts();
  const [token, setToken] = useState("");
  const attempt = useAction(async () => {
    await get("integrated-account?limit=1", { token: token.trim() });
    signIn(token.trim());
  });
  const { busy, failure } = attempt;
  const form = useFocusFirstProblem(failure);
  useEffect(() => form.current.querySelector("input").focus(), []);
  const problem = failure && (failure.status === 401 ? INVALID_TOKEN : failure.message);
  const submit = (event) => {
    event.preventDefault();
    if (token.trim() && !busy) attempt.run();
  };
  return html`<section class="sign-in card">
    <h1>Sign in</h1>
    <p class="lead">Give Claude and other AI clients access to ${title}, each with only the tools it needs.</p>
    ${reason && html`<div class="notice" role="status"><p>${reason}</p></div>`}
    <form ref=${form} onSubmit=${submit} novalidate>
      <${Field}
        label="Admin token"
        type="password"
        autocomplete="off"
        spellcheck=${false}
        value=${token}
        onInput=${(event) => setToken(event.target.value)}
        problem=${problem}
        hint="The server printed it at its first start."
      />
      <${ActionButton} wide busy=${busy} off=${!token.trim()} label="Sign in" busyLabel="Checking…" />
    </form>
    <p class="hint">
      The token stays in this page only. It is forgotten when you sign out, reload or close the page,
      ${` and after ${IDLE_MINUTES} minutes of inactivity.`}
    </p>
    <details class="hint">
      <summary>I have no admin token</summary>
      <p>Create one on the machine that runs the server, as the same user and with the same environment variables:</p>
      <${CopyBlock} label="Command that creates a token" text=${command} />
    </details>
  </section>`;
}
