/** Who is told of ends: the endpoints of the tenant and what was delivered to them lately. */

import { Problem, ask } from "../core/api.js";
import { moment, number, relative } from "../core/format.js";
import { h, reconcile, setText } from "../core/html.js";
import { nameOf } from "../core/names.js";
import { hrefOfCall } from "../core/router.js";
import { say, sayError } from "../core/words.js";
import { shortId } from "./row.js";

const EVERY_MS = 5_000;
/** One endpoint after the other is asked for its deliveries, and all of them anew every so often. */
const LIST_EVERY_MS = 30_000;
const LIMIT = 8;
const EXACTLY = { dateStyle: "medium", timeStyle: "medium" };
const GONE = 410;

/**
 * The endpoints.
 * @param {{webhooks?: object}} memory what the view keeps: endpoints, and deliveries by endpoint
 * @param {AbortSignal} signal
 * @returns {{element: Element, tasks: import("./pulse.js").Task[], draw: () => void}}
 */
export function webhooks(memory, signal) {
  memory.webhooks ??= { endpoints: null, deliveries: new Map(), next: 0, listed_at_ms: -Infinity, refusal: null };
  const state = memory.webhooks;
  const quiet = h("p", { class: "soft quiet-line" });
  const panels = h("div", { class: "endpoints" });
  const shown = { quiet, panels, make: (webhook) => panel(webhook, state, again) };
  const element = h("section", { class: "webhooks", "aria-labelledby": "webhooks-title" },
    h("h2", { id: "webhooks-title" }, say("service.webhooks")), quiet, panels);
  const draw = () => drawAll(shown, state);
  const again = (delivery, told) => redeliver(delivery, { state, signal, told, draw });
  const work = async (asked) => {
    await step(asked, state);
    draw();
    // The first time each is asked for at once, afterwards one after the other.
    return state.endpoints.some(({ id }) => !state.deliveries.has(id)) ? { again_ms: 0 } : undefined;
  };
  const onRefused = (problem) => { state.refusal = problem; draw(); };
  draw();
  return { element, draw, tasks: [{ every_ms: EVERY_MS, work, onRefused }] };
}

async function step(asked, state, now_ms = performance.now()) {
  if (now_ms - state.listed_at_ms > LIST_EVERY_MS) {
    state.endpoints = (await asked("webhooks")).data;
    Object.assign(state, { listed_at_ms: now_ms, refusal: null });
  }
  if (!state.endpoints.length) return;
  const { id } = state.endpoints[state.next % state.endpoints.length];
  state.next += 1;
  state.deliveries.set(id, (await asked(`webhooks/${id}/deliveries`, { query: { limit: LIMIT } })).data);
}

function drawAll({ quiet, panels, make }, state) {
  setText(quiet, quietOf(state));
  reconcile(panels, state.refusal ? [] : state.endpoints ?? [], (webhook) => webhook.id, make);
}

function quietOf({ refusal, endpoints }) {
  if (refusal?.code === "forbidden") return say("service.webhooks.forbidden", { scope: "webhooks:manage" });
  if (refusal) return `${sayError(refusal.code, refusal.message)} (${refusal.code})`;
  return endpoints?.length === 0 ? say("service.webhooks.none") : "";
}

async function redeliver(delivery, { state, signal, told, draw }) {
  const { id, webhook_id } = delivery;
  setText(told, "");
  try {
    const fresh = await ask(`webhooks/${webhook_id}/deliveries/${id}/redeliver`, { method: "POST", signal });
    const known = state.deliveries.get(webhook_id) ?? [];
    const others = known.filter((one) => one.id !== fresh.id);
    state.deliveries.set(webhook_id, known.some((one) => one.id === fresh.id)
      ? known.map((one) => (one.id === fresh.id ? fresh : one)) : [fresh, ...others]);
    draw();
  } catch (problem) {
    if (!(problem instanceof Problem)) return;
    setText(told, `${sayError(problem.code, problem.message)} (${problem.code})`);
  }
}

function panel(webhook, state, again) {
  const [badge, why, url] = [h("span", { class: "badge" }), h("p", { class: "help why" }), h("code", { class: "url" })];
  const about = h("p", { class: "help" });
  const none = h("p", { class: "soft" }, say("service.deliveries.none"));
  const list = h("ul", { class: "deliveries" });
  const element = h("article", { class: "panel endpoint" },
    h("div", { class: "heading" }, h("h3", {}, url), badge), about, why, none, list);
  element.update = (now) => {
    const deliveries = state.deliveries.get(now.id);
    badge.dataset.status = now.status === "enabled" ? "completed" : "failed";
    setText(badge, say(`service.webhook.${now.status}`));
    setText(url, now.url);
    setText(about, [now.description, now.events.join(", ")].filter(Boolean).join(" · "));
    setText(why, whyOf(now, deliveries));
    none.hidden = deliveries?.length !== 0;
    reconcile(list, deliveries ?? [], (delivery) => delivery.id, (delivery) => deliveryRow(delivery, again));
  };
  return element;
}

/** The contract does not say why an endpoint is off; that its last answer was 410 says it all the same. */
function whyOf(webhook, deliveries = []) {
  if (webhook.status === "enabled") return "";
  const isGone = deliveries.some((one) => one.attempts.at(-1)?.status_code === GONE);
  return say(isGone ? "service.webhook.gone" : "service.webhook.off");
}

function deliveryRow(delivery, again) {
  const held = { delivery };
  const [badge, next] = [h("span", { class: "badge" }), h("span", { class: "help next" })];
  const told = h("p", { class: "refusal", role: "alert" });
  const attempts = h("ul", { class: "attempts help", hidden: true });
  const summary = unfolding(attempts);
  const time = h("time", { class: "help", datetime: delivery.created_at, title: moment(delivery.created_at, EXACTLY) });
  const call = delivery.job_id &&
    h("a", { href: hrefOfCall(delivery.job_id), title: delivery.job_id },
      nameOf(delivery.job_id) ?? shortId(delivery.job_id));
  const button = h("button", {
    type: "button", class: "small", onclick: () => again(held.delivery, told),
    "aria-label": `${say("service.redeliver")}: ${delivery.event_type} ${delivery.job_id ?? ""}`,
  }, say("service.redeliver"));
  const line = [badge, h("code", {}, delivery.event_type), call ?? h("span"), time, summary, next, button];
  const row = h("li", {}, h("div", { class: "delivery" }, line), attempts, told);
  row.update = (now) => {
    held.delivery = now;
    badge.dataset.status = { delivered: "completed", dead: "failed", pending: "queued" }[now.status];
    setText(badge, say(`service.delivery.${now.status}`));
    setText(time, relative(now.created_at));
    setText(next, now.next_attempt_at ? say("service.delivery.next", { when: relative(now.next_attempt_at) }) : "");
    setText(summary, say("service.attempts", { count: now.attempts.length, number: number(now.attempts.length) }));
    summary.hidden = !now.attempts.length;
    button.hidden = now.status === "pending";
    reconcile(attempts, now.attempts, (one) => one.at, attemptRow);
  };
  return row;
}

/** A button that shows and hides `list`. */
function unfolding(list) {
  const button = h("button", { type: "button", class: "unfold", "aria-expanded": false, onclick: () => {
    list.hidden = !list.hidden;
    button.setAttribute("aria-expanded", !list.hidden);
  } });
  return button;
}

function attemptRow({ at, status_code, error, elapsed_ms }) {
  return h("li", {}, h("time", { datetime: at }, moment(at, EXACTLY)), " · ",
    h("code", {}, status_code ?? error ?? "–"), ` · ${number(elapsed_ms)} ms`);
}
