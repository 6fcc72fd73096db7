/** What a reader should know before trusting a text: its warnings in words, where they apply, and what it rests on. */

import { facts } from "../about/facts.js";
import { placeButton } from "../about/places.js";
import { nameOfLanguage, percent, span } from "../core/format.js";
import { h } from "../core/html.js";
import { nameOfParty } from "../core/parties.js";
import { say, sayWarning } from "../core/words.js";

export { explainFailure } from "../about/failure.js";

/** Those for which the service wants a person to look: they come first. */
const GRAVE = new Set(["audio_incomplete", "language_low_confidence", "language_mismatch", "low_coverage"]);
/** Those that change nothing in the text, or little: they come last, and are not raised. */
const SLIGHT = new Set([
  "header_repaired", "trailing_data", "times_repaired", "mono_no_speaker_separation", "dual_mono", "roles_not_applied",
]);
/** When a person should look, by the service's own rule: a mean below, or a share of doubtful words above. */
const MEAN_CONFIDENCE = 0.6;
const LOW_CONFIDENCE_RATIO = 0.25;
const CLIPPED_RATIO = 0.01;
const PLACES_AT_ONCE = 8;

/**
 * @param {object} transcript of the contract
 * @param {object} job of the contract, completed
 * @param {(seconds: number) => void} seek plays from there
 * @returns {HTMLElement}
 */
export function findings(transcript, job, seek) {
  const raised = transcript.warnings.toSorted((one, other) => weightOf(other) - weightOf(one));
  const doubtful = flagged(transcript, "low_confidence");
  return h("section", { class: "findings", "aria-labelledby": "findings-title" },
    h("h2", { id: "findings-title" }, say("findings.title")),
    transcript.utterances.length ? [review(transcript.quality), figures(transcript.quality)] : null,
    h("ul", { class: "findings-list" },
      raised.map((code) => warning(code, transcript, seek)),
      doubtful.length ? doubted(doubtful, seek) : null),
    facts(transcript, job));
}

/** Whether the text can be read as it is, or a person should look, and why. */
function review(quality) {
  if (!quality.needs_review) return h("p", { class: "findings-verdict good" }, say("findings.fine"));
  const { mean_confidence: mean, low_confidence_ratio: low } = quality;
  const reasons = [
    mean !== null && mean < MEAN_CONFIDENCE
      && say("findings.review.mean", { mean: percent(mean), least: percent(MEAN_CONFIDENCE) }),
    low !== null && low > LOW_CONFIDENCE_RATIO
      && say("findings.review.low", { low: percent(low), most: percent(LOW_CONFIDENCE_RATIO) }),
  ].filter(Boolean);
  return h("p", { class: "findings-verdict" },
    h("b", {}, say("findings.review")), " ", reasons.length ? reasons.join(" ") : say("findings.review.warnings"));
}

function figures({ mean_confidence, low_confidence_ratio, coverage }) {
  const told = [
    ["findings.figure.mean", mean_confidence],
    ["findings.figure.low", low_confidence_ratio],
    ["findings.figure.coverage", coverage],
  ];
  return h("dl", { class: "findings-figures" },
    told.map(([name, share]) => h("div", {}, h("dt", {}, say(name)), h("dd", {}, percent(share)))));
}

function weightOf(code) {
  return GRAVE.has(code) - SLIGHT.has(code);
}

function warning(code, transcript, seek) {
  const told = sayWarning(code);
  // A code that this page does not know yet is all there is to say.
  const words = told === code ? null : `${[told, ASIDES[code]?.(transcript)].filter(Boolean).join(" ")} `;
  return h("li", { class: SLIGHT.has(code) ? "note slight" : "note" },
    h("p", {}, words, h("code", {}, code)),
    placesOf(PLACES[code]?.(transcript) ?? [], seek));
}

function doubted(places, seek) {
  return h("li", { class: "note slight" },
    h("p", {}, say("findings.doubted", { count: places.length }), " ", h("code", {}, "low_confidence")),
    placesOf(places, seek));
}

/** The places of a warning in the time of the call, for those that have any. @type {Object<string, Function>} */
const PLACES = {
  audio_incomplete: ({ audio }) => audio.gaps.map(({ start }) => start),
  channel_bleed: (transcript) => flagged(transcript, "bleed_suspected"),
  text_suppressed: ({ suppressed }) => suppressed.map(({ start }) => start),
  times_repaired: (transcript) => flagged(transcript, "times_repaired"),
};

function flagged({ utterances }, flag) {
  return utterances.filter(({ flags }) => flags.includes(flag)).map(({ start }) => start);
}

/** What this call adds to a warning: which channel, which languages, how much. @type {Object<string, Function>} */
const ASIDES = {
  audio_incomplete: ({ audio }) => missing(audio.gaps),
  audio_clipped: ({ channels }) => among(channels.filter((one) => one.clipped_ratio > CLIPPED_RATIO)
    .map((one) => `${nameOfLeg(one)} ${percent(one.clipped_ratio, 1)}`)),
  channel_silent: ({ channels }) => among(channels.filter(({ status }) => status === "silent").map(nameOfLeg)),
  language_mismatch: ({ channels }) => among(channels.map((one) =>
    `${nameOfLeg(one)}: ${nameOfLanguage(one.language)}`)),
  language_low_confidence: ({ language_candidates: all }) => among(all.map((one) =>
    `${nameOfLanguage(one.language)} ${percent(one.confidence)}`)),
  language_hint_disagrees: ({ language_candidates: [heard] }) => among(heard ? [nameOfLanguage(heard.language)] : []),
  low_coverage: ({ quality: { coverage } }) =>
    (coverage === null ? null : say("findings.aside.coverage", { share: percent(coverage) })),
};

function nameOfLeg({ role, index }) {
  return nameOfParty(role, index);
}

function missing(gaps) {
  const missing_s = gaps.reduce((sum, { start, end }) => sum + end - start, 0);
  return gaps.length ? say("findings.aside.missing", { length: span(missing_s) }) : null;
}

function among(told) {
  return told.length ? `(${told.join(", ")})` : null;
}

/** Buttons that lead to places; an hour may have hundreds, so the rest is folded away. */
function placesOf(all, seek) {
  if (all.length === 0) return null;
  const buttons = all.map((start) => placeButton(start, seek));
  const rest = buttons.slice(PLACES_AT_ONCE);
  return h("div", { class: "places" }, buttons.slice(0, PLACES_AT_ONCE),
    rest.length ? more(rest) : null);
}

function more(buttons) {
  return h("details", {},
    h("summary", {}, say("findings.more", { count: buttons.length })),
    h("div", { class: "places" }, buttons));
}
