/** Why a call has no text, and what one can do about it. */

import { moment } from "../core/format.js";
import { h } from "../core/html.js";
import { say, sayError, sayWarning } from "../core/words.js";
import { WARNINGS } from "../words/warnings.js";

const STAGES = new Set(["downloading", "decoding", "transcribing", "storing"]);

/**
 * @param {object} job of the contract: failed or canceled, or completed with a transcript that retention has removed
 * @returns {HTMLElement}
 */
export function explainFailure(job) {
  const { error, status } = job;
  const told = status === "failed" ? failed(error) : h("p", {}, status === "canceled"
    ? say("findings.failure.canceled") : sayError("transcript_expired", ""));
  return h("section", { class: "failure", "aria-labelledby": "failure-title" },
    h("h2", { id: "failure-title" }, say(`findings.ended.${status}`)),
    h("div", { class: status === "failed" ? "note bad" : "note" }, told),
    error ? circumstances(error) : null,
    whatNow(job));
}

function failed({ code }) {
  const isWarning = code in WARNINGS;
  const told = isWarning ? sayWarning(code) : sayError(code, say("findings.failure.unknown"));
  return [h("p", {}, told, " ", h("code", {}, code)), isWarning ? h("p", {}, say("findings.failure.fail_on")) : null];
}

function circumstances({ stage, attempt, cause, message }) {
  const rows = [
    [say("findings.failure.stage"), stage && (STAGES.has(stage) ? say(`stage.${stage}`) : stage)],
    [say("findings.failure.attempt"), attempt || null],
    [say("findings.failure.cause"), cause && [sayError(cause, ""), " ", h("code", {}, cause)]],
    // The service speaks English whatever the language of this page.
    [say("findings.failure.message"), message && h("q", { lang: "en" }, message)],
  ].filter(([, told]) => told);
  return h("dl", { class: "facts-list" },
    rows.map(([name, told]) => h("div", {}, h("dt", {}, name), h("dd", {}, told))));
}

/** Trying again needs the recording, and pays only where another attempt may end otherwise. */
function whatNow({ status, error, queued_at, expires }, now_ms = Date.now()) {
  if (status === "completed") return null;
  const until = expires.audio_at;
  if (status === "canceled" && queued_at === null) return advice(say("findings.failure.anew"));
  if (status === "failed" && !error.retryable) return advice(say("findings.failure.no_retry"));
  if (until && new Date(until).getTime() < now_ms) return advice(sayError("audio_expired", ""));
  const kept = until ? say("findings.failure.until", { until: moment(until, { dateStyle: "long" }) }) : "";
  return advice(`${say("findings.failure.retry")} ${kept}`);
}

function advice(told) {
  return h("p", {}, h("b", {}, say("findings.failure.now")), " ", told);
}
