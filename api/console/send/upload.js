/** The bytes on their way: the fingerprint of a file, and its upload to the place that the service gave. */

import { Problem } from "../core/api.js";

/** Up to here a file is read whole for its SHA-256, bytes: a larger one would stand in the memory of the tab. */
const HASHED_MAX_BYTES = 64 * 1_024 * 1_024;
/** The place holds an object already: an earlier try came through although its answer did not. */
const ALREADY_THERE = 412;

/**
 * The SHA-256 of `file`, as 64 lower-case digits.
 * @param {File} file
 * @returns {Promise<string|null>} null where it is too large, or the page does not come by a secure way.
 */
export async function sha256Of(file) {
  if (file.size > HASHED_MAX_BYTES || !crypto.subtle) return null;
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Put `file` where `place` says, with exactly its headers.
 * XMLHttpRequest, since fetch tells nobody how far an upload is.
 * @param {{method: string, url: string, headers: Object<string, string>}} place
 * @param {File} file
 * @param {{onSent: (bytes: number) => void, signal: AbortSignal}} to
 * @returns {Promise<void>}
 * @throws {Problem} `upload_failed`: the network broke off, or the store refused.
 */
export function put(place, file, { onSent, signal }) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const refuse = () => reject(failed(request.status));
    request.upload.onprogress = (event) => onSent(event.loaded);
    request.onload = () => (isThere(request.status) ? resolve() : refuse());
    request.onerror = refuse;
    request.onabort = () => reject(signal.reason);
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.open(place.method, place.url);
    for (const [name, value] of Object.entries(place.headers)) request.setRequestHeader(name, value);
    request.send(file);
  });
}

function isThere(status) {
  return (status >= 200 && status < 300) || status === ALREADY_THERE;
}

function failed(status) {
  const detail = status ? `The store answered ${status}.` : "The connection broke off.";
  return new Problem({ code: "upload_failed", status, detail, retryable: true });
}
