/** Small pictures of a conversation: each says one thing at a glance, and its sentence says the same in words. */

import { clock, percent, span } from "../core/format.js";
import { h } from "../core/html.js";
import { nameOfParty, toneOf } from "../core/parties.js";
import { say } from "../core/words.js";
import { ends, oneStop, partsOf, placed, silencesOf, strip, talkOf } from "../about/places.js";

/** Shorter silences are breaths and turns of a conversation; in a long call, too narrow to be seen. */
const SILENCE_S = 2;
const SEEN = 1 / 400;
const MOST_BARS = 30;
const BAR_S = 5;
/** A shorter call has no course worth a picture. */
const COURSE_S = 30;
/** Words a minute at the end of the scale; people on the telephone seldom speak faster. */
const FAST = 200;

/**
 * @param {object} transcript of the contract
 * @param {(seconds: number) => void} [seek] plays from there
 * @returns {HTMLElement}
 */
export function pictures(transcript, seek) {
  const call = { ...transcript.conversation, duration: transcript.duration, talk: talkOf(transcript) };
  const isSpoken = transcript.utterances.length > 0;
  const isTold = call.talk_ratio !== null;
  const drawn = [
    ...(isTold && isSpoken ? [talkRatio, course, monologue, interruptions] : []),
    silence,
    ...(isSpoken ? [pace] : []),
  ];
  return h("section", { class: "pictures", "aria-labelledby": "pictures-title" },
    h("h2", { id: "pictures-title" }, say("pictures.title")),
    isTold ? null : h("p", { class: "soft" }, say("pictures.mono")),
    h("div", { class: "pictures-grid" }, drawn.map((draw) => draw(call, seek))));
}

function picture(name, figure, drawn, ...sentences) {
  return h("figure", { class: "picture" },
    h("figcaption", {}, h("h3", {}, say(`pictures.about.${name}`)), figure ? h("strong", {}, figure) : null),
    drawn,
    h("p", { class: "help" }, sentences.filter(Boolean).join(" ")));
}

function talkRatio({ talk_ratio, talk_s }) {
  const shares = hundredths(Object.entries(talk_ratio));
  const [leader, most] = foremost(shares);
  const isEven = shares.length > 1 && percent(most) === percent(1 / shares.length);
  const told = isEven ? say("pictures.talk.even")
    : say("pictures.talk.most", { who: subjectOf(leader), share: percent(most) });
  const bar = h("div", { class: "shares", role: "img", "aria-label": told },
    shares.map(([speaker, share]) => half(speaker, share)));
  const rows = shares.map(([speaker, share]) => [speaker, percent(share), span(talk_s[speaker])]);
  return picture("talk", null, h("div", {}, bar, parties(rows)), told);
}

/** How the weight of the conversation moves: one party's talk goes up, the other's down, part by part. */
function course({ talk, duration }, seek) {
  const speakers = [...talk.keys()];
  if (speakers.length !== 2 || duration < COURSE_S) return null;
  const parts = partsOf(talk, duration, Math.min(MOST_BARS, Math.round(duration / BAR_S)));
  const [first, , last] = partsOf(talk, duration, 3).map(({ talk_s }) => percent(shareOf(speakers[0], talk_s)));
  const told = say("pictures.course.thirds", { who: subjectOf(speakers[0]), first, last });
  const bars = oneStop(h("div", { class: "course", role: seek ? "group" : "img", "aria-label": told },
    parts.map((part) => courseBar(part, speakers, seek))));
  return picture("course", null, h("div", {}, bars, ends(duration)), told);
}

function courseBar({ start, end, talk_s }, speakers, seek) {
  const shares = speakers.map((speaker) => [speaker, talk_s.get(speaker) / (end - start)]);
  const told = shares.map(([speaker, share]) => `${nameOfParty(speaker)} ${percent(share)}`);
  const title = [clock(start), ...told].join(" · ");
  const halves = shares.map(([speaker, share]) => half(speaker, share));
  if (!seek) return h("span", { class: "course-bar", title }, halves);
  const given = { type: "button", class: "course-bar", title, "aria-label": title, onclick: () => seek(start) };
  return h("button", given, halves);
}

function monologue({ longest_monologue: longest, turns, duration }, seek) {
  if (!longest) return null;
  const { speaker, start } = longest;
  const end = start + longest.duration;
  const told = say("pictures.monologue.who", { who: subjectOf(speaker), from: clock(start), to: clock(end) });
  const text = [clock(start), nameOfParty(speaker), span(longest.duration)].join(" · ");
  const drawn = strip({ duration, label: told, marks: [{ start, end, speaker, text }] }, seek);
  return picture("monologue", span(longest.duration), drawn, told, say("pictures.monologue.turns", { count: turns }));
}

function interruptions({ interruptions: all, talk, overlap_s, duration }, seek) {
  const speakers = [...talk.keys()];
  const counts = speakers.map((speaker) => [speaker, all.filter(({ by }) => by === speaker).length]);
  const told = interruptionsTold(counts);
  const marks = all.map(({ by, at, overlap_s: own }) => ({
    start: at, end: at, speaker: by, lane: speakers.indexOf(by),
    text: [clock(at), nameOfParty(by), span(own)].join(" · "),
  }));
  const drawn = h("div", {},
    strip({ duration, label: told, lanes: speakers.length, marks }, seek),
    parties(counts.map(([speaker, count]) => [speaker, count])));
  const overlap = overlap_s > 0 ? say("pictures.interruptions.overlap", { length: span(overlap_s) }) : null;
  return picture("interruptions", String(all.length), drawn, told, overlap);
}

function interruptionsTold(counts) {
  const [leader, most] = foremost(counts);
  if (most === 0) return say("pictures.interruptions.none");
  const count = counts.reduce((sum, [, own]) => sum + own, 0);
  const isAlone = counts.filter(([, own]) => own === most).length === 1;
  if (!isAlone) return say("pictures.interruptions.even");
  return say("pictures.interruptions.most", { who: subjectOf(leader), most, count });
}

function silence({ talk, duration, silence_s, longest_silence_s }, seek) {
  const all = silencesOf(talk, duration);
  const longest = all.reduce((one, other) => (lengthOf(other) > lengthOf(one) ? other : one), { start: 0, end: 0 });
  const told = say("pictures.silence.longest", { length: span(longest_silence_s), from: clock(longest.start) });
  const least = Math.max(SILENCE_S, duration * SEEN);
  const marks = all.filter((one) => one === longest || lengthOf(one) >= least).map((one) => ({
    ...one, isChief: one === longest, text: [clock(one.start), span(lengthOf(one))].join(" · "),
  }));
  const share = duration > 0 ? silence_s / duration : null;
  return picture("silence", percent(share), strip({ duration, label: told, marks }, seek), told);
}

function pace({ words_per_minute }) {
  const rates = Object.entries(words_per_minute).filter(([, rate]) => rate > 0);
  if (rates.length === 0) return null;
  const scale = Math.max(FAST, foremost(rates)[1]);
  const bars = rates.map(([speaker, rate]) => h("li", {},
    h("span", {}, nameOfParty(speaker)),
    h("span", { class: "gauge", "aria-hidden": true }, half(speaker, rate / scale)),
    h("b", {}, rate)));
  return picture("pace", null, h("ul", { class: "paces" }, bars), paceTold(rates));
}

function paceTold(rates) {
  const [leader, most] = foremost(rates);
  const least = Math.min(...rates.map(([, rate]) => rate));
  if (rates.length === 1) return say("pictures.pace.one", { rate: most });
  if (least === most) return say("pictures.pace.even", { rate: most });
  return say("pictures.pace.most", { who: subjectOf(leader), most, least });
}

/** @param {[string, string|number, string?][]} rows speaker, what is told of it, and what more */
function parties(rows) {
  return h("ul", { class: "parties" }, rows.map(([speaker, told, more]) => h("li", { data: { tone: toneOf(speaker) } },
    h("span", {}, nameOfParty(speaker)), h("b", {}, told), more ? h("small", {}, more) : null)));
}

/** A party as the subject that begins a sentence: "The agent". */
function subjectOf(speaker) {
  return ["agent", "customer", "other"].includes(speaker) ? say(`pictures.the.${speaker}`) : nameOfParty(speaker);
}

function half(speaker, share) {
  return placed(h("span", { data: { tone: toneOf(speaker) } }), { "--share": share });
}

function foremost(entries) {
  return entries.reduce((one, other) => (other[1] > one[1] ? other : one));
}

/** Shares as whole hundredths that make up the whole: 54.5 and 45.5 are not 55 and 46. */
function hundredths(shares) {
  const rounded = shares.map(([speaker, share]) => [speaker, Math.round(share * 100) / 100]);
  const leader = foremost(rounded);
  const others = rounded.reduce((sum, one) => (one === leader ? sum : sum + one[1]), 0);
  return rounded.map((one) => (one === leader ? [one[0], 1 - others] : one));
}

function lengthOf({ start, end }) {
  return end - start;
}

function shareOf(speaker, talk_s) {
  const whole = [...talk_s.values()].reduce((sum, own) => sum + own, 0);
  return whole ? talk_s.get(speaker) / whole : null;
}
