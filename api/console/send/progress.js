/** Where a delivery stands, in words and as three bars: upload, queue, transcription. */

import { percent, relative, size, span } from "../core/format.js";
import { h } from "../core/html.js";
import { say } from "../core/words.js";

/** Which bar is under way in which state. */
const STEP = {
  waiting: 0, checking: 0, announcing: 0, uploading: 0, confirming: 0, awaiting_upload: 0, queued: 1, processing: 2,
};

/** The state of `delivery`: its phase, or its job's status; "asking" while that is not known. */
export function stateOf({ phase, job }) {
  return phase === "job" ? job?.status ?? "asking" : phase;
}

/** Its state in two or three words, for a badge. */
export function badgeOf(delivery) {
  const state = stateOf(delivery);
  return delivery.phase === "job" && delivery.job ? say(`status.${state}`) : say(`send.phase.${state}`);
}

/** What a screen reader is told when it changes: state and stage, never each percent. */
export function newsOf(delivery) {
  const stage = stageOf(delivery);
  return `${delivery.name}: ${stage ? say(`stage.${stage}`) : badgeOf(delivery)}`;
}

/** The same with all figures, for the eye. */
export function lineOf(delivery) {
  if (delivery.isUnanswered) return say("trouble.again");
  const state = stateOf(delivery);
  const told = LINES[state];
  return told ? told(delivery) : "";
}

const LINES = {
  waiting: () => say("send.waiting"),
  checking: () => say("send.checking"),
  announcing: () => say("send.announcing"),
  uploading: ({ sent_bytes, bytes }) =>
    say("send.uploading", { sent: size(sent_bytes), bytes: size(bytes), percent: percent(sent_bytes / bytes) }),
  confirming: () => say("send.confirming"),
  queued: ({ job }) => queueLine(job.queue),
  processing: (delivery) => {
    const stage = stageOf(delivery);
    const done = delivery.job.progress;
    const told = stage ? say(`stage.${stage}`) : say("status.processing");
    return stage === "transcribing" && done ? `${told} · ${percent(done.percent / 100)}` : told;
  },
};

function queueLine(queue) {
  if (!queue) return say("send.queued");
  const ahead = queue.audio_s_ahead > 0 ? say("send.ahead", { span: span(queue.audio_s_ahead) }) : say("send.next");
  const start_at = queue.estimated_start_at;
  if (!start_at) return ahead;
  const isAhead = Date.parse(start_at) > Date.now();
  return `${ahead} · ${isAhead ? say("send.starts", { when: relative(start_at) }) : say("send.starts_now")}`;
}

function stageOf({ phase, job }) {
  return phase === "job" && job?.status === "processing" ? job.stage : null;
}

/** Three bars; `update(delivery)` moves them. @returns {HTMLElement & {update: (delivery: object) => void}} */
export function trail(name) {
  const bars = ["upload", "queue", "text"].map((step) =>
    h("progress", { max: 1, value: 0, "aria-label": `${say(`send.step.${step}`)}: ${name}` }));
  const steps = bars.map((bar, at) =>
    h("li", {}, bar, h("span", { "aria-hidden": true }, say(`send.step.${["upload", "queue", "text"][at]}`))));
  const list = h("ol", { class: "sent-trail" }, steps);
  list.update = (delivery) => {
    const now = STEP[stateOf(delivery)];
    list.hidden = now === undefined;
    steps.forEach((step, at) => place(step, bars[at], at, { now, ratio: ratioOf(delivery) }));
  };
  return list;
}

function place(step, bar, at, { now, ratio }) {
  const isNow = at === now;
  step.classList.toggle("now", isNow);
  // Only the one under way is told: three bars a card would be noise.
  step.toggleAttribute("aria-hidden", !isNow);
  if (!isNow) step.setAttribute("aria-hidden", "true");
  if (isNow && ratio === null) bar.removeAttribute("value");
  else bar.value = isNow ? ratio : Number(at < now);
}

/** How far the bar under way is, 0 to 1; null where nobody knows. */
function ratioOf(delivery) {
  const state = stateOf(delivery);
  if (state === "waiting") return 0;
  if (state === "uploading") return delivery.sent_bytes / delivery.bytes;
  const isCounted = stageOf(delivery) === "transcribing" && delivery.job.progress;
  return isCounted ? delivery.job.progress.percent / 100 : null;
}
