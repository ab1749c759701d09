// The new URL of a server, shown once, with the configuration of each client.
import { html, useEffect, useId, useRef, useState } from "../html.js";
import { useFacts } from "../facts.js";
import { UNCOPIED_URL, useGuard } from "../leave.js";
import { useLoaded } from "../load.js";
import { link } from "../route.js";
import { counted, exactTime } from "../format.js";
import { CopyBlock, CopyLine } from "../parts/copy.js";
import { installLink } from "../parts/install.js";
import { LeaveLink } from "../parts/leave.js";
import { ErrorNotice, Loading, Name } from "../parts/states.js";
import { asksForSignIn } from "./access_form.js";

export function ServerReady({ server }) {
  const heading = useRef();
  const [copied, setCopied] = useState(false);
  const isOfUsers = asksForSignIn(server.config);
  useGuard(copied || isOfUsers ? null : UNCOPIED_URL);
  const onCopied = () => setCopied(true);
  useEffect(() => {
    scrollTo(0, 0);
    heading.current.focus();
  }, []);
  return html`<div class="handover">
    <h1 ref=${heading} tabindex="-1"><${Name} text=${server.name} /> is ready</h1>
    <section class="card once" aria-labelledby="once">
      <h2 id="once">1. Copy the URL</h2>
      <${CopyLine} label="MCP server URL" text=${server.url} onCopied=${onCopied} />
      ${
        isOfUsers
          ? html`<p>
            Give this URL to your users. It is not a secret: each of them signs in before using
            ${" "}${counted(server.tool_count, "tool")} of your account.${server.expires_at && ` It expires on ${exactTime(server.expires_at)}.`}
          </p>`
          : html`<p class="notice warn">
            Shown only once. Anyone with this URL can use ${counted(server.tool_count, "tool")} of your account: keep it like
            a password.${server.expires_at && ` It expires on ${exactTime(server.expires_at)}.`}
          </p>`
      }
      ${
        server.old_url_expires_at &&
        html`<p>The old URL works until ${exactTime(server.old_url_expires_at)}. Give every client the new one before that.</p>`
      }
      ${
        server.config.require_api_token_auth &&
        html`<p>
        Clients must also send an API token in the header <code>Authorization: Bearer API_TOKEN</code>.${" "}
        <a href=${link("tokens")} target="_blank" rel="noopener">Create one for each client</a> (opens a new tab).
      </p>`
      }
    </section>
    <section class="card" aria-labelledby="tell">
      <h2 id="tell">2. Configure your client</h2>
      <p class="hint">
        Give the connector a short name in the client, such as <code>d</code>: some clients put it before the name of each
        tool and drop tools whose name is then longer than 64 characters.
      </p>
      <${Clients} server=${server} onCopied=${onCopied} />
    </section>
    ${
      // The page of a new URL is where this link leads to.
      server.old_url_expires_at === undefined &&
      !isOfUsers &&
      html`<p class="hint">
        If the URL leaks or gets lost,${" "}
        <a href=${link("accounts", server.integrated_account_id, "servers", server.id, "url")}>replace it by a new one</a>.
      </p>`
    }
    <div class="actions">
      <${LeaveLink} primary to=${["accounts", server.integrated_account_id]}>Done, I have copied it<//>
    </div>
  </div>`;
}

/** Loads the configuration of each client under the name of a server. It is the same for everyone, and needs no token. */
async function loadClients(name, signal) {
  const response = await fetch(`console/clients.json?${new URLSearchParams({ name })}`, { signal, credentials: "omit" });
  if (!response.ok) throw new Error(`The server returned HTTP status ${response.status}.`);
  return (await response.json()).clients;
}

/** The configuration of each client for a server. `onCopied` is called when it is copied. */
export function Clients({ server, onCopied }) {
  const { value: clients, error, reload } = useLoaded((signal) => loadClients(server.name, signal), [server.name]);
  if (clients) return html`<${ClientTabs} server=${server} clients=${clients} onCopied=${onCopied} />`;
  return error ? html`<${ErrorNotice} failure=${error} onRetry=${reload} />` : html`<${Loading} what="the clients" />`;
}

function ClientTabs({ server, clients, onCopied }) {
  const { url: urlTemplate } = useFacts();
  const guarded = Boolean(server.config.require_api_token_auth);
  const variant = guarded ? "with_second_factor" : "by_url";
  const [chosen, setChosen] = useState(clients.find((client) => !client[variant].problem) ?? clients[0]);
  const { problem, steps, text: template } = chosen[variant];
  const text = template?.replaceAll(urlTemplate, server.url);
  const install = text && installLink(chosen.name, text);
  const id = useId();
  const move = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = clients[(clients.indexOf(chosen) + step + clients.length) % clients.length];
    setChosen(next);
    event.currentTarget.querySelector(`[data-name="${next.name}"]`).focus();
  };
  return html`<div class="tabs" role="tablist" aria-label="Clients" onKeyDown=${move}>
      ${clients.map(
        (client) => html`<button
          type="button"
          role="tab"
          key=${client.name}
          data-name=${client.name}
          id=${`${id}-${client.name}`}
          aria-selected=${client === chosen}
          aria-controls=${`${id}-panel`}
          tabindex=${client === chosen ? 0 : -1}
          onClick=${() => setChosen(client)}
        >
          ${client.title}
        </button>`,
      )}
    </div>
    <div role="tabpanel" id=${`${id}-panel`} aria-labelledby=${`${id}-${chosen.name}`} class="panel">
      ${
        problem
          ? html`<div class="notice">
            <p>${chosen.title} cannot use this server: ${problem}.</p>
            <p class="hint">
              ${
                guarded
                  ? html`Create another server for it, without a second factor.`
                  : html`Ask the operator to make the server reachable from the internet and to start it with${" "}
                    <code>--public-url https://…</code>.`
              }
            </p>
          </div>`
          : html`${
            install &&
            html`<p><a class="button" href=${install} onClick=${onCopied}>Add to ${chosen.title}</a> opens the editor. Or:</p>`
          }
            <ul class="steps">${steps.map((step) => html`<li key=${step}>${step}</li>`)}</ul>
            <${CopyBlock} label=${`Configuration for ${chosen.title}`} text=${text} onCopied=${onCopied} />`
      }
    </div>`;
}
