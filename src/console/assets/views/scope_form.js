// Choosing tools: by a preset, by what they do and what they are about, or one by one.
import { html, useId } from "../html.js";
import { useFacts } from "../facts.js";
import { alike, fits, selects, SELECTING, toggled } from "../scope.js";
import { bytes, count, counted, title, tokens } from "../words.js";
import { Choices } from "../parts/field.js";
import { Problem } from "../parts/states.js";

/** Why no tool can be used, and what to do. */
const unfit = ({ tools = [] }) =>
  tools.length > 0
    ? "No tool can be used. The tools of this choice were picked by name, and none of them fits the methods and " +
      "tags that are ticked: tick “All methods” and “All tags”, or begin with “Everything”."
    : "No tool can be used: none fits both the methods and the tags that are ticked, or those that do were unticked " +
      "one by one. Tick another, or “All tags”.";

/** Scopes that suit any API; those that its specification declares stand between them. */
const READ_ONLY = { name: "read_only", about: "All tools that only look things up.", config: { methods: ["read"] } };
const EVERYTHING = {
  name: "everything",
  about: "All tools, those that change and remove things included.",
  config: {},
};

const METHODS = {
  read: "Whatever changes nothing",
  write: "Whatever changes something",
};

export function ScopeForm({ config, onChange }) {
  const { methods, tags, presets } = useFacts();
  const group = useId();
  const offered = [READ_ONLY, ...presets, EVERYTHING];
  const chosen = offered.find((preset) => alike(preset.config, config));
  const choose = (preset) => {
    const cleared = Object.fromEntries(SELECTING.map((key) => [key, preset.config[key] ?? []]));
    onChange({ ...config, ...cleared });
  };
  const list = (key) => ({ chosen: config[key] ?? [], onChange: (value) => onChange({ ...config, [key]: value }) });
  return html`<fieldset class="presets">
      <legend>What may it do?</legend>
      ${offered.map(
        (preset) => html`<label class="preset" key=${preset.name}>
          <input type="radio" name=${group} checked=${chosen === preset} onChange=${() => choose(preset)} />
          <span><strong>${title(preset.name)}</strong> <small>${preset.about}</small></span>
        </label>`,
      )}
      <p class="hint" role="status">
        ${chosen ? "Or make your own choice below." : "This is your own choice: it is none of the above."}
      </p>
    </fieldset>
    <${Choices}
      legend="Methods"
      hint="Kinds of tools: a tool needs one of those chosen."
      all="All methods"
      options=${methods.map((name) => ({ value: name, label: title(name), about: METHODS[name] }))}
      ...${list("methods")}
    />
    <${Choices}
      legend="Tags"
      hint="Subjects: a tool needs one of those chosen."
      all="All tags"
      options=${tags.map(({ name, about }) => ({ value: name, label: title(name), about }))}
      ...${list("tags")}
    />`;
}

/** The tools that result, and what they cost. `preview` is what the server said of `config` last. */
export function Outcome({ config, onChange, tools, reading, preview, failure, loading }) {
  const { tags } = useFacts();
  const inside = new Set(tools.filter((tool) => selects(config, tool, reading)).map((tool) => tool.name));
  const subjects = tags.map(({ name, about }) => ({
    name,
    about,
    tools: tools.filter((tool) => tool.tags[0] === name),
  }));
  const share = (some) => `${count(some.filter((tool) => inside.has(tool.name)).length)} of ${count(some.length)}`;
  const writes = tools.filter((tool) => inside.has(tool.name) && !reading.has(tool.name)).length;
  return html`<section class="outcome card" aria-label="Resulting tools" aria-busy=${loading}>
    <div role="status">
      ${
        failure
          ? html`<${Problem} failure=${inside.size > 0 ? failure : { message: unfit(config) }} />`
          : html`<p
            class="sum"
          >
            <strong>${preview ? count(preview.count) : "…"}</strong> of ${counted(tools.length, "tool")}
          </p>
            <p class="hint">
              ${writes > 0 ? counted(writes, "tool changes", "tools change") : "None of them changes"}
              ${writes > 0 ? " something." : " anything."}
              ${preview && ` The client reads ${bytes(preview.bytes)} of descriptions, ${tokens(preview.bytes)}.`}
            </p>`
      }
    </div>
    <div class="tools" tabindex="0" role="group" aria-label="Tools one by one">
      ${subjects
        .filter((subject) => subject.tools.length > 0)
        .map(
          (subject) => html`<details key=${subject.name} open=${subject.tools.some((tool) => inside.has(tool.name))}>
            <summary>
              ${title(subject.name)}
              <small class="muted"> ${share(subject.tools)}</small>
            </summary>
            <p class="hint">${subject.about}</p>
            ${subject.tools.map((tool) => {
              const on = inside.has(tool.name);
              return html`<label class="tool" key=${tool.name} title=${tool.name}>
                <input
                  type="checkbox"
                  checked=${on}
                  disabled=${!fits(config, tool, reading)}
                  onChange=${(event) => onChange(toggled(config, tool.name, event.target.checked))}
                />
                <span>${tool.title}</span>
                <small
                  class=${reading.has(tool.name) ? "muted" : "writes"}
                >
                  ${reading.has(tool.name) ? "reads" : "writes"}
                </small>
              </label>`;
            })}
          </details>`,
        )}
    </div>
  </section>`;
}
