/** Both lanes side by side: what waits, since when, and when a call that is sent now would start. */

import { moment, number, relative, span } from "../core/format.js";
import { h, setText } from "../core/html.js";
import { say } from "../core/words.js";
import { sparkline } from "./pictures.js";

const LANES = ["interactive", "batch"];
const EVERY_MS = 5_000;
const HISTORY_MS = 30 * 60_000;
/** `as_of` is when was counted, up to five seconds before the answer: what is nearer than this starts at once. */
const AT_ONCE_MS = 8_000;
const EXACTLY = { timeStyle: "medium" };

/**
 * The lanes.
 * @param {{queue?: object, history?: {at_ms: number, interactive: number, batch: number}[]}} memory what the view
 *   keeps: the last answer, and the seconds of calls that waited each time it was asked
 * @returns {{element: Element, tasks: import("./pulse.js").Task[], draw: () => void}}
 */
export function lanes(memory) {
  memory.history ??= [];
  const cards = LANES.map(card);
  const workers = h("p", { class: "workers soft" });
  const element = h("section", { class: "panel backlog", "aria-labelledby": "lanes-title" },
    h("div", { class: "heading" }, h("h2", { id: "lanes-title" }, say("service.lanes")), workers),
    h("div", { class: "backlog-pair" }, cards.map((one) => one.element)));
  const draw = () => {
    if (!memory.queue) return;
    const count = memory.queue.workers;
    setText(workers, count ? say("service.workers", { count }) : say("service.workers.none"));
    for (const one of cards) one.draw(memory.queue, memory.history);
  };
  const work = async (ask) => {
    memory.queue = await ask("queue");
    memory.history = remembered(memory.history, memory.queue);
    draw();
  };
  draw();
  return { element, draw, tasks: [{ every_ms: EVERY_MS, work }] };
}

function remembered(history, { lanes: told }, now_ms = Date.now()) {
  const now = { at_ms: now_ms, interactive: told.interactive.audio_s, batch: told.batch.audio_s };
  return [...history.filter((one) => now_ms - one.at_ms < HISTORY_MS), now];
}

function card(lane) {
  const facts = { processing: h("dd", {}, "–"), oldest: h("dd", {}, "–"), start: h("dd", {}, "–") };
  const waiting = h("p", { class: "amount" }, "–");
  const [line, since] = [sparkline(), h("p", { class: "help since" })];
  const element = h("div", { class: "backlog-lane", data: { lane } },
    h("h3", {}, say(`lane.${lane}`)),
    h("p", { class: "help" }, say(`service.lane.${lane}`)),
    waiting,
    h("dl", {}, Object.entries(facts).map(([name, value]) =>
      h("div", {}, h("dt", {}, say(`service.lane.${name}`)), value))),
    h("figure", {}, line, since));
  return { element, draw: (queue, history) => drawCard({ lane, facts, waiting, line, since }, queue, history) };
}

function drawCard({ lane, facts, waiting, line, since }, queue, history) {
  const told = queue.lanes[lane];
  const audio = span(told.audio_s);
  const isQuiet = !told.jobs;
  setText(waiting, isQuiet ? say("service.lane.nothing") : say("service.lane.waiting", { audio, count: told.jobs }));
  waiting.classList.toggle("soft", isQuiet);
  setText(facts.processing, number(told.processing));
  setText(facts.oldest, told.oldest_age_s === null ? "–" : span(told.oldest_age_s));
  setText(facts.start, startOf(told.estimated_start_at, queue.as_of));
  const points = history.map((one) => ({ at_ms: one.at_ms, value: one[lane] }));
  if (!points.length) return;
  const words = pastOf(points);
  setText(since, words);
  line.update(points, `${say(`lane.${lane}`)}: ${words}`);
}

/** Counted from the service's own clock, since the reader's may be wrong. */
function startOf(estimated_at, as_of) {
  if (estimated_at === null) return say("service.lane.unknown");
  const wait_ms = Date.parse(estimated_at) - Date.parse(as_of);
  if (wait_ms < AT_ONCE_MS) return say("service.lane.at_once");
  return `${relative(estimated_at, Date.parse(as_of))} (${moment(estimated_at, EXACTLY)})`;
}

function pastOf(points) {
  const since = moment(new Date(points[0].at_ms).toISOString(), { timeStyle: "short" });
  const most = Math.max(...points.map((point) => point.value));
  return most ? say("service.lane.past", { since, most: span(most) }) : say("service.lane.quiet", { since });
}
