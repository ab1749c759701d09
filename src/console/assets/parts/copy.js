// A text to be copied: by its button, or by hand where the browser does not let pages copy.
import { html, useEffect, useRef, useState } from "../html.js";

export function CopyButton({ text, label = "Copy", primary = false, onSelect }) {
  const [said, setSaid] = useState(null);
  useEffect(() => {
    const timer = said && setTimeout(() => setSaid(null), 4000);
    return () => clearTimeout(timer);
  }, [said]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied");
    } catch {
      onSelect?.();
      setSaid("Press Ctrl+C");
    }
  };
  return html`<button type="button" class=${primary ? "button primary copy" : "button copy"} onClick=${copy}>
    <span aria-live="polite">${said ?? label}</span>
  </button>`;
}

/** One line that holds a secret or an address, selected as soon as it is touched. */
export function CopyLine({ label, text }) {
  const input = useRef();
  const select = () => input.current.select();
  return html`<div class="copy-line">
    <input ref=${input} readonly value=${text} aria-label=${label} onFocus=${select} spellcheck=${false} />
    <${CopyButton} text=${text} primary onSelect=${() => input.current.focus()} />
  </div>`;
}

/** Several lines, as they go into a file or a shell. */
export function CopyBlock({ label, text }) {
  const block = useRef();
  const select = () => {
    getSelection().selectAllChildren(block.current);
  };
  return html`<div class="copy-block">
    <pre
      ref=${block}
      class=${text.includes("\n") ? "lines" : undefined}
      tabindex="0"
      role="region"
      aria-label=${label}
    >${text}</pre>
    <${CopyButton} text=${text} onSelect=${select} />
  </div>`;
}
