/**
 * The calls that this tab sent. They outlive the view, since an upload goes on while somebody looks at another one,
 * and those that have a job outlive a reload.
 *
 * @typedef {object} Delivery
 * @property {string} id of the card
 * @property {string} name of the file; never sent
 * @property {number} bytes of the file
 * @property {File|null} file null after a reload
 * @property {object} wish what was chosen for it: `{reference, lane, options}`
 * @property {string} idempotencyKey
 * @property {string|null} jobId
 * @property {object|null} job as the service told it last
 * @property {"waiting"|"checking"|"announcing"|"uploading"|"confirming"|"job"|"refused"|"stuck"|"stopped"|"lost"} phase
 *   from "job" on the job's own status counts; refused: never sent; stuck: not sent, see `problem`; lost: a reload
 *   interrupted the upload
 * @property {number} sent_bytes
 * @property {Error|null} problem
 * @property {boolean} isUnanswered the service does not answer just now
 * @property {number} since_ms moment of the drop, epoch
 * @property {AbortController|null} stop ends the sending
 */

import { dropName, keepName, nameOf } from "../core/names.js";

const KEPT_AS = "callscribe.deliveries";
const NEW = {
  file: null, wish: {}, jobId: null, job: null, phase: "waiting", sent_bytes: 0, problem: null, isUnanswered: false,
  stop: null,
};

/** Newest batch first. @type {Delivery[]} */
let deliveries = kept();
const listeners = new Set();

/** All of them, newest batch first. @returns {readonly Delivery[]} */
export function all() {
  return deliveries;
}

/** Be told after each change, until `signal` is aborted. @param {(changed: Delivery|null) => void} listener */
export function listen(listener, signal) {
  listeners.add(listener);
  signal.addEventListener("abort", () => listeners.delete(listener), { once: true });
}

/** Take `files` in, each with the same `wish`. @returns {Delivery[]} */
export function add(files, wish) {
  const since_ms = Date.now();
  const fresh = files.map((file) =>
    ({ ...NEW, id: token(), idempotencyKey: token(), name: file.name, bytes: file.size, file, wish, since_ms }));
  deliveries = [...fresh, ...deliveries];
  told(null);
  return fresh;
}

/** Change `delivery` as `news` says; a job that is new is kept for after a reload. */
export function change(delivery, news) {
  const isNamed = Boolean(news.jobId) && news.jobId !== delivery.jobId;
  Object.assign(delivery, news);
  if (isNamed) {
    keepName(delivery.jobId, delivery.name);
    keep();
  }
  told(delivery);
}

/** Drop `gone` from the list; the jobs themselves stay as they are. @param {Delivery[]} gone */
export function remove(gone) {
  deliveries = deliveries.filter((one) => !gone.includes(one));
  keep();
  told(null);
}

/** Stop all that is on its way and forget everything, names too: another key may be another person's. */
export function forget() {
  for (const { stop, jobId } of deliveries) {
    stop?.abort();
    if (jobId) dropName(jobId);
  }
  remove(deliveries);
}

/** A fresh name of 32 digits. @returns {string} */
export function token() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function kept() {
  const told = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "[]");
  return told.map((one) =>
    ({ ...NEW, ...one, id: one.jobId, idempotencyKey: token(), name: nameOf(one.jobId) ?? one.jobId, phase: "job" }));
}

function keep() {
  const told = deliveries.filter(({ jobId }) => jobId);
  sessionStorage.setItem(KEPT_AS, JSON.stringify(told, ["jobId", "bytes", "since_ms"]));
}

function told(changed) {
  for (const listener of listeners) listener(changed);
}
