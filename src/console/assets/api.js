// Client of the admin API. Its errors have messages that a person can act on.
import { csrfToken, loadSession } from "./session.js";
import { title } from "./format.js";

/** Entries per page of a list; this is the maximum of the API. */
const PAGE_SIZE = 200;
/** Maximum number of entries that the console loads of a list. */
export const MAX_ENTRIES = 10 * PAGE_SIZE;

/** The status of a change that was meant for an earlier revision of an object. */
const PRECONDITION_FAILED = 412;

/**
 * A failed request. `status` is 0 if there was no response. After a conflict, `current` is the object as it is now, with
 * the tag of its revision.
 */
export class ApiError extends Error {
  constructor(status, message, { violations = [], current, tag } = {}) {
    super(message);
    this.status = status;
    this.violations = violations;
    this.conflict = status === PRECONDITION_FAILED ? { object: current, tag } : null;
  }

  /** The problem with one field of the form, or with an entry of its list, as a sentence. */
  problemOf(field) {
    const found = this.violations.find(({ argument }) => argument === field || argument.startsWith(`${field}[`));
    return found && sentence(found);
  }
}

/** A violation as a sentence. */
export function sentence({ argument, problem, allowed }) {
  const [, name, index] = argument.match(/^(?:config\.)?(?:sign_in\.)?(.*?)(?:\[(\d+)\])?$/);
  const subject = index === undefined ? title(name) : `${title(name)}, entry ${Number(index) + 1}:`;
  const text = `${subject} ${problem}`.replace(/\.$/, "");
  return `${text}${allowed ? `: expected ${allowed}` : ""}.`;
}

/** The tag of the object in a response. A proxy that compresses the response marks the tag as weak. */
const tagOf = (response) => response.headers.get("etag")?.replace(/^W\//, "") ?? null;

/** Sends a request in the session, and returns the response. */
async function send(method, path, { body, signal, tag }) {
  const headers = { "x-csrf-token": csrfToken() };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (tag) headers["if-match"] = tag;
  try {
    return await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      credentials: "same-origin",
      cache: "no-store",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(0, "The server cannot be reached. Check that it is running and that you are online.");
  }
}

/** Whether the browser has another session now than the one in which a request was refused. */
const hasOtherSession = async (response) =>
  [401, 403].includes(response.status) && (await loadSession().catch(() => false));

/**
 * Sends a request, and returns the answer with the tag of its object. With `tag`, the request applies only to that
 * revision of the object.
 */
async function exchange(method, path, options = {}) {
  let response = await send(method, path, options);
  // The user signed in again in another tab.
  if (await hasOtherSession(response)) response = await send(method, path, options);
  const answer = await response.json().catch(() => null);
  if (response.ok) return { object: answer, tag: tagOf(response) };
  const message = answer?.message ?? `The server returned HTTP status ${response.status}.`;
  throw new ApiError(response.status, message, { ...answer, tag: tagOf(response) });
}

/** Gets an object with the tag of its revision. */
export const getTagged = (path, options) => exchange("GET", path, options);
export const get = async (path, options) => (await getTagged(path, options)).object;
export const post = async (path, body, options) => (await exchange("POST", path, { body, ...options })).object;
/** Changes the fields in `body`, if the object still has the revision of `tag`. */
export const patch = async (path, body, tag) => (await exchange("PATCH", path, { body, tag })).object;
/** Deletes or revokes an object, if it still has the revision of `tag` or none is given. */
export const remove = async (path, tag) => (await exchange("DELETE", path, { tag })).object;

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
