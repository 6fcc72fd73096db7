/** The last hour or day: how much was done, how fast, and what failed, counted from the public list alone. */

import { moment, number, span } from "../core/format.js";
import { h, reconcile, setText } from "../core/html.js";
import { TERMINAL } from "../core/live.js";
import { say, sayError } from "../core/words.js";
import { ENDS, bucketsOf, figuresOf, sum } from "./figures.js";
import { bars } from "./pictures.js";

const [HOUR_MS, DAY_MS] = [3_600_000, 86_400_000];
const WINDOWS = {
  hour: { length_ms: HOUR_MS, step_ms: 300_000, steps: 12 },
  day: { length_ms: DAY_MS, step_ms: HOUR_MS, steps: 24 },
};
const EVERY_MS = 15_000;
const [PAGE, AT_MOST] = [100, 500];
/** Every so many sweeps all is read again: so what was erased leaves the figures too. */
const WHOLE_EVERY = 20;
const FACTS = ["audio", "wait", "processing", "speed"];

/**
 * What was done lately.
 * @param {{recent?: object, chosen: {window: "hour"|"day"}}} memory what the view keeps: jobs of a day by id, and how
 *   far the reading is
 * @param {{onChoice: () => void, showFailed: (from_ms: number) => void}} to `onChoice` is told of another window,
 *   `showFailed` asked to show the calls that failed since then (epoch) in the list
 * @returns {{element: Element, tasks: import("./pulse.js").Task[], draw: () => void, learn: (jobs: object[]) => void}}
 */
export function recent(memory, { onChoice, showFailed }) {
  memory.recent ??= { jobs: new Map(), sweep: null, sweeps: 0, isCut: false, isRead: false };
  const shown = parts((window) => { memory.chosen.window = window; onChoice(); draw(); }, showFailed, memory);
  const draw = () => drawAll(shown, memory);
  const work = async (ask) => {
    const again = await step(ask, memory.recent, Date.now());
    draw();
    return again;
  };
  const learn = (jobs) => {
    for (const job of jobs) if (memory.recent.jobs.has(job.id)) memory.recent.jobs.set(job.id, job);
  };
  draw();
  return { element: shown.element, draw, learn, tasks: [{ every_ms: EVERY_MS, work }] };
}

/** Read one page of the day; what is known and has ended needs no second look. */
async function step(ask, state, now_ms) {
  const isWhole = state.sweeps % WHOLE_EVERY === 0;
  state.sweep ??= { created_after: new Date(now_ms - DAY_MS).toISOString(), cursor: null, ids: new Set() };
  const { created_after, cursor, ids } = state.sweep;
  const page = await ask("jobs", { query: { created_after, cursor, limit: PAGE } });
  const hasNews = page.data.some((job) => !TERMINAL.has(state.jobs.get(job.id)?.status));
  for (const job of page.data) {
    ids.add(job.id);
    state.jobs.set(job.id, job);
  }
  const isFull = ids.size >= AT_MOST;
  if (page.has_more && !isFull && (isWhole || hasNews || isOpenBelow(state.jobs, page.data.at(-1)))) {
    state.sweep.cursor = page.next_cursor;
    return { again_ms: 0 };
  }
  if (isWhole) {
    for (const id of [...state.jobs.keys()]) if (!ids.has(id)) state.jobs.delete(id);
    state.isCut = page.has_more && isFull;
  }
  Object.assign(state, { sweep: null, sweeps: state.sweeps + 1, isRead: true });
  return undefined;
}

/** Whether a job that is older than `last` was still on its way when it was last seen. */
function isOpenBelow(jobs, last) {
  return [...jobs.values()].some((job) => !TERMINAL.has(job.status) && (!last || job.id < last.id));
}

function parts(choose, showFailed, memory) {
  const buttons = Object.keys(WINDOWS).map((name) =>
    h("button", { type: "button", data: { name }, onclick: () => choose(name) }, say(`service.window.${name}`)));
  const counts = Object.fromEntries(ENDS.map((end) => [end, h("dd", {}, "–")]));
  const facts = Object.fromEntries(FACTS.map((fact) => [fact, h("dd", {}, "–")]));
  const tile = (name, value, data) => h("div", { data }, h("dt", {}, say(`service.recent.${name}`)), value);
  const picture = bars();
  const axis = h("div", { class: "axis help", "aria-hidden": true }, h("span"), h("span"), h("span"));
  const cut = h("p", { class: "help cut" });
  const failures = h("ul", { class: "failures" });
  failures.make = (item) => failureRow(item, () => showFailed(fromOf(memory, Date.now())));
  const element = h("section", { class: "panel recent", "aria-labelledby": "recent-title" },
    h("div", { class: "heading" }, h("h2", { id: "recent-title" }, say("service.recent")),
      h("div", { class: "segments", role: "group", "aria-label": say("service.window") }, buttons)),
    h("dl", { class: "counts" }, ENDS.map((end) => tile(end, counts[end], { end }))),
    h("figure", {}, picture, axis),
    h("dl", { class: "measures" }, FACTS.map((fact) => tile(fact, facts[fact], {}))),
    cut, failures);
  return { element, buttons, counts, facts, picture, axis, cut, failures };
}

function fromOf(memory, now_ms) {
  const { step_ms, steps } = WINDOWS[memory.chosen.window];
  return (Math.floor(now_ms / step_ms) - steps + 1) * step_ms;
}

function drawAll(shown, memory, now_ms = Date.now()) {
  const chosen = memory.chosen.window;
  for (const button of shown.buttons) button.setAttribute("aria-pressed", button.dataset.name === chosen);
  if (!memory.recent.isRead && !memory.recent.jobs.size) return;
  const from_ms = fromOf(memory, now_ms);
  const jobs = [...memory.recent.jobs.values()].filter((job) => Date.parse(job.created_at) >= from_ms);
  const figures = figuresOf(jobs);
  for (const end of ENDS) {
    setText(shown.counts[end], number(figures.counts[end]));
    shown.counts[end].parentElement.classList.toggle("none", !figures.counts[end]);
  }
  const { speed } = figures;
  setText(shown.facts.audio, span(figures.audio_s));
  setText(shown.facts.wait, span(figures.wait_s));
  setText(shown.facts.processing, span(figures.processing_s));
  setText(shown.facts.speed, speed === null ? "–" : say("service.model.times", { count: number(speed) }));
  setText(shown.cut, cutOf(memory.recent, from_ms));
  drawBars(shown, bucketsOf(jobs, { ...WINDOWS[chosen], to_ms: now_ms }));
  reconcile(shown.failures, figures.errors, (error) => error.code, shown.failures.make);
}

function drawBars({ picture, axis }, buckets) {
  const at = (ms) => moment(new Date(ms).toISOString(), { timeStyle: "short" });
  const told = (counts) =>
    ENDS.filter((end) => counts[end]).map((end) => `${number(counts[end])} ${say(`service.recent.${end}`)}`);
  const titleOf = ({ from_ms, to_ms, counts }) =>
    `${at(from_ms)}–${at(to_ms)}: ${told(counts).join(", ") || say("service.recent.none")}`;
  const total = sum(buckets.flatMap(({ counts }) => Object.values(counts)));
  const label = say("service.recent.picture", { count: total, from: at(buckets[0].from_ms) });
  picture.update(buckets, { label, titleOf });
  const marks = [buckets[0], buckets[buckets.length / 2]].map(({ from_ms }) => at(from_ms));
  for (const [index, mark] of [...marks, say("service.now")].entries()) setText(axis.children[index], mark);
}

function cutOf({ jobs, isCut, isRead }, from_ms) {
  if (!isRead) return say("service.recent.counting");
  const oldest_ms = Math.min(...[...jobs.values()].map((job) => Date.parse(job.created_at)));
  if (!isCut || oldest_ms <= from_ms) return "";
  return say("service.recent.cut", { count: number(AT_MOST), since: moment(new Date(oldest_ms).toISOString()) });
}

function failureRow({ code, message }, show) {
  const count = h("strong");
  const row = h("li", {}, count, h("span", {}, sayError(code, message), " ", h("code", {}, code)),
    h("button", { type: "button", class: "small", onclick: show }, say("service.recent.show")));
  row.update = (error) => setText(count, `${number(error.count)} ×`);
  return row;
}
