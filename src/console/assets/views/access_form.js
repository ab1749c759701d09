// Who may use an MCP server: anyone with its URL, or users who sign in.
import { html, useState } from "../html.js";
import { Field } from "../parts/field.js";

/** Whether users sign in to a server with this config. */
export const asksForSignIn = (config) => config.auth === "sign_in";

const WAYS = [
  {
    value: "url",
    label: "Anyone with the URL",
    about: "The URL is a password: anyone who has it can use the tools. Works with every client.",
  },
  {
    value: "sign_in",
    label: "Users who sign in",
    about: "The URL is not a secret. Each user signs in and agrees once per client, and the log says who called.",
  },
];

/** The lists of users to admit. A user needs to be in one of them. */
const RULES = [
  { key: "domains", label: "E-mail domains", hint: "Such as example.com, without subdomains." },
  { key: "emails", label: "E-mail addresses", hint: "Separated by commas." },
  { key: "groups", label: "Groups", hint: "As the identity provider names them, separated by commas." },
];

const entries = (text) => text.split(",").map((entry) => entry.trim()).filter(Boolean);

/** The rules with another list, without lists that are empty; `undefined` if none is left. */
function withList(rules, key, list) {
  const next = { ...rules, [key]: list.length > 0 ? list : undefined };
  const given = Object.entries(next).filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

/** The choice for a new server. It cannot be changed later, because the two kinds of URL differ. */
export function AccessForm({ isNew, config, onChange, failure }) {
  const choose = (way) =>
    onChange(
      way === "sign_in"
        ? { ...config, auth: way, require_api_token_auth: undefined }
        : { ...config, auth: undefined, sign_in: undefined },
    );
  const isOfUsers = asksForSignIn(config);
  return html`${
    isNew &&
    html`<fieldset class="choices">
      <legend>Who may use it</legend>
      ${WAYS.map(
        ({ value, label, about }) => html`<label class="check" key=${value}>
          <input
            type="radio"
            name="access"
            checked=${isOfUsers === (value === "sign_in")}
            onChange=${() => choose(value)}
          />
          <span><strong>${label}</strong><small>${about}</small></span>
        </label>`,
      )}
    </fieldset>`
  }
  ${
    isOfUsers &&
    html`<fieldset class="choices">
      <legend>Allowed users</legend>
      <p class="hint">A user needs to match one of these lists. Leave all empty to allow every user who can sign in.</p>
      ${RULES.map(
        (rule) => html`<${Rule}
          key=${rule.key}
          ...${rule}
          list=${config.sign_in?.[rule.key] ?? []}
          onChange=${(list) => onChange({ ...config, sign_in: withList(config.sign_in, rule.key, list) })}
          problem=${failure?.problemOf(`config.sign_in.${rule.key}`)}
        />`,
      )}
    </fieldset>`
  }`;
}

function Rule({ label, hint, list, onChange, problem }) {
  const [text, setText] = useState(list.join(", "));
  const change = (event) => {
    setText(event.target.value);
    onChange(entries(event.target.value));
  };
  return html`<${Field} label=${label} hint=${hint} autocomplete="off" value=${text} onInput=${change} problem=${problem} />`;
}
