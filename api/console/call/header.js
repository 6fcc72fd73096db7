/** The head of a call: what it is called, the facts in a line, and what can be done with it. */

import { isMeant } from "../about/deleting.js";
import { ask } from "../core/api.js";
import { moment, nameOfLanguage, percent, span } from "../core/format.js";
import { h, replace } from "../core/html.js";
import { TERMINAL } from "../core/live.js";
import { dropName, nameOf } from "../core/names.js";
import { HREF } from "../core/router.js";
import { say, sayError } from "../core/words.js";

/** What the page calls a job: the file that this tab sent, else the caller's reference, else the id. */
export function titleOf(job) {
  return nameOf(job.id) ?? job.reference ?? job.id;
}

/**
 * Show the head of a call.
 * @param {object} job the contract's job
 * @param {{onAgain: (job: object) => void}} to `onAgain` is told of the job when it was queued again or canceled.
 */
export function makeHeader(job, { onAgain }) {
  const trouble = h("p", { class: "refusal", role: "alert" });
  const act = (name, path, className) => h("button", {
    type: "button", class: className, onclick: (event) => send(event.currentTarget, path, trouble, onAgain),
  }, say(name));
  const erasing = { type: "button", class: "danger", onclick: () => erase(job, trouble) };
  const isAgain = job.status === "canceled" || (job.status === "failed" && job.error?.retryable);
  return h("div", { class: "call-head" },
    h("p", { class: "way" }, h("a", { href: HREF.send }, say("call.back"))),
    h("div", { class: "head-row" },
      h("h1", {}, titleOf(job)),
      h("div", { class: "row" },
        isAgain ? act("do.retry", `jobs/${job.id}/retry`, "main") : null,
        TERMINAL.has(job.status) ? null : act("do.cancel", `jobs/${job.id}/cancel`),
        h("button", erasing, say("do.delete")))),
    facts(job),
    trouble);
}

function facts(job) {
  const told = [
    ["call.recorded", job.created_at && moment(job.created_at)],
    ["call.duration", job.audio.duration === null ? null : span(job.audio.duration)],
    ["call.language", job.language && languageOf(job)],
    ["call.model", job.options.model],
    ["call.reference", job.reference === titleOf(job) ? null : job.reference],
    ["call.id", job.id === titleOf(job) ? null : h("code", {}, job.id)],
  ].filter(([, value]) => value);
  return h("div", { class: "facts" },
    h("span", { class: "badge", data: { status: job.status } }, say(`status.${job.status}`)),
    job.quality?.needs_review ? h("span", { class: "badge warn" }, say("call.needs_review")) : null,
    h("dl", {}, told.map(([name, value]) => h("div", {}, h("dt", {}, say(name)), h("dd", {}, value)))));
}

function languageOf(job) {
  const name = nameOfLanguage(job.language);
  return job.language_confidence === null ? name : `${name} (${percent(job.language_confidence)})`;
}

async function send(button, path, trouble, onAgain) {
  button.disabled = true;
  replace(trouble);
  try {
    onAgain(await ask(path, { method: "POST" }));
  } catch (problem) {
    tell(trouble, problem);
    button.disabled = false;
  }
}

function tell(trouble, problem) {
  replace(trouble, `${sayError(problem.code, problem.message)} (${problem.code})`);
}

async function erase(job, trouble) {
  if (!(await isMeant(titleOf(job)))) return;
  try {
    await ask(`jobs/${job.id}`, { method: "DELETE" });
    dropName(job.id);
    location.hash = HREF.send;
  } catch (problem) {
    tell(trouble, problem);
  }
}
