// The door: an admin token, tried before it is kept.
import { html, useEffect, useState } from "../html.js";
import { get } from "../api.js";
import { useFacts } from "../facts.js";
import { useAction } from "../load.js";
import { begin, IDLE_MINUTES } from "../session.js";
import { CopyBlock } from "../parts/copy.js";
import { Field, useFirstProblem } from "../parts/field.js";

const WRONG = "This is not a live admin token. Check that all of it was copied.";

export function SignIn({ reason }) {
  const { title, new_token: command } = useFacts();
  const [token, setToken] = useState("");
  const attempt = useAction(async () => {
    await get("integrated-account?limit=1", { token: token.trim() });
    begin(token.trim());
  });
  const { busy, failure } = attempt;
  const form = useFirstProblem(failure);
  useEffect(() => form.current.querySelector("input").focus(), []);
  const problem = failure && (failure.status === 401 ? WRONG : failure.message);
  const submit = (event) => {
    event.preventDefault();
    if (token.trim() && !busy) attempt.run();
  };
  return html`<section class="sign-in card">
    <h1>Sign in</h1>
    <p class="lead">Give Claude and other AI clients access to ${title}, each with just the tools it needs.</p>
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
        hint="The server printed it when it started for the first time."
      />
      <button class="button primary wide" disabled=${busy || !token.trim()}>
        ${busy ? "Checking …" : "Sign in"}
      </button>
    </form>
    <p class="hint">
      The token stays in this page: it is forgotten when you sign out, reload or close the page,
      ${` and after ${IDLE_MINUTES} minutes without use.`}
    </p>
    <details class="hint">
      <summary>I have no token</summary>
      <p>This makes one, on the machine that runs the server, as the user that runs it and with its variables:</p>
      <${CopyBlock} label="Command for a new token" text=${command} />
    </details>
  </section>`;
}
