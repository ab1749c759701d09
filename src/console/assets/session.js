// The session: the admin token, kept in a variable only, so that it is lost with the page or after some idle time.

/** Idle time after which the user is signed out, in minutes. */
export const IDLE_MINUTES = 30;

const listeners = new Set();
let token = null;
let reason = null;
let lastUsed = 0;

/** Whether a user is signed in, and the reason of the last sign-out. */
export const sessionState = () => ({ signedIn: token !== null, reason });

export const bearer = () => token;

export function signIn(given) {
  token = given;
  reason = null;
  markUsed();
  notify();
}

/** Forgets the token. `why` is shown on the sign-in page. */
export function signOut(why = null) {
  token = null;
  reason = why;
  notify();
}

/** Calls `listener` after each change. Returns a function that unsubscribes it. */
export function onSessionChange(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const notify = () => listeners.forEach((listener) => listener());

function markUsed() {
  lastUsed = Date.now();
}

// Only user input counts as use, not what the page does by itself.
for (const event of ["pointerdown", "keydown", "wheel"]) {
  addEventListener(event, markUsed, { passive: true, capture: true });
}

// Compares clock times, because timers do not run while the machine sleeps.
setInterval(() => {
  if (token !== null && Date.now() - lastUsed > IDLE_MINUTES * 60_000) {
    signOut(`You were signed out after ${IDLE_MINUTES} minutes of inactivity.`);
  }
}, 5_000);
