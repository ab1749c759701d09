// Talks to the admin API, and says in words a person can act on what went wrong.
import { bearer, end } from "./session.js";
import { title } from "./words.js";

/** A page of a list; the API allows no more. */
const PAGE = 200;
/** Longer lists are cut off: nobody reads them here. */
export const MOST = 10 * PAGE;

/** Why a request was not answered with what was asked for. */
export class Failure extends Error {
  constructor(status, message, violations = []) {
    super(message);
    this.status = status;
    this.violations = violations;
  }

  /** What is wrong with one field, if anything. */
  of(field) {
    const found = this.violations.find((violation) => violation.argument === field);
    return found && sentence(found);
  }
}

/** One thing that is wrong, as a sentence. */
export function sentence({ argument, problem, allowed }) {
  const text = `${title(argument.replace(/^config\./, ""))} ${problem}`.replace(/\.$/, "");
  return `${text}${allowed ? ` (${allowed})` : ""}.`;
}

/** Sends a request with the token of whoever is signed in, or with another. */
export async function send(method, path, { body, signal, token = bearer() } = {}) {
  const headers = { authorization: `Bearer ${token}` };
  if (body !== undefined) headers["content-type"] = "application/json";
  let response;
  try {
    response = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: "omit",
      cache: "no-store",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(0, "The server cannot be reached. Is it running, and are you online?");
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  if (response.status === 401 && token === bearer()) {
    end("The token is not accepted any more: it was removed, or it has expired.");
  }
  throw new Failure(response.status, answer?.message ?? `The server answered ${response.status}.`, answer?.violations);
}

export const get = (path, options) => send("GET", path, options);
export const post = (path, body, options) => send("POST", path, { body, ...options });
export const patch = (path, body) => send("PATCH", path, { body });
export const remove = (path) => send("DELETE", path);

/** All entries of a list, up to `MOST`. */
export async function all(path, query = {}, options = {}) {
  const entries = [];
  let next = null;
  do {
    const cursor = next ? { next_cursor: next } : {};
    const answer = await get(`${path}?${new URLSearchParams({ ...query, ...cursor, limit: PAGE })}`, options);
    entries.push(...answer.result);
    next = answer.next_cursor;
  } while (next && entries.length < MOST);
  return entries;
}
