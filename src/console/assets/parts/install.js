// Links that add a server to an editor. They open the editor on this machine, and no other host learns the URL in them.

/** The form of the links, by the name of the client. */
const FORMS = {
  cursor: (name, entry) =>
    `cursor://anysphere.cursor-deeplink/mcp/install?${new URLSearchParams({ name, config: btoa(JSON.stringify(entry)) })}`,
  vscode: (name, entry, inputs) =>
    `vscode:mcp/install?${encodeURIComponent(JSON.stringify({ name, ...entry, ...(inputs && { inputs }) }))}`,
};

/** Returns the link for a client whose configuration file is `text`, or nothing if the client has no such links. */
export function installLink(client, text) {
  if (!FORMS[client]) return undefined;
  const { inputs, ...lists } = JSON.parse(text);
  const [servers] = Object.values(lists);
  const [[name, entry]] = Object.entries(servers);
  return FORMS[client](name, entry, inputs);
}
