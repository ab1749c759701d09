// The colour theme: that of the system, unless the user chose another one in this browser.
import { html, useState } from "./html.js";

const KEY = "console-theme";
const CHOICES = [
  ["system", "System theme"],
  ["light", "Light theme"],
  ["dark", "Dark theme"],
];

// If the browser denies storage, the choice is lost when the page is closed.
function storedTheme() {
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

document.documentElement.dataset.theme = storedTheme();

export function ThemeChoice() {
  const [theme, setTheme] = useState(storedTheme);
  const choose = (event) => {
    apply(event.target.value);
    setTheme(event.target.value);
  };
  return html`<select class="theme" aria-label="Theme" value=${theme} onChange=${choose}>
    ${CHOICES.map(([value, label]) => html`<option value=${value} selected=${value === theme}>${label}</option>`)}
  </select>`;
}
