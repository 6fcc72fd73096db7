/** What was left out of the text, on demand: where, by whom, the words themselves, and why nobody believes them. */

import { number, percent, span } from "../core/format.js";
import { h } from "../core/html.js";
import { nameOfParty, toneOf } from "../core/parties.js";
import { say } from "../core/words.js";
import { placeButton } from "../about/places.js";

const REASONS = new Set(["no_speech_pair", "repetition", "known_phrase", "too_fast"]);

/**
 * @param {object} transcript of the contract
 * @param {(seconds: number) => void} seek plays from there
 * @returns {Node} folded; an empty fragment where nothing was left out
 */
export function suppressed(transcript, seek) {
  const all = transcript.suppressed;
  if (all.length === 0) return document.createDocumentFragment();
  return h("details", { class: "suppressed" },
    h("summary", {}, say("findings.suppressed.title", { count: all.length })),
    h("p", { class: "help" }, say("findings.suppressed.why")),
    h("ol", {}, all.map((one) => passage(one, transcript, seek))));
}

function passage(one, { channels, language }, seek) {
  const role = channels.find(({ index }) => index === one.channel)?.role ?? null;
  return h("li", { data: { tone: toneOf(role, one.channel) } },
    h("p", { class: "row" }, placeButton(one.start, seek), h("b", {}, nameOfParty(role, one.channel)),
      h("small", { class: "soft" }, span(one.end - one.start))),
    h("blockquote", { lang: language }, h("s", {}, one.text)),
    h("ul", { class: "reasons" }, one.reasons.map((code) => h("li", {}, reasonOf(code), h("code", {}, code)))),
    evidence(one.evidence));
}

function reasonOf(code) {
  return REASONS.has(code) ? say(`findings.reason.${code}`) : "";
}

/** The figures behind the reasons, for whoever wants to judge the judgement. */
function evidence(told) {
  const rows = [
    [say("findings.evidence.speech"), `${span(told.vad_speech_s)} (${percent(told.vad_speech_ratio)})`],
    [say("findings.evidence.no_speech"), percent(told.no_speech_prob)],
    [say("findings.evidence.logprob"), number(told.avg_logprob, { maximumFractionDigits: 2 })],
    [say("findings.evidence.compression"), number(told.compression_ratio, { maximumFractionDigits: 2 })],
    [say("findings.evidence.rate"), told.chars_per_speech_s === null ? "–" : number(told.chars_per_speech_s)],
  ];
  return h("details", { class: "evidence" }, h("summary", {}, say("findings.evidence.title")),
    h("dl", {}, rows.map(([name, figure]) => [h("dt", {}, name), h("dd", {}, figure)])));
}
