// What a configuration selects, worked out here so that a form answers at once; the server has the last word.

/** The keys of a configuration that select tools. */
export const SELECTING = ["methods", "tags", "tools", "exclude_tools"];

const some = (list) => (list && list.length > 0 ? list : undefined);
const same = (a, b) => JSON.stringify([...(a ?? [])].sort()) === JSON.stringify([...(b ?? [])].sort());

/** A configuration without empty lists, which would select nothing. */
export function tidy(config) {
  return Object.fromEntries(
    Object.entries(config).filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value)),
  );
}

/** Whether two configurations select alike. */
export const alike = (a, b) => SELECTING.every((key) => same(a[key], b[key]));

/** Whether methods and tags let a tool through; `reading` has the names of those that only read. */
export function fits({ methods, tags }, tool, reading) {
  const kind = reading.has(tool.name) ? "read" : "write";
  const method = !some(methods) || methods.includes(kind) || methods.includes(tool.class);
  return method && (!some(tags) || tool.tags.some((tag) => tags.includes(tag)));
}

/** Whether a configuration selects a tool. */
export function selects(config, tool, reading) {
  const named = !some(config.tools) || config.tools.includes(tool.name);
  return named && fits(config, tool, reading) && !(config.exclude_tools ?? []).includes(tool.name);
}

/** The configuration in which a tool is in or out, methods and tags permitting. */
export function toggled(config, name, on) {
  const { tools = [], exclude_tools: excluded = [] } = config;
  const without = (list) => list.filter((other) => other !== name);
  if (on) {
    const wanted = tools.length > 0 && !tools.includes(name) ? [...tools, name] : tools;
    return { ...config, tools: wanted, exclude_tools: without(excluded) };
  }
  // The last tool by name is left out instead: a list without names would let every tool in.
  if (tools.includes(name) && tools.length > 1) return { ...config, tools: without(tools) };
  return { ...config, exclude_tools: [...without(excluded), name] };
}
