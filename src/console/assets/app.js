// The frame of the page: sign-in state, the view that the URL selects, header and footer.
import { html, render, useEffect, useRef, useState } from "./html.js";
import { useRoute, link } from "./route.js";
import { loadSession, onSessionChange, sessionState, signInUrl } from "./session.js";
import { ThemeChoice } from "./theme.js";
import { Announcements } from "./announce.js";
import { LeaveDialog } from "./parts/leave.js";
import { ErrorNotice, Loading } from "./parts/states.js";
import { lazy } from "./parts/lazy.js";
import { UserMenu } from "./parts/user_menu.js";
import { Facts } from "./facts.js";
import { Account } from "./views/account.js";
import { Accounts } from "./views/accounts.js";
import { NewAccount } from "./views/account_form.js";
import { NewUrl } from "./views/new_url.js";
import { EditServer, NewServer } from "./views/server_form.js";
import { SignedOut } from "./views/signed_out.js";

const Activity = lazy("Activity", "Activity", () => import("./views/activity.js"));
const Audit = lazy("Audit log", "Audit", () => import("./views/audit.js"));
const Connections = lazy("Connections", "Connections", () => import("./views/connections.js"));
const EditProvider = lazy("Identity provider", "EditProvider", () => import("./views/provider_form.js"));
const Member = lazy("Your access", "Member", () => import("./views/member.js"));
const NewProvider = lazy("Add identity provider", "NewProvider", () => import("./views/provider_form.js"));
const Providers = lazy("Identity providers", "Providers", () => import("./views/providers.js"));
const Tokens = lazy("API tokens", "Tokens", () => import("./views/tokens.js"));
const Users = lazy("Users", "Users", () => import("./views/users.js"));

const SECTIONS = [
  ["accounts", "Accounts"],
  ["activity", "Activity"],
  ["users", "Users"],
  ["connections", "Connections"],
  ["tokens", "API tokens"],
  ["audit", "Audit log"],
];

/** The title and content of the view at a route, for an admin. */
function adminView({ parts, query }) {
  const [section = "accounts", id, subsection, server, page] = parts;
  if (section === "activity") return ["Activity", html`<${Activity} key=${query} query=${query} />`];
  if (section === "users" && id === "providers") return providerView(subsection);
  if (section === "users") return ["Users", html`<${Users} />`];
  if (section === "connections") return ["Connections", html`<${Connections} />`];
  if (section === "tokens") return ["API tokens", html`<${Tokens} />`];
  if (section === "audit") return ["Audit log", html`<${Audit} />`];
  if (section !== "accounts" || !id) return ["Accounts", html`<${Accounts} />`];
  if (id === "new") return ["Add an account", html`<${NewAccount} />`];
  if (subsection !== "servers") return ["Account", html`<${Account} key=${id} id=${id} />`];
  if (!server || server === "new") return ["New MCP server", html`<${NewServer} key=${id} account=${id} />`];
  if (page === "url") return ["New URL", html`<${NewUrl} key=${server} account=${id} id=${server} />`];
  return ["MCP server", html`<${EditServer} key=${server} account=${id} id=${server} />`];
}

/** The title and content of a view of identity providers: the list, a new one, or the one with that ID. */
function providerView(id) {
  if (!id) return ["Identity providers", html`<${Providers} />`];
  if (id === "new") return ["Add identity provider", html`<${NewProvider} />`];
  return ["Identity provider", html`<${EditProvider} key=${id} id=${id} />`];
}

/** The title and content of the page. */
function view(route, { session, reason }) {
  if (!session) return ["Signed out", html`<${SignedOut} reason=${reason} />`];
  if (session.role !== "admin") return ["Your access", html`<${Member} />`];
  return adminView(route);
}

function useSession() {
  const [state, setState] = useState(sessionState);
  useEffect(() => onSessionChange(() => setState(sessionState())), []);
  return state;
}

function Header({ facts, section, session }) {
  return html`<header class="top">
    <a
      class="brand"
      href=${link("accounts")}
    >
      <span class="mark" aria-hidden="true"></span>${facts.title} <small>MCP console</small>
    </a>
    ${
      session?.role === "admin" &&
      html`<nav aria-label="Sections">
      ${SECTIONS.map(
        ([name, label]) =>
          html`<a href=${link(name)} aria-current=${name === section ? "page" : undefined} key=${name}>${label}</a>`,
      )}
    </nav>`
    }
    <div class="tools">
      <${ThemeChoice} />
      ${session && html`<${UserMenu} session=${session} />`}
    </div>
  </header>`;
}

function App({ facts }) {
  const route = useRoute();
  const state = useSession();
  const main = useRef();
  const [title, content] = view(route, state);
  const location = `${state.session !== null} ${route.parts.join("/")}`;
  useEffect(() => {
    document.title = `${title} · ${facts.title} MCP console`;
    scrollTo(0, 0);
    // Keyboard and screen reader users continue at the start of the new view.
    main.current.focus();
  }, [location]);
  return html`<${Facts.Provider} value=${facts}>
    <a class="skip" href="#main" onClick=${(event) => {
      event.preventDefault();
      main.current.focus();
    }}>Skip to content</a>
    <${Header} facts=${facts} section=${route.parts[0] ?? "accounts"} session=${state.session} />
    <main id="main" ref=${main} tabindex="-1">${content}</main>
    <${LeaveDialog} />
    <${Announcements} />
    <footer class="bottom">${facts.title} MCP server ${facts.version}</footer>
  <//>`;
}

const root = document.getElementById("app");
render(html`<${Loading} what="the console" />`, root);
const loadFacts = async () => (await fetch("console/about.json", { credentials: "omit" })).json();
Promise.all([loadFacts(), loadSession()])
  .then(([facts]) => {
    if (sessionState().session) render(html`<${App} facts=${facts} />`, root);
    else location.replace(signInUrl());
  })
  .catch(() =>
    render(html`<${ErrorNotice} failure=${{ message: "The server cannot be reached. Reload the page." }} />`, root),
  );
