// Keeps the admin token: in this variable and nowhere else, so that it is gone with the page, and after a while unused.

/** How long the page may lie unused, in minutes. */
export const IDLE_MINUTES = 30;

const listeners = new Set();
let token = null;
let reason = null;
let used = 0;

/** Whether somebody is signed in, and why not any more. */
export const state = () => ({ signedIn: token !== null, reason });

export const bearer = () => token;

export function begin(given) {
  token = given;
  reason = null;
  use();
  tell();
}

/** Forgets the token; `why` is shown to whoever comes next. */
export function end(why = null) {
  token = null;
  reason = why;
  tell();
}

/** Calls `listener` after each change; answers how to stop that. */
export function listen(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const tell = () => listeners.forEach((listener) => listener());

function use() {
  used = Date.now();
}

// What a person does counts, what the page does by itself does not.
for (const event of ["pointerdown", "keydown", "wheel"]) {
  addEventListener(event, use, { passive: true, capture: true });
}

// By the clock, since timers stand still in a sleeping machine.
setInterval(() => {
  if (token !== null && Date.now() - used > IDLE_MINUTES * 60_000) {
    end(`Nobody used this page for ${IDLE_MINUTES} minutes, so the token was forgotten.`);
  }
}, 5_000);
