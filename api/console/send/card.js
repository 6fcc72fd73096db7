/** One recording on its way, as a card that stays the same element from its drop to its end. */

import { size, span } from "../core/format.js";
import { h, replace, setText } from "../core/html.js";
import { hrefOfCall } from "../core/router.js";
import { say } from "../core/words.js";
import { remove } from "./deliveries.js";
import { findings, outcome } from "./outcome.js";
import { badgeOf, lineOf, stateOf, trail } from "./progress.js";
import { again, cancel, isOver, resume } from "./sending.js";

/** Colours of the badges whose state is this page's own. */
const LOOKS_LIKE = { refused: "failed", stuck: "failed", stopped: "canceled", lost: "warn" };

/** @param {import("./deliveries.js").Delivery} delivery @returns {HTMLElement & {update: () => void}} */
export function card(delivery) {
  const parts = {
    badge: h("span", { class: "badge" }), review: h("span", { class: "badge warn" }, say("send.review")),
    facts: h("p", { class: "sent-facts soft" }), bars: trail(delivery.name), line: h("span"),
    elapsed: h("span", { class: "soft" }), end: h("div", { class: "sent-end" }), actions: h("div", { class: "row" }),
  };
  const head = h("div", { class: "sent-head" },
    h("h3", { title: delivery.name }, h("bdi", {}, delivery.name)),
    h("span", { class: "row" }, parts.review, parts.badge));
  const element = h("li", { class: "sent-card" }, head, parts.facts, parts.bars,
    parts.end,
    h("div", { class: "sent-foot" }, h("p", { class: "sent-line" }, parts.line, parts.elapsed), parts.actions));
  let shown = null;
  element.update = () => {
    const { phase, job, problem } = delivery;
    const look = [phase, job?.status, problem?.message, problem?.code].join();
    const isNews = look !== shown;
    shown = look;
    // Hundreds may stand still at once: those cost nothing.
    if (isNews || (!isOver(delivery) && phase !== "waiting")) moving(delivery, parts);
    if (isNews) standing(delivery, element, parts);
  };
  return element;
}

/** What may change each second. */
function moving(delivery, { badge, facts, bars, line, elapsed }) {
  setText(badge, badgeOf(delivery));
  setText(facts, factsOf(delivery));
  bars.update(delivery);
  setText(line, lineOf(delivery));
  const lasts = !isOver(delivery) && delivery.phase !== "waiting";
  const since_s = Math.round((Date.now() - delivery.since_ms) / 1_000);
  setText(elapsed, lasts ? say("send.elapsed", { span: span(since_s) }) : "");
}

/** What changes with the state alone, so that a focused button stays the same button meanwhile. */
function standing(delivery, element, { badge, review, end, actions }) {
  const state = stateOf(delivery);
  element.dataset.state = state;
  badge.dataset.status = LOOKS_LIKE[state] ?? state;
  review.hidden = !(state === "completed" && delivery.job.quality?.needs_review);
  const hadFocus = actions.contains(document.activeElement);
  replace(end, outcome(delivery));
  replace(actions, buttons(delivery, state));
  if (hadFocus) actions.querySelector("a, button, input")?.focus();
}

function factsOf(delivery) {
  const { job, wish } = delivery;
  const reference = job?.reference ?? wish.reference;
  const isBatch = (job?.lane ?? wish.lane) === "batch";
  const found = job?.status === "completed" ? findings(job) : null;
  return [found, size(delivery.bytes), reference, isBatch && say("lane.batch")].filter(Boolean).join(" · ");
}

function buttons(delivery, state) {
  const does = (words, act, look) => h("button", {
    type: "button", class: look, onclick: act, "aria-label": `${say(words)}: ${delivery.name}`,
  }, say(words));
  const told = [];
  if (state === "completed") told.push(linkTo(delivery));
  if (isAgainUseful(delivery, state)) told.push(does("do.retry", () => again(delivery), "main"));
  if (state === "lost") told.push(fileAgain(delivery));
  if (!isOver(delivery) || state === "lost") told.push(does("do.cancel", () => cancel(delivery)));
  if (isOver(delivery)) told.push(does("send.remove", () => discard(delivery, state), "quiet"));
  return told;
}

/** Take the card away; a job that waits for an upload which nobody will send is ended too. */
function discard(delivery, state) {
  if (delivery.jobId && (state === "stuck" || state === "lost")) cancel(delivery);
  remove([delivery]);
}

function linkTo({ jobId, name }) {
  const words = say("send.read");
  return h("a", { class: "button main", href: hrefOfCall(jobId), "aria-label": `${words}: ${name}` }, words);
}

function isAgainUseful({ job, problem, file }, state) {
  if (state === "failed") return job.error.retryable;
  if (state === "canceled") return Boolean(job.queued_at || file);
  return state === "stopped" || (state === "stuck" && Boolean(file) && problem.retryable);
}

/** The same file once more, after a reload took it from the page. */
function fileAgain(delivery) {
  const id = `again-${delivery.id}`;
  const field = h("input", { class: "hidden", id, type: "file" });
  field.addEventListener("change", () => field.files[0] && resume(delivery, field.files[0]));
  return h("span", {}, field, h("label", { class: "button main", for: id }, say("send.choose_again")));
}
