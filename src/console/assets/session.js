// The session: the user who is signed in. The browser keeps its cookie, which no script can read. The page knows the CSRF
// token, which proves to the server that a request comes from this page.

const ENDED = "Your session has ended: it expired, you signed out elsewhere, or your access was revoked.";

const listeners = new Set();
let session = null;
let reason = null;

/** The session with `user`, `role` and `csrf_token`, or null, and the reason of its end. */
export const sessionState = () => ({ session, reason });

export const csrfToken = () => session?.csrf_token;

/** Calls `listener` after each change. Returns a function that unsubscribes it. */
export function onSessionChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Loads the session of the browser, which all tabs share. Returns whether there is another one than before. */
export async function loadSession() {
  const response = await fetch("sign-in/session.json", { credentials: "same-origin", cache: "no-store" });
  if (!response.ok) throw new Error((await response.json()).message);
  const before = session;
  session = await response.json();
  if (before && !session) reason = ENDED;
  // What another user saw must not stay on the page.
  if (before && session && before.user !== session.user) location.reload();
  listeners.forEach((listener) => listener());
  return session !== null && session.csrf_token !== before?.csrf_token;
}

/** The sign-in page, which leads back to the current view. */
export const signInUrl = () => `sign-in?${new URLSearchParams({ return_to: `/console${location.hash}` })}`;
