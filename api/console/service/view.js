/** The service, live: what waits, what was done lately, every call, who is told, and what writes it down. */

import { ask } from "../core/api.js";
import { span } from "../core/format.js";
import { h, setText } from "../core/html.js";
import { say } from "../core/words.js";
import { actions } from "./actions.js";
import { NONE, localOf } from "./filters.js";
import { lanes } from "./lanes.js";
import { jobList } from "./list.js";
import { models } from "./models.js";
import { beat } from "./pulse.js";
import { recent } from "./recent.js";
import { webhooks } from "./webhooks.js";

const KEPT_AS = "callscribe.service";
/** Times are told as "2 minutes ago": they grow older while nothing is asked. */
const TICK_MS = 10_000;

/**
 * Show the view.
 * @param {Element} main
 * @param {{kept: object|null}} was what `leave` returned when it was shown before, in another language perhaps
 * @returns {{title: string, leave: () => object}}
 */
export function show(main, { kept }) {
  const memory = kept ?? { chosen: remembered() };
  const control = new AbortController();
  const parts = sections(memory, control.signal);
  const pulse = pulseBar(memory.chosen, () => { remember(memory.chosen); wake(); });
  main.append(h("div", { class: "service" },
    h("div", { class: "heading first" }, h("h1", {}, say("nav.service")), pulse.element),
    h("div", { class: "overview" }, parts.lanes.element, parts.recent.element),
    parts.list.element,
    h("div", { class: "rest" }, parts.webhooks.element, parts.models.element)));
  const inOrder = [parts.lanes, parts.list, parts.recent, parts.webhooks, parts.models];
  const wake = beat(inOrder.flatMap((part) => part.tasks), {
    signal: control.signal,
    isResting: () => memory.chosen.isPaused,
    onTrouble: pulse.tell,
  });
  const ticking = setInterval(() => document.hidden || inOrder.forEach((part) => part.draw()), TICK_MS);
  const leave = () => { control.abort(); clearInterval(ticking); return memory; };
  return { title: say("nav.service"), leave };
}

function sections(memory, signal) {
  const acts = actions(memory, {
    signal,
    onJob: (job) => { list.put(job); done.learn([job]); done.draw(); },
    onChange: () => list.draw(),
  });
  const onChoice = () => remember(memory.chosen);
  const done = recent(memory, {
    onChoice,
    showFailed: (from_ms) => list.filterBy({ status: ["failed"], created_after: localOf(from_ms) }),
  });
  const list = jobList(memory, {
    signal, acts,
    ask: (path, how) => ask(path, { ...how, signal }),
    onChoice,
    onJobs: (jobs) => { done.learn(jobs); done.draw(); },
  });
  const others = { lanes: lanes(memory), webhooks: webhooks(memory, signal), models: models(memory) };
  return { ...others, recent: done, list };
}

/** How the refreshing goes, and a button that stops it. */
function pulseBar(chosen, onChange) {
  const told = h("p", { class: "soft", role: "status" });
  const toggle = () => {
    chosen.isPaused = !chosen.isPaused;
    draw(null, 0);
    onChange();
  };
  const button = h("button", { type: "button", onclick: toggle });
  const draw = (problem, wait_s) => {
    setText(told, chosen.isPaused ? say("service.paused") : problem ? troubleOf(problem, wait_s) : say("service.live"));
    told.dataset.state = chosen.isPaused ? "paused" : problem ? "trouble" : "live";
    setText(button, say(chosen.isPaused ? "service.resume" : "service.pause"));
  };
  draw(null, 0);
  return { element: h("div", { class: "pulse" }, told, button), tell: draw };
}

function troubleOf(problem, wait_s) {
  if (problem.status !== 429) return say("trouble.again");
  return say("service.too_many", { wait: span(Math.ceil(wait_s)) });
}

function remembered() {
  const told = JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "{}");
  return { isPaused: false, isOpen: false, window: "hour", ...told, filters: { ...NONE, ...told.filters } };
}

function remember(chosen) {
  sessionStorage.setItem(KEPT_AS, JSON.stringify(chosen));
}
