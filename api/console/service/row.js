/** One call in the list. What changes is set where it stands, so focus and selection stay. */

import { clock, moment, nameOfLanguage, percent, relative } from "../core/format.js";
import { h, setText } from "../core/html.js";
import { TERMINAL } from "../core/live.js";
import { nameOf } from "../core/names.js";
import { hrefOfCall } from "../core/router.js";
import { say, sayError, sayWarning } from "../core/words.js";

const EXACTLY = { dateStyle: "full", timeStyle: "long" };
const CAN = {
  cancel: (job) => !TERMINAL.has(job.status),
  retry: (job) => job.status === "failed" || job.status === "canceled",
  erase: () => true,
};
const WORDS = { cancel: "do.cancel", retry: "do.retry", erase: "do.delete" };

/** What a person calls the job: the file that this tab sent, else the reference, else the end of the id. */
export function titleOf(job) {
  return nameOf(job.id) ?? job.reference ?? shortId(job.id);
}

/** "job_01KF0HJ2A2Q4W8XN2V5T6R9S0A" → "…6R9S0A": its end tells jobs apart, its beginning is the time. */
export function shortId(id) {
  return `…${id.slice(-6)}`;
}

/**
 * How a row is made.
 * @param {{does: Object<string, (job: object) => void>, isErased: (id: string) => boolean, isBusy: (id: string) =>
 *   boolean, told: (id: string) => string}} acts as `actions.js` makes it
 * @returns {(job: object) => Element & {update: (job: object) => void}}
 */
export function jobRow(acts) {
  return (job) => {
    const held = { job };
    const parts = { name: nameCell(job), state: stateCell(), facts: factCells(), actions: actionCell(acts, held) };
    const row = h("tr", { role: "row", class: "job" },
      parts.name.element, parts.state.element, Object.values(parts.facts), parts.actions.element);
    row.update = (now) => { held.job = now; update(row, parts, now, acts); };
    return row;
  };
}

function cell(name, ...children) {
  return h("td", { role: "cell", class: `of-${name}`, data: { label: say(`service.column.${name}`) } }, children);
}

function nameCell(job) {
  const link = h("a", { href: hrefOfCall(job.id) });
  const more = h("span", { class: "help" });
  return { link, more, element: cell("call", link, more) };
}

function stateCell() {
  const badge = h("span", { class: "badge" });
  const warnings = h("span", { class: "badge warn" });
  const review = h("span", { class: "badge warn" }, say("service.review"));
  const stage = h("span", { class: "help" });
  const bar = h("progress", { max: 100 });
  const [why, told] = [h("p", { class: "why help" }), h("p", { class: "refusal", role: "alert" })];
  const element = cell("state", h("span", { class: "badges" }, badge, review, warnings), stage, bar, why, told);
  return { badge, warnings, review, stage, bar, why, told, element };
}

function factCells() {
  const sent = cell("sent");
  sent.append(h("time"));
  return { lane: cell("lane"), language: cell("language"), length: cell("length"), sent };
}

function actionCell(acts, held) {
  const button = (name) =>
    h("button", { type: "button", class: "small", onclick: () => acts.does[name](held.job) }, say(WORDS[name]));
  const buttons = Object.fromEntries(Object.keys(CAN).map((name) => [name, button(name)]));
  return { buttons, element: cell("actions", h("div", { class: "row" }, Object.values(buttons))) };
}

function update(row, { name, state, facts, actions }, job, acts) {
  const isErased = acts.isErased(job.id);
  row.classList.toggle("erased", isErased);
  setText(name.link, titleOf(job));
  name.link.title = job.id;
  setText(name.more, [nameOf(job.id) && job.reference, shortId(job.id), ...job.tags].filter(Boolean).join(" · "));
  updateState(state, job, isErased, acts.told(job.id));
  setText(facts.lane, say(`lane.${job.lane}`));
  setText(facts.language, nameOfLanguage(job.language));
  setText(facts.length, job.audio.duration === null ? "–" : clock(job.audio.duration));
  for (const name of ["language", "length"]) facts[name].classList.toggle("unknown", facts[name].textContent === "–");
  const time = facts.sent.firstChild;
  setText(time, relative(job.created_at));
  Object.assign(time, { dateTime: job.created_at, title: moment(job.created_at, EXACTLY) });
  updateActions(actions.buttons, name.link, job, isErased, acts.isBusy(job.id));
}

function updateState(state, job, isErased, told) {
  const percentDone = job.progress?.percent ?? null;
  state.badge.dataset.status = isErased ? "canceled" : job.status;
  const done = percentDone === null ? "" : ` ${percent(percentDone / 100)}`;
  setText(state.badge, isErased ? say("service.erased") : `${say(`status.${job.status}`)}${done}`);
  state.review.hidden = !job.quality?.needs_review;
  state.warnings.hidden = !job.warnings.length;
  setText(state.warnings, say("service.warnings", { count: job.warnings.length }));
  state.warnings.title = job.warnings.map(sayWarning).join("\n");
  const stage = job.stage ? say(`stage.${job.stage}`) : "";
  setText(state.stage, stage);
  state.bar.hidden = percentDone === null;
  state.bar.value = percentDone ?? 0;
  state.bar.setAttribute("aria-label", stage);
  setText(state.why, job.error ? `${sayError(job.error.code, job.error.message)} (${job.error.code})` : "");
  setText(state.told, told);
}

function updateActions(buttons, link, job, isErased, isBusy) {
  const focused = document.activeElement;
  for (const [name, button] of Object.entries(buttons)) {
    button.hidden = isErased || !CAN[name](job);
    // Not `disabled`, which would take the focus from it.
    button.setAttribute("aria-disabled", isBusy);
    button.setAttribute("aria-label", `${say(WORDS[name])}: ${titleOf(job)}`);
    if (button.hidden && button === focused) link.focus({ preventScroll: true });
  }
}
