// Client of the admin API. Its errors have messages that a person can act on.
import { bearer, signOut } from "./session.js";
import { title } from "./format.js";

/** Entries per page of a list; this is the maximum of the API. */
const PAGE_SIZE = 200;
/** Maximum number of entries that the console loads of a list. */
export const MAX_ENTRIES = 10 * PAGE_SIZE;

/** A failed request. `status` is 0 if there was no response. */
export class ApiError extends Error {
  constructor(status, message, violations = []) {
    super(message);
    this.status = status;
    this.violations = violations;
  }

  /** The problem with one field of the form, as a sentence. */
  problemOf(field) {
    const found = this.violations.find((violation) => violation.argument === field);
    return found && sentence(found);
  }
}

/** A violation as a sentence. */
export function sentence({ argument, problem, allowed }) {
  const text = `${title(argument.replace(/^config\./, ""))} ${problem}`.replace(/\.$/, "");
  return `${text}${allowed ? ` (${allowed})` : ""}.`;
}

/** Sends a request. By default it carries the token of the signed-in user. */
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
    throw new ApiError(0, "The server cannot be reached. Check that it is running and that you are online.");
  }
  const answer = await response.json().catch(() => null);
  if (response.ok) return answer;
  if (response.status === 401 && token === bearer()) {
    signOut("Your token is no longer valid: it was revoked or has expired.");
  }
  throw new ApiError(response.status, answer?.message ?? `The server returned HTTP status ${response.status}.`, answer?.violations);
}

export const get = (path, options) => send("GET", path, options);
export const post = (path, body, options) => send("POST", path, { body, ...options });
export const patch = (path, body) => send("PATCH", path, { body });
export const remove = (path) => send("DELETE", path);

/** Loads all entries of a list, up to `MAX_ENTRIES`. */
export async function getAll(path, query = {}, options = {}) {
  const entries = [];
  let next = null;
  do {
    const cursor = next ? { next_cursor: next } : {};
    const answer = await get(`${path}?${new URLSearchParams({ ...query, ...cursor, limit: PAGE_SIZE })}`, options);
    entries.push(...answer.result);
    next = answer.next_cursor;
  } while (next && entries.length < MAX_ENTRIES);
  return entries;
}
