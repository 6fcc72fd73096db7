/** Following jobs on their way: long polls, a few at a time, since a browser has six connections to a host. */

import { ask } from "./api.js";
import { line } from "./line.js";

const AT_ONCE = 3;
const WAIT_QUEUED_S = 5;
/** Stage and percent change within a status, and a long poll answers only when the status does: so a short one. */
const WAIT_PROCESSING_S = 2;
const AGAIN_MS = 2_000;

const { inTurn, isFull } = line(AT_ONCE);

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
      const wait = waitFor(seen);
      seen = await inTurn(() => ask(`jobs/${jobId}`, { query: { wait }, signal }), signal);
      onTrouble(null);
      onJob(seen);
      if (TERMINAL.has(seen.status)) return seen;
      if (seen.status === "awaiting_upload" || isFull()) await pause(AGAIN_MS, signal);
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

/** Where more jobs are followed than may be asked at once, none waits at the service: the others would stand still. */
function waitFor(seen) {
  if (seen === null || isFull()) return 0;
  return seen.status === "processing" ? WAIT_PROCESSING_S : WAIT_QUEUED_S;
}
