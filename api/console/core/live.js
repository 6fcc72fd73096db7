/** Following jobs while they are on their way: long polls, a few at a time, since a browser has six connections a host. */

import { ask } from "./api.js";

const AT_ONCE = 3;
const WAIT_QUEUED_S = 5;
/** Stage and percent change within a status, and a long poll answers only when the status does: so a short one. */
const WAIT_PROCESSING_S = 2;
const AGAIN_MS = 2_000;

let free = AT_ONCE;
const queue = [];

export const TERMINAL = new Set(["completed", "failed", "canceled"]);

/**
 * Tell `onJob` how the job stands, again and again, until it has ended or `signal` is aborted.
 * What fails for a moment is asked again; `onTrouble` is told of it, and of null when it is over.
 * @param {string} jobId
 * @param {{onJob: (job: object) => void, onTrouble?: (problem: Error|null) => void, signal: AbortSignal}} to
 * @returns {Promise<object|null>} the job as it ended; null if aborted or gone.
 */
export async function follow(jobId, { onJob, onTrouble = () => {}, signal }) {
  let seen = null;
  while (!signal.aborted) {
    try {
      seen = await inTurn(() => ask(`jobs/${jobId}`, { query: { wait: waitFor(seen) }, signal }), signal);
      onTrouble(null);
      onJob(seen);
      if (TERMINAL.has(seen.status)) return seen;
      if (seen.status === "awaiting_upload") await pause(AGAIN_MS, signal);
    } catch (problem) {
      if (signal.aborted) return null;
      onTrouble(problem);
      if (!problem.retryable) return null;
      await pause(AGAIN_MS, signal);
    }
  }
  return null;
}

/** Wait for `ms` milliseconds, or until `signal` is aborted. */
export function pause(ms, signal) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

function waitFor(seen) {
  if (seen === null) return 0;
  return seen.status === "processing" ? WAIT_PROCESSING_S : WAIT_QUEUED_S;
}

async function inTurn(work, signal) {
  if (free > 0) free -= 1;
  else await new Promise((resolve) => queue.push(resolve));
  try {
    signal.throwIfAborted();
    return await work();
  } finally {
    const next = queue.shift();
    if (next) next();
    else free += 1;
  }
}
