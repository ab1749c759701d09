// A field for a list of texts, which people separate by commas.
import { html, useState } from "../html.js";
import { Field } from "./field.js";

const entries = (text) => text.split(",").map((entry) => entry.trim()).filter(Boolean);

export function ListField({ list, onChange, ...field }) {
  const [text, setText] = useState(list.join(", "));
  const change = (event) => {
    setText(event.target.value);
    onChange(entries(event.target.value));
  };
  return html`<${Field} ...${field} autocomplete="off" spellcheck=${false} value=${text} onInput=${change} />`;
}
