// What trying an account has found: what was looked at, how it is, and what to do about it.
import { html } from "../html.js";
import { title } from "../words.js";

const SIGNS = { ok: ["good", "OK"], warn: ["warn", "Note"], fail: ["bad", "Failed"], skipped: ["", "Skipped"] };

export const worked = (findings) => findings.every(({ status }) => status !== "fail");

export function Findings({ findings }) {
  return html`<ul class="findings">
    ${findings.map(({ check, status, message, fix }) => {
      const [kind, label] = SIGNS[status] ?? ["", status];
      return html`<li key=${check}>
        <span class="pill ${kind}">${label}</span>
        <div>
          <p><strong>${title(check)}</strong> – ${message}</p>
          ${fix && html`<p class="hint">${fix}</p>`}
        </div>
      </li>`;
    })}
  </ul>`;
}
