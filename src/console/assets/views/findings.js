// The results of testing an account: each check with its result and its fix.
import { html } from "../html.js";
import { title } from "../format.js";

const STATUSES = { ok: ["good", "OK"], warn: ["warn", "Warning"], fail: ["bad", "Failed"], skipped: ["", "Skipped"] };

export const passed = (findings) => findings.every(({ status }) => status !== "fail");

export function Findings({ findings }) {
  return html`<ul class="findings">
    ${findings.map(({ check, status, message, fix }) => {
      const [tone, label] = STATUSES[status] ?? ["", status];
      return html`<li key=${check}>
        <span class="pill ${tone}">${label}</span>
        <div>
          <p><strong>${title(check)}</strong>: ${message}</p>
          ${fix && html`<p class="hint">${fix}</p>`}
        </div>
      </li>`;
    })}
  </ul>`;
}
