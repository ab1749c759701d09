// Adding and editing an identity provider. After one was added, its redirect URI has to be registered at the provider.
import { html, useEffect, useRef, useState } from "../html.js";
import { announce } from "../announce.js";
import { getAll, getTagged, patch, post } from "../api.js";
import { UNSAVED_EDITS, useGuard } from "../leave.js";
import { useLoaded } from "../load.js";
import { link, navigate } from "../route.js";
import { ActionButton } from "../parts/button.js";
import { CopyLine } from "../parts/copy.js";
import { Field, useFocusFirstProblem } from "../parts/field.js";
import { useFocusReturn } from "../parts/focus.js";
import { LeaveLink } from "../parts/leave.js";
import { ListField } from "../parts/list_field.js";
import { ErrorNotice, Name, Pending } from "../parts/states.js";
import { Differences, useRevisedAction } from "./differences.js";
import { PRESETS, rulesOf } from "./provider_presets.js";

const NEW = { preset: "microsoft_entra", name: "Microsoft" };
const TEXTS = ["name", "issuer", "client_id", "client_secret"];

const isSame = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** The fields of a form that differ from `before`, as a request sends them. A field that was emptied is sent: it is refused. */
function changed(given, before) {
  const texts = TEXTS.map((key) => [key, (given[key] ?? "").trim()]).filter(([key, text]) => text !== (before[key] ?? ""));
  const lists = rulesOf(given.preset)
    .map(({ key }) => [key, given[key] ?? []])
    .filter(([key, list]) => !isSame(list, before[key] ?? []));
  return Object.fromEntries([...texts, ...lists]);
}

/**
 * The form for a provider. `seen` is the provider with the tag of its revision, or undefined for a new one. `onSave` gets
 * the fields that differ from it, and the tag.
 */
function ProviderForm({ seen, isFirst, onSave, onDiscard }) {
  const provider = seen?.object;
  const [given, setGiven] = useState(provider ?? NEW);
  const preset = PRESETS[given.preset];
  const change = changed(given, provider ?? {});
  const isEdited = Object.keys(changed(given, provider ?? NEW)).length > 0;
  useGuard(isEdited ? UNSAVED_EDITS : null);
  const { conflict, ...action } = useRevisedAction(seen, (target) =>
    onSave(provider ? change : { ...change, preset: given.preset }, target?.tag),
  );
  const { busy, failure } = action;
  const form = useFocusFirstProblem(failure);
  const shown = ["preset", ...TEXTS, ...rulesOf(given.preset).map(({ key }) => key)];
  const generalFailure = failure && !shown.some((key) => failure.problemOf(key));
  const problem = (key) => failure?.problemOf(key);
  const set = (key) => (value) => setGiven({ ...given, [key]: value });
  const text = (name) => ({
    value: given[name] ?? "",
    problem: problem(name),
    autocomplete: "off",
    spellcheck: false,
    onInput: (event) => set(name)(event.target.value),
  });
  const choose = (event) => {
    const chosen = PRESETS[event.target.value];
    // A name that the user chose stays.
    const name = given.name === preset.name ? chosen.name : given.name;
    setGiven({ ...given, preset: event.target.value, name, issuer: "" });
  };
  const submit = (event) => {
    event.preventDefault();
    action.run();
  };
  return html`<form class="card form narrow" ref=${form} onSubmit=${submit} novalidate>
    ${
      provider
        ? html`<${RedirectUri} provider=${provider} />`
        : html`<${Field} label="Kind" problem=${problem("preset")}>
          ${(common) => html`<select ...${common} value=${given.preset} onChange=${choose}>
            ${Object.entries(PRESETS).map(
              ([value, { label }]) =>
                html`<option key=${value} value=${value} selected=${value === given.preset}>${label}</option>`,
            )}
          </select>`}
        <//>`
    }
    <${Field} label="Name" maxlength="200" ...${text("name")} hint="Users read it on the sign-in page: Sign in with …" />
    ${
      !provider &&
      preset.issuer &&
      html`<${Field}
        label="Issuer"
        type="url"
        placeholder=${preset.issuer}
        ...${text("issuer")}
        hint=${preset.hint}
      />`
    }
    <${Field} label="Client ID" ...${text("client_id")} hint="The ID of this server at the provider." />
    <${Field}
      label=${provider ? "New client secret" : "Client secret"}
      type="password"
      ...${text("client_secret")}
      autocomplete="new-password"
      hint=${
        provider
          ? "Leave empty to keep the present one. It is stored encrypted and never shown."
          : "The secret of this server at the provider. It is stored encrypted and never shown again."
      }
    />
    <fieldset class="choices">
      <legend>Who may sign in</legend>
      <p class="hint">
        A user must meet every rule that you give. Leave all empty to admit every user of the provider.
        ${provider && " A changed rule takes effect when a user’s access is renewed: within an hour."}
      </p>
      ${rulesOf(given.preset).map(
        ({ key, label, hint }) => html`<${ListField}
          key=${key}
          label=${label}
          hint=${hint}
          list=${given[key] ?? []}
          onChange=${set(key)}
          problem=${problem(key)}
        />`,
      )}
    </fieldset>
    ${
      isFirst &&
      html`<p class="notice warn">
        With this first identity provider, API tokens no longer sign users in to MCP servers, and the connections that were
        made that way are revoked. This console still accepts API tokens.
      </p>`
    }
    ${generalFailure && html`<${ErrorNotice} failure=${failure} />`}
    ${
      conflict &&
      html`<${Differences}
        kind="identity provider"
        before=${provider}
        current=${conflict.object}
        mine=${Object.keys(change)}
      >
        <p>Your changes were not saved. You can save them on top: only the fields that you changed are replaced.</p>
        <div class="actions">
          <button type="button" class="button" onClick=${() => onDiscard(conflict)}>Discard my changes</button>
          <${ActionButton} busy=${busy} label="Save my changes on top" busyLabel="Saving…" />
        </div>
      <//>`
    }
    <div class="actions">
      <${LeaveLink} to=${["users", "providers"]}>Cancel<//>
      ${
        !conflict &&
        html`<${ActionButton} busy=${busy} label=${provider ? "Save" : "Add identity provider"} busyLabel="Saving…" />`
      }
    </div>
  </form>`;
}

/** The redirect URI, and where it is registered. */
const RedirectUri = ({ provider }) => html`<div class="field">
  <strong>Redirect URI</strong>
  <${CopyLine} label="Redirect URI" text=${provider.redirect_uri} />
  <p class="hint">${PRESETS[provider.preset].where}</p>
</div>`;

const Crumbs = () => html`<nav class="crumbs" aria-label="Breadcrumb">
  <a href=${link("users")}>Users</a>
  <a href=${link("users", "providers")}>Identity providers</a>
</nav>`;

export function NewProvider() {
  const { value, error, reload } = useLoaded((signal) => getAll("identity-provider", {}, { signal }), []);
  const [added, setAdded] = useState(null);
  if (added) return html`<${ProviderAdded} provider=${added} />`;
  if (!value) return html`<${Pending} title="Add identity provider" what="identity providers" failure=${error} onRetry=${reload} />`;
  const save = async (body) => setAdded(await post("identity-provider", body));
  return html`<${Crumbs} />
    <h1>Add identity provider</h1>
    <${ProviderForm} isFirst=${value.length === 0} onSave=${save} />`;
}

/** The step that is left after a provider was added. */
function ProviderAdded({ provider }) {
  const heading = useRef();
  useEffect(() => {
    scrollTo(0, 0);
    heading.current.focus();
  }, []);
  return html`<div class="handover">
    <h1 ref=${heading} tabindex="-1"><${Name} text=${provider.name} /> was added</h1>
    <section class="card form narrow">
      <p>One step is left: register this redirect URI at the provider, exactly as it is.</p>
      <${RedirectUri} provider=${provider} />
      <p>
        Then sign out: the sign-in page offers <strong>Sign in with <${Name} text=${provider.name} /></strong>. New users are
        members; you make them admins under <a href=${link("users")}>Users</a>.
      </p>
      <div class="actions"><${LeaveLink} primary to=${["users", "providers"]}>Done<//></div>
    </section>
  </div>`;
}

export function EditProvider({ id }) {
  const path = `identity-provider/${id}`;
  const { value: loaded, error, reload } = useLoaded((signal) => getTagged(path, { signal }), [path]);
  // The revision that the user took over from somebody else, instead of the one that was loaded.
  const [taken, setTaken] = useState(null);
  const [heading, focusHeading] = useFocusReturn();
  const seen = taken ?? loaded;
  if (!seen) {
    return html`<${Pending} title="Identity provider" what="the identity provider" failure=${error} onRetry=${reload} />`;
  }
  const save = async (change, tag) => {
    if (Object.keys(change).length > 0) {
      const { name } = await patch(path, change, tag);
      announce(`Identity provider “${name}” saved.`);
    }
    navigate("users", "providers");
  };
  const discard = (current) => {
    setTaken(current);
    announce("Your changes were discarded.");
    focusHeading();
  };
  return html`<${Crumbs} />
    <h1 ref=${heading} tabindex="-1">Edit <${Name} text=${seen.object.name} /></h1>
    <p class="hint code">${seen.object.issuer}</p>
    <${ProviderForm} key=${seen.tag} seen=${seen} onSave=${save} onDiscard=${discard} />`;
}
