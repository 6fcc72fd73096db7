/** The public contract over HTTP: every request of this page goes through here, with the caller's key. */

import { key, setKey } from "./key.js";

const ROOT = new URL("v1/", document.baseURI);

/** A refusal in the words of the contract (RFC 9457), or a network that did not answer (`code` "unreachable"). */
export class Problem extends Error {
  /**
   * @param {{code: string, status: number, detail: string, retryable?: boolean, request_id?: string,
   *   errors?: {pointer: string, code: string, message: string}[]}} told
   */
  constructor(told) {
    super(told.detail);
    Object.assign(this, { retryable: false, errors: [], request_id: null, retry_after_s: null }, told);
  }
}

/**
 * Ask the API and read its JSON.
 * @param {string} path below /v1, as "jobs/job_01…"
 * @param {{method?: string, json?: unknown, query?: Object<string, unknown>, signal?: AbortSignal, key?: string,
 *   headers?: Object<string, string>}} [how]
 *   `query` leaves out null, undefined and ""; a list repeats its name. `key` is tried instead of the tab's own.
 *   `headers` go along with the request, as an Idempotency-Key.
 * @returns {Promise<any>} the body; null for an answer without one.
 * @throws {Problem} refused, or unreachable; an abort stays an AbortError.
 */
export async function ask(path, how = {}) {
  const answer = await send(path, how);
  return answer.status === 204 ? null : await answer.json();
}

/** As `ask`, but the answer as text, for example a transcript as subtitles. @returns {Promise<string>} */
export async function askText(path, how = {}) {
  return (await send(path, how)).text();
}

/** Where `path` lies, as a whole address: for a command that a person copies. */
export function addressOf(path) {
  return new URL(path, ROOT).href;
}

async function send(path, { method = "GET", json, query = {}, signal, headers = {}, key: tried = key() }) {
  const authorized = { ...headers, Authorization: `Bearer ${tried ?? ""}` };
  const request = { method, signal, headers: authorized, cache: "no-store" };
  if (json !== undefined) {
    request.body = JSON.stringify(json);
    request.headers["Content-Type"] = "application/json";
  }
  const answer = await reached(withQuery(path, query), request);
  if (answer.ok) return answer;
  // A key that was revoked is forgotten, so that the page asks for another.
  if (answer.status === 401 && tried === key()) setKey(null);
  throw await problemOf(answer);
}

async function reached(address, request) {
  try {
    return await fetch(address, request);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Problem({ code: "unreachable", status: 0, detail: "The service does not answer.", retryable: true });
  }
}

function withQuery(path, query) {
  const address = new URL(path, ROOT);
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) {
      if (one !== null && one !== undefined && one !== "") address.searchParams.append(name, String(one));
    }
  }
  return address;
}

async function problemOf(answer) {
  const told = await answer.json().catch(() => ({}));
  const retry_after_s = Number(answer.headers.get("Retry-After")) || null;
  const { status, statusText: detail } = answer;
  return new Problem({ code: "internal_error", detail, ...told, status, retry_after_s });
}
