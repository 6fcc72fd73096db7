/** How a delivery ended, in words: what came out, or what went wrong, with its code and what helps. */

import { clock, nameOfLanguage, span } from "../core/format.js";
import { h } from "../core/html.js";
import { say, sayError, sayWarning } from "../core/words.js";

/** Troubles that happen in this page, before or beside the service: the contract has no words for them. */
const OURS = new Set(["upload_failed", "another_file", "file_unreadable", "unreachable"]);
/** Field errors that the dictionary knows. */
const FIXES = new Set([
  "unknown_field", "missing_field", "wrong_type", "out_of_range", "too_long", "not_allowed", "not_supported",
  "bad_string",
]);
/** More warnings than these are folded away. */
const SHOWN_AT_ONCE = 2;

/** What is to be said at the end of `delivery`; nothing while it is on its way. @returns {Element[]} */
export function outcome({ phase, job, problem }) {
  const told = problem ? [problemNote(problem)] : [];
  if (phase === "lost") told.push(h("p", { class: "note" }, say("send.lost_why")));
  if (phase !== "job") return told;
  if (job?.status === "completed") return [...told, ...completed(job)];
  return job?.status === "failed" ? [...told, failure(job.error)] : told;
}

/** The facts of a finished call in one line. @returns {string} */
export function findings(job) {
  return [
    job.language && nameOfLanguage(job.language),
    job.audio.duration !== null && clock(job.audio.duration),
    job.completed_at && job.queued_at && say("send.taken", { span: span(secondsToText(job)) }),
  ].filter(Boolean).join(" · ");
}

function completed(job) {
  const needsReview = job.quality?.needs_review;
  const warnings = job.warnings.map((code) => h("li", {}, sayWarning(code), " ", h("code", {}, code)));
  const count = warnings.length;
  return [
    needsReview && h("p", { class: "note" }, say("send.review_why")),
    count > 0 && h("details", { class: "sent-warnings", open: count <= SHOWN_AT_ONCE },
      h("summary", {}, say("send.warnings", { count })), h("ul", {}, warnings)),
  ].filter(Boolean);
}

function failure(error) {
  return h("div", { class: "note bad" },
    h("p", {}, h("strong", {}, sayError(error.code, error.message)), " ", h("code", {}, error.code)),
    said(error.message, sayError(error.code, error.message)),
    error.cause ? h("p", { class: "help" }, say("send.cause"), " ", h("code", {}, error.cause)) : null,
    h("p", { class: "help" }, say(error.retryable ? "send.helps_again" : "send.helps_not")));
}

function problemNote(problem) {
  const { code, message } = problem;
  const inWords = OURS.has(code) ? say(`send.problem.${code}`) : sayError(code, message);
  const helps = problem.request_id && [say("send.request_id"), " ", h("code", {}, problem.request_id)];
  return h("div", { class: "note bad" },
    h("p", {}, h("strong", {}, inWords), " ", h("code", {}, code)),
    // Without a status nobody but this page has spoken.
    problem.status ? said(message, inWords) : null,
    problem.errors.length ? h("ul", {}, problem.errors.map(fieldError)) : null,
    helps ? h("p", { class: "help" }, helps) : null);
}

function fieldError({ pointer, code, message }) {
  const fix = FIXES.has(code) ? say(`send.fix.${code}`) : code;
  return h("li", {}, h("code", {}, pointer), ` ${fix} `, h("span", { lang: "en", class: "help" }, message));
}

/** The service speaks English; where that is what stands above already, once is enough. */
function said(message, above) {
  if (!message || message === above) return null;
  return h("p", { class: "help" }, say("send.said"), " ", h("q", { lang: "en" }, message));
}

function secondsToText({ queued_at, completed_at }) {
  return (new Date(completed_at) - new Date(queued_at)) / 1_000;
}
