/**
 * The pulse of the view: what refreshes is asked for again, one request after the other and never too many, while
 * somebody looks at the page. Trouble makes it slower, and a service that says when to come again is obeyed.
 */

import { Problem, ask } from "../core/api.js";
import { pause } from "../core/live.js";

/** No more than so many requests in so long, whatever is due. */
const [AT_MOST, WITHIN_MS] = [6, 5_000];
const LONGEST_NAP_MS = 1_000;
const REFUSED_AGAIN_MS = 60_000;
const [BACK_OFF_MS, BACK_OFF_MOST_MS] = [2_500, 60_000];
/** What is true of the whole service and not of one route: then everything waits. */
const OF_ALL = new Set([0, 429, 503]);

/**
 * @typedef {object} Task what is asked for again and again
 * @property {number} every_ms from one answer to the next question
 * @property {(ask: typeof import("../core/api.js").ask) => Promise<{again_ms: number}|void>} work asks and draws;
 *   `again_ms` is another wait, this once
 * @property {(problem: Problem) => void} [onRefused] told of an answer that asking again does not change
 */

/**
 * Run `tasks` until `signal` is aborted; while `isResting()` or the tab is hidden nothing is asked.
 * @param {Task[]} tasks those that come first are asked first
 * @param {{signal: AbortSignal, isResting: () => boolean,
 *   onTrouble: (problem: Problem|null, wait_s: number) => void}} to `onTrouble` is told how it goes after each answer
 * @returns {() => void} wakes it at once, for example when it shall rest no longer
 */
export function beat(tasks, { signal, isResting, onTrouble }) {
  const due = tasks.map((task) => ({ ...task, due_at_ms: 0, failures: 0, problem: null, wait_ms: 0 }));
  const bell = { ring: () => {} };
  const wake = () => bell.ring();
  const asked = inBounds(signal);
  document.addEventListener("visibilitychange", wake, { signal });
  const run = async () => {
    while (!signal.aborted) {
      const next = due.reduce((soonest, one) => (one.due_at_ms < soonest.due_at_ms ? one : soonest));
      const rest_ms = isResting() || document.hidden ? Infinity : next.due_at_ms - performance.now();
      if (rest_ms > 0) await nap(rest_ms, bell, signal);
      else await turn(next, due, asked, { signal, onTrouble });
    }
  };
  run();
  return wake;
}

async function turn(task, all, asked, { signal, onTrouble }) {
  try {
    const told = await task.work(asked);
    Object.assign(task, { failures: 0, problem: null });
    task.due_at_ms = performance.now() + (told?.again_ms ?? task.every_ms);
  } catch (problem) {
    if (signal.aborted) return;
    if (!(problem instanceof Problem)) throw problem;
    if (problem.retryable) holdBack(task, all, problem);
    else refused(task, problem);
  }
  const ill = all.find((one) => one.problem);
  onTrouble(ill?.problem ?? null, (ill?.wait_ms ?? 0) / 1_000);
}

function refused(task, problem) {
  Object.assign(task, { failures: 0, problem: null, due_at_ms: performance.now() + REFUSED_AGAIN_MS });
  task.onRefused?.(problem);
}

/** A wait that the service names is waited; else each failure in a row waits twice as long. */
function holdBack(task, all, problem) {
  const own_ms = Math.min(BACK_OFF_MS * 2 ** task.failures, BACK_OFF_MOST_MS);
  const wait_ms = problem.retry_after_s ? problem.retry_after_s * 1_000 : own_ms;
  Object.assign(task, { failures: task.failures + 1, problem, wait_ms });
  const until_ms = performance.now() + wait_ms;
  for (const one of OF_ALL.has(problem.status) ? all : [task]) one.due_at_ms = Math.max(one.due_at_ms, until_ms);
}

/** `ask` that waits where too much was asked within the last seconds. */
function inBounds(signal) {
  const stamps = [];
  return async (path, how = {}) => {
    const wait_ms = stamps.length < AT_MOST ? 0 : stamps.at(-AT_MOST) + WITHIN_MS - performance.now();
    if (wait_ms > 0) await pause(wait_ms, signal);
    signal.throwIfAborted();
    stamps.push(performance.now());
    stamps.splice(0, stamps.length - AT_MOST);
    return ask(path, { ...how, signal });
  };
}

async function nap(ms, bell, signal) {
  const woken = new AbortController();
  bell.ring = () => woken.abort();
  // Infinity would be a timer of no length at all.
  await pause(Math.min(ms, LONGEST_NAP_MS), AbortSignal.any([woken.signal, signal]));
}
