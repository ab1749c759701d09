// The frame of the page: sign-in state, the view that the URL selects, header and footer.
import { html, render, useEffect, useRef, useState } from "./html.js";
import { useRoute, link } from "./route.js";
import { onSessionChange, sessionState, signOut } from "./session.js";
import { ThemeChoice } from "./theme.js";
import { Announcements } from "./announce.js";
import { leaving } from "./leave.js";
import { LeaveDialog } from "./parts/leave.js";
import { ErrorNotice, Loading } from "./parts/states.js";
import { Facts } from "./facts.js";
import { Account } from "./views/account.js";
import { Accounts } from "./views/accounts.js";
import { Activity } from "./views/activity.js";
import { NewAccount } from "./views/account_form.js";
import { EditServer, NewServer } from "./views/server_form.js";
import { SignIn } from "./views/sign_in.js";
import { Tokens } from "./views/tokens.js";

const SECTIONS = [
  ["accounts", "Accounts"],
  ["activity", "Activity"],
  ["tokens", "API tokens"],
];

/** The title and content of the view at a route. */
function view({ parts, query }) {
  const [section = "accounts", id, subsection, server] = parts;
  if (section === "activity") return ["Activity", html`<${Activity} key=${query} query=${query} />`];
  if (section === "tokens") return ["API tokens", html`<${Tokens} />`];
  if (section !== "accounts" || !id) return ["Accounts", html`<${Accounts} />`];
  if (id === "new") return ["Add an account", html`<${NewAccount} />`];
  if (subsection !== "servers") return ["Account", html`<${Account} key=${id} id=${id} />`];
  if (!server || server === "new") return ["New MCP server", html`<${NewServer} key=${id} account=${id} />`];
  return ["MCP server", html`<${EditServer} key=${server} account=${id} id=${server} />`];
}

function useSession() {
  const [session, setSession] = useState(sessionState);
  useEffect(() => onSessionChange(() => setSession(sessionState())), []);
  return session;
}

function Header({ facts, section, signedIn }) {
  return html`<header class="top">
    <a
      class="brand"
      href=${link("accounts")}
    >
      <span class="mark" aria-hidden="true"></span>${facts.title} <small>MCP console</small>
    </a>
    ${
      signedIn &&
      html`<nav aria-label="Sections">
      ${SECTIONS.map(
        ([name, label]) =>
          html`<a href=${link(name)} aria-current=${name === section ? "page" : undefined} key=${name}>${label}</a>`,
      )}
    </nav>`
    }
    <div class="tools">
      <${ThemeChoice} />
      ${signedIn && html`<button type="button" class="button quiet" onClick=${() => leaving(() => signOut())}>Sign out</button>`}
    </div>
  </header>`;
}

function App({ facts }) {
  const route = useRoute();
  const { signedIn, reason } = useSession();
  const main = useRef();
  const [title, content] = signedIn ? view(route) : ["Sign in", html`<${SignIn} reason=${reason} />`];
  const location = `${signedIn} ${route.parts.join("/")}`;
  useEffect(() => {
    document.title = `${title} · ${facts.title} MCP console`;
    scrollTo(0, 0);
    // Keyboard and screen reader users continue at the start of the new view.
    if (signedIn) main.current.focus();
  }, [location]);
  return html`<${Facts.Provider} value=${facts}>
    <a class="skip" href="#main" onClick=${(event) => {
      event.preventDefault();
      main.current.focus();
    }}>Skip to content</a>
    <${Header} facts=${facts} section=${route.parts[0] ?? "accounts"} signedIn=${signedIn} />
    <main id="main" ref=${main} tabindex="-1">${content}</main>
    <${LeaveDialog} />
    <${Announcements} />
    <footer class="bottom">${facts.title} MCP server ${facts.version}</footer>
  <//>`;
}

const root = document.getElementById("app");
render(html`<${Loading} what="the console" />`, root);
fetch("console/about.json", { credentials: "omit" })
  .then((response) => response.json())
  .then((facts) => render(html`<${App} facts=${facts} />`, root))
  .catch(() =>
    render(html`<${ErrorNotice} failure=${{ message: "The server cannot be reached. Reload the page." }} />`, root),
  );
