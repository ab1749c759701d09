// Selecting tools: by preset, by method and tag, or one by one.
import { html, useId } from "../html.js";
import { useFacts } from "../facts.js";
import { matchesMethodsAndTags, sameScope, SCOPE_KEYS, selects, withTool } from "../scope.js";
import { counted, estimatedTokens, formatBytes, formatNumber, title } from "../format.js";
import { Choices } from "../parts/field.js";
import { ErrorNotice } from "../parts/states.js";

/** Why the config selects no tool, and what to do. */
const emptyScopeMessage = ({ tools = [] }) =>
  tools.length > 0
    ? "No tool is selected. Some tools are chosen by name, and none of them matches the selected methods and tags. " +
      "Select “All methods” and “All tags”, or start from “Everything”."
    : "No tool is selected. No tool matches both the methods and the tags, or the matching ones were deselected one by " +
      "one. Select another tool, or “All tags”.";

/** Presets for any API. Those that its specification declares are listed between them. */
const READ_ONLY = { name: "read_only", about: "All tools that only read.", config: { methods: ["read"] } };
const EVERYTHING = {
  name: "everything",
  about: "All tools, including those that change and delete records.",
  config: { confirm: "always" },
};

const METHODS = {
  read: "All tools that only read",
  write: "All tools that change something",
};

export function ScopeForm({ config, onChange }) {
  const { methods, tags, presets } = useFacts();
  const group = useId();
  const offered = [READ_ONLY, ...presets, EVERYTHING];
  const chosen = offered.find((preset) => sameScope(preset.config, config));
  const choose = (preset) => {
    const cleared = Object.fromEntries(SCOPE_KEYS.map((key) => [key, preset.config[key] ?? []]));
    onChange({ ...config, ...cleared, confirm: preset.config.confirm });
  };
  const list = (key) => ({ chosen: config[key] ?? [], onChange: (value) => onChange({ ...config, [key]: value }) });
  return html`<fieldset class="presets">
      <legend>Preset</legend>
      ${offered.map(
        (preset) => html`<label class="preset" key=${preset.name}>
          <input type="radio" name=${group} checked=${chosen === preset} onChange=${() => choose(preset)} />
          <span><strong>${title(preset.name)}</strong> <small>${preset.about}</small></span>
        </label>`,
      )}
      <p class="hint" role="status">
        ${chosen ? "You can adjust the selection below." : "Custom selection: it matches none of the presets."}
      </p>
    </fieldset>
    <${Choices}
      legend="Methods"
      hint="A tool must have one of the selected methods."
      all="All methods"
      options=${methods.map((name) => ({ value: name, label: title(name), about: METHODS[name] }))}
      ...${list("methods")}
    />
    <${Choices}
      legend="Tags"
      hint="A tool must have one of the selected tags."
      all="All tags"
      options=${tags.map(({ name, about }) => ({ value: name, label: title(name), about }))}
      ...${list("tags")}
    />`;
}

/** The effects for which a person should confirm a call, as marks of a tool. */
const MARKS = {
  sends_email: "e-mails customers",
  shows_customers: "shows customers",
  deletes: "deletes",
  publishes: "publishes",
};

/** Whether a tool reads or writes, and its effects on people. The title says when a call has them. */
function ToolMark({ tool, reads }) {
  if (reads) return html`<small class="muted">read</small>`;
  const effects = tool.effects.filter((effect) => effect.needs_confirmation);
  const marks = effects.map((effect) => MARKS[effect.kind] ?? effect.kind);
  return html`<small class="writes" title=${effects.map((effect) => effect.about).join(" ") || null}>
    ${["write", ...marks].join(" · ")}
  </small>`;
}

/** The selected tools and the size of their descriptions. `preview` is the last result of the server for `config`. */
export function SelectedTools({ config, onChange, tools, reading, preview, failure, loading }) {
  const { tags } = useFacts();
  const selected = new Set(tools.filter((tool) => selects(config, tool, reading)).map((tool) => tool.name));
  const groups = tags.map(({ name, about }) => ({
    name,
    about,
    tools: tools.filter((tool) => tool.tags[0] === name),
  }));
  const share = (some) => `${formatNumber(some.filter((tool) => selected.has(tool.name)).length)} of ${formatNumber(some.length)}`;
  const writes = tools.filter((tool) => selected.has(tool.name) && !reading.has(tool.name)).length;
  return html`<section class="outcome card" aria-label="Selected tools" aria-busy=${loading}>
    <div role="status">
      ${
        failure
          ? html`<${ErrorNotice} failure=${selected.size > 0 ? failure : { message: emptyScopeMessage(config) }} />`
          : html`<p
            class="sum"
          >
            <strong>${preview ? formatNumber(preview.count) : "…"}</strong> of ${counted(tools.length, "tool")}
          </p>
            <p class="hint">
              ${writes > 0 ? counted(writes, "tool changes", "tools change") : "None of them changes"} data.
              ${preview && ` The client loads ${formatBytes(preview.bytes)} of descriptions, ${estimatedTokens(preview.bytes)}.`}
            </p>`
      }
    </div>
    <div class="tools" tabindex="0" role="group" aria-label="Select tools one by one">
      ${groups
        .filter((group) => group.tools.length > 0)
        .map(
          (group) => html`<details key=${group.name} open=${group.tools.some((tool) => selected.has(tool.name))}>
            <summary>
              ${title(group.name)}
              <small class="muted"> ${share(group.tools)}</small>
            </summary>
            <p class="hint">${group.about}</p>
            ${group.tools.map((tool) => {
              const on = selected.has(tool.name);
              return html`<label class="tool" key=${tool.name} title=${tool.name}>
                <input
                  type="checkbox"
                  checked=${on}
                  disabled=${!matchesMethodsAndTags(config, tool, reading)}
                  onChange=${(event) => onChange(withTool(config, tool.name, event.target.checked))}
                />
                <span>${tool.title}</span>
                <${ToolMark} tool=${tool} reads=${reading.has(tool.name)} />
              </label>`;
            })}
          </details>`,
        )}
    </div>
  </section>`;
}
