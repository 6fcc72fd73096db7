/** Places in the time of a call: who talks when, and the strip whose marks lead there. */

import { clock } from "../core/format.js";
import { h } from "../core/html.js";
import { toneOf } from "../core/parties.js";
import { say } from "../core/words.js";

/** Words that lie within a breath of each other are one stretch of talk: the rule of the service's own figures. */
const BREATH_S = 0.5;
const STEPS = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };

/**
 * The stretches in which each party talks.
 * @param {object} transcript of the contract; without times of words its utterances stand for them
 * @returns {Map<string, {start: number, end: number}[]>} by speaker, in seconds; "mixed" where nobody is told apart
 */
export function talkOf(transcript) {
  const talk = new Map(Object.keys(transcript.conversation.words_per_minute).map((speaker) => [speaker, []]));
  for (const utterance of transcript.utterances) {
    const speaker = utterance.speaker ?? "mixed";
    if (!talk.has(speaker)) talk.set(speaker, []);
    talk.get(speaker).push(...(utterance.words.length ? utterance.words : [utterance]));
  }
  for (const [speaker, words] of talk) talk.set(speaker, merged(words, BREATH_S));
  return talk;
}

/**
 * The stretches in which nobody talks.
 * @param {Map<string, {start: number, end: number}[]>} talk
 * @param {number} duration of the call, seconds
 * @returns {{start: number, end: number}[]} in their order
 */
export function silencesOf(talk, duration) {
  const spoken = merged([...talk.values()].flat(), 0);
  const framed = [{ end: 0 }, ...spoken, { start: duration }];
  return framed.slice(1).map((later, place) => ({ start: framed[place].end, end: later.start }))
    .filter(({ start, end }) => end > start);
}

/**
 * Cut the call into `count` equal parts, and say how much each party talks in each.
 * @returns {{start: number, end: number, talk_s: Map<string, number>}[]} seconds
 */
export function partsOf(talk, duration, count) {
  const length = duration / count;
  return Array.from({ length: count }, (_, place) => {
    const [start, end] = [place * length, (place + 1) * length];
    return { start, end, talk_s: new Map([...talk].map(([speaker, own]) => [speaker, within(own, start, end)])) };
  });
}

/** A button that reads "0:42" and leads there. @param {number} seconds @param {(seconds: number) => void} seek */
export function placeButton(seconds, seek) {
  const told = clock(seconds);
  return h("button", {
    type: "button", class: "place", "aria-label": say("findings.play", { at: told }), onclick: () => seek(seconds),
  }, told);
}

/**
 * The strip, with the call's beginning and end written under it.
 * @param {{duration: number, label: string, lanes?: number, marks: {start: number, end: number, speaker?: string,
 *   lane?: number, isChief?: boolean, text: string}[]}} told times in seconds; `isChief`: the mark that is spoken of
 * @param {(seconds: number) => void} [seek] without it the marks are a picture only
 */
export function strip({ duration, label, lanes = 1, marks }, seek) {
  const shown = marks.map((one) => placed(mark(one, seek), {
    "--at": one.start / duration, "--wide": (one.end - one.start) / duration, "--lane": one.lane ?? 0,
  }));
  const drawn = oneStop(h("div", { class: "strip", role: seek ? "group" : "img", "aria-label": label }, shown));
  return h("div", {}, placed(drawn, { "--lanes": lanes }), ends(duration));
}

/** The beginning and the end of a call, to be written under its time. */
export function ends(duration) {
  return h("p", { class: "strip-ends", "aria-hidden": true }, h("span", {}, clock(0)), h("span", {}, clock(duration)));
}

/** Give `node` the custom properties by which the style sheet places it. */
export function placed(node, properties) {
  for (const [name, value] of Object.entries(properties)) node.style.setProperty(name, String(value));
  return node;
}

/**
 * Make the buttons in `group` one stop of the Tab key; the arrow keys lead from one to the next.
 * An hour has hundreds of places, and nobody tabs through them all.
 */
export function oneStop(group) {
  const buttons = [...group.querySelectorAll("button")];
  buttons.forEach((button, place) => { button.tabIndex = place === 0 ? 0 : -1; });
  group.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step === undefined || !buttons.includes(event.target)) return;
    event.preventDefault();
    const next = Math.min(buttons.length - 1, Math.max(0, buttons.indexOf(event.target) + step));
    buttons.forEach((button, place) => { button.tabIndex = place === next ? 0 : -1; });
    buttons[next].focus();
  });
  return group;
}

function mark({ start, speaker, isChief, text }, seek) {
  const data = { tone: speaker ? toneOf(speaker) : "none", chief: isChief ? "yes" : "no" };
  const given = { class: "strip-mark", title: text, data };
  if (!seek) return h("span", given);
  return h("button", { ...given, type: "button", "aria-label": text, onclick: () => seek(start) });
}

function within(stretches, start, end) {
  return stretches.reduce((sum, own) => sum + Math.max(0, Math.min(own.end, end) - Math.max(own.start, start)), 0);
}

function merged(stretches, gap_s) {
  const all = [];
  for (const { start, end } of stretches.toSorted((one, other) => one.start - other.start)) {
    const last = all.at(-1);
    if (last && start - last.end <= gap_s) last.end = Math.max(last.end, end);
    else all.push({ start, end });
  }
  return all;
}
