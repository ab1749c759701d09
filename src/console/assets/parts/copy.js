// Text with a copy button. Where the browser denies clipboard access, the text is selected instead.
import { html, useEffect, useRef, useState } from "../html.js";

export function CopyButton({ text, label = "Copy", primary = false, small = false, onSelect, onCopied }) {
  const [status, setStatus] = useState(null);
  useEffect(() => {
    const timer = status && setTimeout(() => setStatus(null), 4000);
    return () => clearTimeout(timer);
  }, [status]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setStatus("Copied");
      onCopied?.();
    } catch {
      onSelect?.();
      setStatus("Press Ctrl+C");
    }
  };
  return html`<button type="button" class=${`button copy${primary ? " primary" : ""}${small ? " small" : ""}`} onClick=${copy}>
    <span aria-live="polite">${status ?? label}</span>
  </button>`;
}

/** One line, such as a secret or a URL, that is selected when it gets the focus. `onCopied` is called when it is copied. */
export function CopyLine({ label, text, onCopied }) {
  const input = useRef();
  const select = () => input.current.select();
  return html`<div class="copy-line">
    <input
      ref=${input}
      readonly
      value=${text}
      aria-label=${label}
      onFocus=${select}
      onCopy=${onCopied}
      spellcheck=${false}
    />
    <${CopyButton} text=${text} primary onSelect=${() => input.current.focus()} onCopied=${onCopied} />
  </div>`;
}

/** Several lines, for a file or a shell. */
export function CopyBlock({ label, text, onCopied }) {
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
      onCopy=${onCopied}
    >${text}</pre>
    <${CopyButton} text=${text} onSelect=${select} onCopied=${onCopied} />
  </div>`;
}
