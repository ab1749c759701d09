// Announces success: on the page for some seconds, and to screen readers.
import { html, useEffect, useState } from "./html.js";

/** Time for which a message is shown, in milliseconds. */
const SHOWN = 6_000;

let announced = { text: "", number: 0 };
let listener = null;

/** Announces `text`, also after the view has changed. */
export function announce(text) {
  announced = { text, number: announced.number + 1 };
  listener?.(announced);
}

/** The place of the announcements. It stays on the page, because screen readers read only changes to a place. */
export function Announcements() {
  const [{ text, number }, setAnnounced] = useState(announced);
  useEffect(() => {
    listener = setAnnounced;
  }, []);
  useEffect(() => {
    const timer = text && setTimeout(() => setAnnounced((last) => ({ ...last, text: "" })), SHOWN);
    return () => clearTimeout(timer);
  }, [number]);
  return html`<div class="announcements" role="status" aria-live="polite">
    ${text && html`<p class="announcement" key=${number}>${text}</p>`}
  </div>`;
}
