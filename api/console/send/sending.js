/** The way of one recording: looked at, announced, uploaded, handed over; and what a person may do on the way. */

import { Problem, ask } from "../core/api.js";
import { key } from "../core/key.js";
import { line } from "../core/line.js";
import { TERMINAL, follow, pause } from "../core/live.js";
import { all, change, forget, remove, token } from "./deliveries.js";
import { put, sha256Of } from "./upload.js";

/** What the service takes, bytes. */
const LARGEST_BYTES = 536_870_912;
/** Pauses before a request is repeated whose answer says that this helps. */
const AGAIN_AFTER_MS = [1_000, 3_000, 8_000];
/** The others wait: more at once would make each of them slower. */
const { inTurn } = line(3);
const UNDER_WAY = new Set(["waiting", "checking", "announcing", "uploading", "confirming"]);

window.addEventListener("beforeunload", (event) => {
  if (all().some(isUnderWay)) event.preventDefault();
});
document.addEventListener("keychange", () => {
  if (!key()) forget();
});

/** Whether the bytes of `delivery` are not all with the service yet, but will be. */
export function isUnderWay(delivery) {
  return UNDER_WAY.has(delivery.phase);
}

/** Whether nothing will happen to `delivery` by itself any more. */
export function isOver(delivery) {
  return delivery.phase === "job" ? TERMINAL.has(delivery.job?.status) : !isUnderWay(delivery);
}

/** Send the file of `delivery`, or send it again. */
export async function send(delivery) {
  const misfit = misfitOf(delivery.bytes);
  if (misfit) return change(delivery, { phase: "refused", problem: misfit });
  const stop = new AbortController();
  change(delivery, { phase: "waiting", problem: null, sent_bytes: 0, stop });
  try {
    await inTurn(() => deliver(delivery, stop.signal), stop.signal);
  } catch (problem) {
    if (stop.signal.aborted) return null;
    const told = problem instanceof Problem ? problem : unreadable(problem);
    change(delivery, { phase: "stuck", problem: told });
  }
  return null;
}

/** Tell how the job of `delivery` stands until it has ended or `signal` is aborted. */
export async function watch(delivery, signal) {
  const ours = new AbortController();
  signal.addEventListener("abort", () => ours.abort(), { once: true });
  const onJob = (job) => {
    // Somebody chose the file again: who sends it tells how it stands.
    if (isUnderWay(delivery)) return ours.abort();
    return change(delivery, { job, phase: job.status === "awaiting_upload" ? "lost" : "job" });
  };
  const onTrouble = (problem) => {
    const isGone = problem?.status === 404 || problem?.status === 410;
    if (isGone) remove([delivery]);
    else if (Boolean(problem) !== delivery.isUnanswered) change(delivery, { isUnanswered: Boolean(problem) });
  };
  await follow(delivery.jobId, { onJob, onTrouble, signal: ours.signal });
}

/** Stop `delivery`, wherever it is: in line, on its way, or at the service. */
export async function cancel(delivery) {
  delivery.stop?.abort();
  // While it is being announced nobody knows the job yet: whoever waits for the answer cancels it.
  if (!delivery.jobId) return change(delivery, { phase: "stopped" });
  return asked(delivery, "cancel");
}

/** Try `delivery` again: the job under its id where the service has the audio, else the file as a new job. */
export async function again(delivery) {
  change(delivery, { since_ms: Date.now() });
  const isAtService = delivery.phase === "job" && delivery.job?.queued_at;
  if (isAtService) return asked(delivery, "retry");
  const isAnew = delivery.phase === "job" || delivery.phase === "stopped";
  if (isAnew) change(delivery, { phase: "waiting", jobId: null, job: null, idempotencyKey: token() });
  return send(delivery);
}

/** Go on with an upload that a reload interrupted. @param {File} file the same, chosen again */
export async function resume(delivery, file) {
  const declared = delivery.job?.audio.sha256;
  const isSame = file.size === delivery.bytes && (!declared || (await sha256Of(file)) === declared);
  if (!isSame) return change(delivery, { problem: mistaken("another_file", "This is another file.") });
  change(delivery, { file });
  return send(delivery);
}

async function deliver(delivery, signal) {
  const job = delivery.jobId ? await freshPlace(delivery, signal) : await announced(delivery, signal);
  if (job?.upload) {
    change(delivery, { phase: "uploading" });
    await put(job.upload, delivery.file, { onSent: (sent_bytes) => change(delivery, { sent_bytes }), signal });
  }
  change(delivery, { phase: "confirming", sent_bytes: delivery.bytes });
  const path = job ? `jobs/${delivery.jobId}/upload/complete` : `jobs/${delivery.jobId}`;
  const taken = await persistently(delivery, () => ask(path, { method: job ? "POST" : "GET", signal }), signal);
  change(delivery, { phase: "job", job: taken, file: null, stop: null });
}

async function announced(delivery, signal) {
  change(delivery, { phase: "checking" });
  const sha256 = await sha256Of(delivery.file);
  signal.throwIfAborted();
  change(delivery, { phase: "announcing" });
  const json = { audio: { upload: { bytes: delivery.bytes, ...(sha256 && { sha256 }) } }, ...delivery.wish };
  const headers = { "Idempotency-Key": delivery.idempotencyKey };
  // Not given the signal: a job whose answer nobody heard would wait a day for its upload.
  const job = await persistently(delivery, () => ask("jobs", { method: "POST", json, headers }), signal);
  if (signal.aborted) await ask(`jobs/${job.id}/cancel`, { method: "POST" });
  signal.throwIfAborted();
  change(delivery, { jobId: job.id, job });
  return job;
}

/** The job with a place to upload to; null where its bytes have come through after all. */
async function freshPlace(delivery, signal) {
  try {
    const path = `jobs/${delivery.jobId}/upload`;
    return await persistently(delivery, () => ask(path, { method: "POST", signal }), signal);
  } catch (problem) {
    if (problem.code === "state_conflict") return null;
    throw problem;
  }
}

async function persistently(delivery, work, signal) {
  for (const pause_ms of [...AGAIN_AFTER_MS, null]) {
    try {
      const told = await work();
      if (delivery.isUnanswered) change(delivery, { isUnanswered: false });
      return told;
    } catch (problem) {
      const isLast = pause_ms === null || !problem.retryable || signal.aborted;
      if (isLast === delivery.isUnanswered) change(delivery, { isUnanswered: !isLast });
      if (isLast) throw problem;
      await pause(pause_ms, signal);
    }
  }
  return null;
}

async function asked(delivery, what) {
  try {
    const job = await ask(`jobs/${delivery.jobId}/${what}`, { method: "POST" });
    change(delivery, { phase: "job", job, problem: null });
  } catch (problem) {
    change(delivery, { phase: delivery.phase === "job" ? "job" : "stuck", problem });
  }
}

function misfitOf(bytes) {
  if (bytes < 1) return mistaken("empty_file", "The file is empty.");
  return bytes > LARGEST_BYTES ? mistaken("audio_too_large", "The file is over 512 MiB.") : null;
}

function mistaken(code, detail) {
  return new Problem({ code, status: 0, detail });
}

/** A file that was moved or changed after it was chosen can no longer be read. */
function unreadable(problem) {
  return new Problem({ code: "file_unreadable", status: 0, detail: problem.message });
}
