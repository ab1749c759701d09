// What another user changed in an object since it was opened, field by field, and the decision about it.
import { html, useEffect, useRef, useState } from "../html.js";
import { useAction } from "../load.js";
import { exactTime, title } from "../format.js";

/** Fields that users cannot edit: they say what happened to the object. */
const NOT_EDITED = [
  "id", "integrated_account_id", "tool_count", "status", "last_check", "ratelimit", "created_by", "created_at",
  "updated_by", "updated_at", "last_used_at", "used_last_hour", "findings", "redirect_uri",
];
/** What the absence of a value means. */
const ABSENT = {
  methods: "all",
  tags: "all",
  tools: "all",
  exclude_tools: "none",
  expires_at: "never",
  require_api_token_auth: "no",
  tool_exposure: "all",
  confirm: "auto",
  results: "compact",
  max_result_chars: "25000",
  calls_per_hour: "no limit",
  writes_per_hour: "no limit",
  paused: "no",
  sign_in: "every user",
  allowed_ips: "all",
  allowed_tenants: "all",
  allowed_domains: "all",
  allowed_groups: "all",
};
const LABELS = {
  require_api_token_auth: "Second factor",
  tool_exposure: "Tool exposure",
  confirm: "Confirmation",
  max_result_chars: "Longest result",
  expires_at: "Expires",
  calls_per_hour: "Calls per hour",
  writes_per_hour: "Changes per hour",
  sign_in: "Allowed users",
  allowed_ips: "Allowed addresses",
  cache_seconds: "Seconds for which replies are reused",
};

const labelOf = (field) => LABELS[field] ?? title(field);

function shown(field, value) {
  if (value === undefined || value === null || value.length === 0) return ABSENT[field] ?? "not set";
  if (field === "expires_at") return exactTime(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "object" && !Array.isArray(value)) return Object.values(value).flat().join(", ");
  const words = [value].flat();
  return ["methods", "tags"].includes(field) ? words.map(title).join(", ") : words.join(", ");
}

/** The fields that can be edited, with those of the config beside the others. */
function editable({ config, ...fields }) {
  const own = Object.entries(fields).filter(([field]) => !NOT_EDITED.includes(field));
  return { ...Object.fromEntries(own), ...config };
}

/** The fields that differ between two states of an object, with their values as text. */
export function differences(before, after) {
  const [from, to] = [editable(before), editable(after)];
  return Object.keys({ ...from, ...to })
    .filter((field) => JSON.stringify(from[field]) !== JSON.stringify(to[field]))
    .map((field) => ({ field, label: labelOf(field), was: shown(field, from[field]), is: shown(field, to[field]) }));
}

/**
 * An action on one revision of an object. If the object has changed since, `conflict` is its current revision, and the
 * next run applies to that one.
 */
export function useRevisedAction(seen, action) {
  const [conflict, setConflict] = useState(null);
  const target = conflict ?? seen;
  const { run, busy, failure } = useAction(async () => {
    try {
      return await action(target);
    } catch (failure) {
      if (!failure.conflict) throw failure;
      setConflict(failure.conflict);
      return undefined;
    }
  });
  return { run, busy, failure, conflict };
}

/** Shows what another user changed. `mine` names the fields that the user of this page changed as well. */
export function Differences({ kind, before, current, mine = [], children }) {
  const notice = useRef();
  const changes = differences(before, current);
  useEffect(() => notice.current.focus(), [current]);
  return html`<div class="notice warn differences" role="alert" tabindex="-1" ref=${notice}>
    <p><strong>Someone else has changed this ${kind} since you opened it.</strong></p>
    ${
      changes.length === 0
        ? html`<p>The change does not show: it may be a new API key or secret.</p>`
        : html`<div class="table"><table class="dense">
          <thead>
            <tr><th scope="col">Field</th><th scope="col">When you opened it</th><th scope="col">Now</th></tr>
          </thead>
          <tbody>
            ${changes.map(
              ({ field, label, was, is }) => html`<tr key=${field}>
                <th scope="row">
                  ${label}
                  ${mine.includes(field) && html`<small class="muted"> changed by you as well</small>`}
                </th>
                <td data-label="When you opened it"><bdi>${was}</bdi></td>
                <td data-label="Now"><bdi>${is}</bdi></td>
              </tr>`,
            )}
          </tbody>
        </table></div>`
    }
    ${children}
  </div>`;
}
