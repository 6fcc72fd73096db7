/** Counting: what a list of jobs says about the last hours. Nothing is asked and nothing is drawn here. */

/** What a job came to, as a picture shows it: the first that is asked for at the bottom of a bar. */
export const ENDS = ["completed", "failed", "canceled", "underway"];

/** How `job` ended, or "underway". @returns {"completed"|"failed"|"canceled"|"underway"} */
export function endOf(job) {
  return ENDS.includes(job.status) ? job.status : "underway";
}

/**
 * Figures of `jobs`.
 * @param {object[]} jobs as the contract has them
 * @returns {{counts: Object<string, number>, audio_s: number, wait_s: number|null, processing_s: number|null,
 *   speed: number|null, errors: {code: string, message: string, count: number}[]}} medians in seconds; `audio_s` of the
 *   completed; `speed` in seconds of call that the model reads in a second; errors by number, the most first
 */
export function figuresOf(jobs) {
  const counts = Object.fromEntries(ENDS.map((end) => [end, jobs.filter((job) => endOf(job) === end).length]));
  const done = jobs.filter((job) => job.status === "completed");
  return {
    counts,
    audio_s: sum(done.map((job) => job.audio.duration ?? 0)),
    wait_s: median(jobs.map((job) => job.timing.queued_s)),
    processing_s: median(done.map((job) => job.timing.processing_s)),
    speed: speedOf(done),
    errors: errorsOf(jobs),
  };
}

/** Seconds of call a second of the model's own work, which calls that are in work together share. */
function speedOf(done) {
  const timed = done.filter((job) => job.timing.engine_s && job.audio.duration);
  const work_s = sum(timed.map((job) => job.timing.engine_s));
  return work_s ? sum(timed.map((job) => job.audio.duration)) / work_s : null;
}

function errorsOf(jobs) {
  const found = new Map();
  for (const { error } of jobs) {
    if (!error) continue;
    const one = found.get(error.code) ?? { code: error.code, message: error.message, count: 0 };
    one.count += 1;
    found.set(error.code, one);
  }
  return [...found.values()].sort((one, other) => other.count - one.count);
}

/**
 * How many jobs were sent in each stretch of time, by what they came to.
 * @param {object[]} jobs
 * @param {{to_ms: number, step_ms: number, steps: number}} over the last stretch holds `to_ms` (epoch); all begin at
 *   whole multiples of `step_ms`
 * @returns {{from_ms: number, to_ms: number, counts: Object<string, number>}[]} the oldest first
 */
export function bucketsOf(jobs, { to_ms, step_ms, steps }) {
  const last = Math.floor(to_ms / step_ms);
  const buckets = Array.from({ length: steps }, (_, index) => {
    const from_ms = (last - steps + 1 + index) * step_ms;
    return { from_ms, to_ms: from_ms + step_ms, counts: Object.fromEntries(ENDS.map((end) => [end, 0])) };
  });
  for (const job of jobs) {
    const bucket = buckets[Math.floor(Date.parse(job.created_at) / step_ms) - (last - steps + 1)];
    if (bucket) bucket.counts[endOf(job)] += 1;
  }
  return buckets;
}

/** The middle of those `values` that are known; null where none is. */
export function median(values) {
  const known = values.filter((value) => value !== null && value !== undefined).sort((one, other) => one - other);
  if (!known.length) return null;
  const half = known.length >> 1;
  return known.length % 2 ? known[half] : (known[half - 1] + known[half]) / 2;
}

/** The sum of `values`; 0 of none. */
export function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
