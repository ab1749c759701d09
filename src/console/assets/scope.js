// Which tools a config selects, computed here so that the form reacts at once. The server checks it again.

/** The config keys that select tools. */
export const SCOPE_KEYS = ["methods", "tags", "tools", "exclude_tools"];

const nonEmpty = (list) => (list && list.length > 0 ? list : undefined);
const sameEntries = (a, b) => JSON.stringify([...(a ?? [])].sort()) === JSON.stringify([...(b ?? [])].sort());

/** Removes empty lists, which would select no tool, and what is off. A zero stays: the server says that it is too low. */
export function withoutEmpty(config) {
  const isSet = (value) => (Array.isArray(value) ? value.length > 0 : value || value === 0);
  return Object.fromEntries(Object.entries(config).filter(([, value]) => isSet(value)));
}

/** The keys in which two configs differ, as a change sends them: with the new value, or null for a removed key. */
export function configChange(before, after) {
  const [from, to] = [withoutEmpty(before), withoutEmpty(after)];
  const isSame = (a, b) => (Array.isArray(a) && Array.isArray(b) ? sameEntries(a, b) : a === b);
  const changed = Object.keys({ ...from, ...to }).filter((key) => !isSame(from[key], to[key]));
  return Object.fromEntries(changed.map((key) => [key, to[key] ?? null]));
}

/** Whether two configs select the same tools. */
export const sameScope = (a, b) => SCOPE_KEYS.every((key) => sameEntries(a[key], b[key]));

/** Whether methods and tags select a tool; `reading` contains the names of the tools that only read. */
export function matchesMethodsAndTags({ methods, tags }, tool, reading) {
  const access = reading.has(tool.name) ? "read" : "write";
  const method = !nonEmpty(methods) || methods.includes(access) || methods.includes(tool.class);
  return method && (!nonEmpty(tags) || tool.tags.some((tag) => tags.includes(tag)));
}

/** Whether a config selects a tool. */
export function selects(config, tool, reading) {
  const named = !nonEmpty(config.tools) || config.tools.includes(tool.name);
  return named && matchesMethodsAndTags(config, tool, reading) && !(config.exclude_tools ?? []).includes(tool.name);
}

/** Returns the config with one tool included or excluded, within its methods and tags. */
export function withTool(config, name, on) {
  const { tools = [], exclude_tools: excluded = [] } = config;
  const without = (list) => list.filter((other) => other !== name);
  if (on) {
    const wanted = tools.length > 0 && !tools.includes(name) ? [...tools, name] : tools;
    return { ...config, tools: wanted, exclude_tools: without(excluded) };
  }
  // The last named tool is excluded instead, because an empty list would select every tool.
  if (tools.includes(name) && tools.length > 1) return { ...config, tools: without(tools) };
  return { ...config, exclude_tools: [...without(excluded), name] };
}
