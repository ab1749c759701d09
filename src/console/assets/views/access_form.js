// Who may use an MCP server: anyone with its URL, or users who sign in.
import { html } from "../html.js";
import { getAll } from "../api.js";
import { useLoaded } from "../load.js";
import { link } from "../route.js";
import { Field } from "../parts/field.js";
import { ListField } from "../parts/list_field.js";

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
  { key: "emails", label: "E-mail addresses", hint: "Separated by commas. An address counts only if the provider vouches for it." },
  { key: "domains", label: "E-mail domains", hint: "Such as example.com, without subdomains, separated by commas." },
  { key: "groups", label: "Groups", hint: "As the identity provider names them, separated by commas." },
];

/** The names under which the server refuses wrong values. */
export const SIGN_IN_FIELDS = ["provider", ...RULES.map(({ key }) => key)].map((key) => `config.sign_in.${key}`);

const isListed = (rules) => RULES.some(({ key }) => rules?.[key] !== undefined);

/** The rules with other values, without those that are not given; `undefined` if none is left. */
function withRules(rules, values) {
  const given = Object.entries({ ...rules, ...values }).filter(([, value]) => value !== undefined);
  return given.length > 0 ? Object.fromEntries(given) : undefined;
}

/** The rules with another list. The last empty list stays: the server refuses it, because it would admit no user. */
function withList(rules, key, list) {
  const others = RULES.filter((rule) => rule.key !== key && rules?.[rule.key]?.length > 0);
  const lists = Object.fromEntries(RULES.map((rule) => [rule.key, others.includes(rule) ? rules[rule.key] : undefined]));
  return withRules(rules, { ...lists, [key]: list.length > 0 || others.length === 0 ? list : undefined });
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
  ${isOfUsers && html`<${AllowedUsers} rules=${config.sign_in} onChange=${(rules) => onChange({ ...config, sign_in: rules })} failure=${failure} />`}`;
}

/** The users whom a server admits: everyone who can sign in, or those in lists; of every provider, or of one. */
function AllowedUsers({ rules, onChange, failure }) {
  const { value: providers } = useLoaded((signal) => getAll("identity-provider", {}, { signal }), []);
  const problem = (key) => failure?.problemOf(`config.sign_in.${key}`);
  const none = Object.fromEntries(RULES.map(({ key }) => [key, undefined]));
  const choose = (listed) => onChange(withRules(rules, listed ? { domains: [] } : none));
  return html`<fieldset class="choices">
    <legend>Allowed users</legend>
    ${
      providers?.length === 0 &&
      html`<p class="hint">
        Users sign in with an API token until you <a href=${link("users", "providers")}>add an identity provider</a>.
      </p>`
    }
    ${
      (providers?.length > 0 || rules?.provider) &&
      html`<${Field} label="Identity provider" problem=${problem("provider")}>
        ${(common) => html`<select
          ...${common}
          value=${rules?.provider ?? ""}
          onChange=${(event) => onChange(withRules(rules, { provider: event.target.value || undefined }))}
        >
          <option value="" selected=${!rules?.provider}>Any</option>
          ${known(providers, rules?.provider).map(
            ({ id, name }) => html`<option key=${id} value=${id} selected=${id === rules?.provider}>${name}</option>`,
          )}
        </select>`}
      <//>`
    }
    ${[false, true].map(
      (listed) => html`<label class="check" key=${listed}>
        <input type="radio" name="allowed" checked=${isListed(rules) === listed} onChange=${() => choose(listed)} />
        <span><strong>${listed ? "Only listed users" : "Everyone who can sign in"}</strong></span>
      </label>`,
    )}
    ${
      isListed(rules) &&
      html`<p class="hint">A user needs to be in one of these lists.</p>
      ${RULES.map(
        (rule) => html`<${ListField}
          key=${rule.key}
          label=${rule.label}
          hint=${rule.hint}
          list=${rules[rule.key] ?? []}
          onChange=${(list) => onChange(withList(rules, rule.key, list))}
          problem=${problem(rule.key)}
        />`,
      )}`
    }
  </fieldset>`;
}

/** The providers to choose from. One that was deleted can still be in the rules. */
function known(providers, chosen) {
  const all = providers ?? [];
  return !chosen || all.some(({ id }) => id === chosen) ? all : [...all, { id: chosen, name: "Deleted provider" }];
}
