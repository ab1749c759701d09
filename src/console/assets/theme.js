// Light or dark: what the system says, unless the reader has chosen otherwise in this browser.
import { html, useState } from "./html.js";

const KEY = "console-theme";
const CHOICES = [
  ["system", "Auto"],
  ["light", "Light"],
  ["dark", "Dark"],
];

// A browser may refuse to keep anything; then the choice lasts as long as the page.
function kept() {
  try {
    return localStorage.getItem(KEY) ?? "system";
  } catch {
    return "system";
  }
}

function apply(theme) {
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    return;
  }
}

document.documentElement.dataset.theme = kept();

export function ThemeChoice() {
  const [theme, setTheme] = useState(kept);
  const choose = (event) => {
    apply(event.target.value);
    setTheme(event.target.value);
  };
  return html`<select class="theme" aria-label="Colours" value=${theme} onChange=${choose}>
    ${CHOICES.map(([value, label]) => html`<option value=${value} selected=${value === theme}>${label}</option>`)}
  </select>`;
}
