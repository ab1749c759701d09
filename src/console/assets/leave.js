// Guards: what would be lost by leaving a view, and the question that is asked before. Some secrets are shown only once.
import { useLayoutEffect, useState } from "./html.js";

/** A question: its title, a text, and the labels of the two answers. */
export const UNSAVED_EDITS = {
  title: "Discard your changes?",
  text: "They have not been saved.",
  stay: "Keep editing",
  leave: "Discard changes",
};
export const UNCOPIED_URL = {
  title: "Leave without the URL?",
  text: "It is shown only once. If you have not copied it, no client can use this MCP server, and you have to create another one.",
  stay: "Stay and copy it",
  leave: "Leave without it",
};
export const UNCOPIED_TOKEN = {
  title: "Leave without the token?",
  text: "It is shown only once. If you have not copied it, no program can use it, and you have to create another one.",
  stay: "Stay and copy it",
  leave: "Leave without it",
};

const guards = new Set();
const listeners = new Set();
/** The question that is being asked, and what to do if the user agrees. */
let asked = null;

function setAsked(next) {
  asked = next;
  listeners.forEach((listener) => listener(next));
}

// The browser asks in its own words before the page is reloaded or closed.
const onUnload = (event) => event.preventDefault();

function add(guard) {
  guards.add(guard);
  addEventListener("beforeunload", onUnload);
}

function drop(guard) {
  guards.delete(guard);
  if (guards.size > 0) return;
  removeEventListener("beforeunload", onUnload);
  // The view has gone for another reason, such as the end of the session.
  if (asked) setAsked(null);
}

/** Asks `question` before anything leaves this view, unless it is null. */
export function useGuard(question) {
  useLayoutEffect(() => {
    if (!question) return undefined;
    const guard = { question };
    add(guard);
    return () => drop(guard);
  }, [question]);
}

/** Whether leaving the view would lose something. */
export const isGuarded = () => guards.size > 0;

/** Lets the next navigation pass, because nothing is left to lose. */
export const release = () => [...guards].forEach(drop);

/** Calls `action`, which leaves the view. If something would be lost, the user is asked first. */
export function leaving(action) {
  const [guard] = guards;
  if (guard) setAsked({ question: guard.question, action });
  else action();
}

/** Answers the question that is being asked. */
export function answer(agreed) {
  const { action } = asked;
  setAsked(null);
  if (!agreed) return;
  release();
  action();
}

/** The question that is being asked, or null. */
export function useAsked() {
  const [current, setCurrent] = useState(asked);
  useLayoutEffect(() => {
    listeners.add(setCurrent);
    return () => listeners.delete(setCurrent);
  }, []);
  return current?.question ?? null;
}
