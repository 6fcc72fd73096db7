/** What lies over the waveform: who speaks when, the places that deserve a look, and the ruler. */

import { clock, span } from "../core/format.js";
import { h, replace, svg } from "../core/html.js";
import { toneOf } from "../core/parties.js";
import { say } from "../core/words.js";

/** Marks nearer than this would lie on each other: one tells of all. */
const MARK_PX = 92;
const TICK_PX = 72;
const LABEL_PX = 46;
const MOST_TOLD = 8;
const STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600];
const KINDS = ["gap", "suppressed", "unsure"];

/**
 * Make the track that lies over the lanes of a call.
 * @param {object} transcript
 * @param {{duration: number, channels: {index: number}[]}} peaks
 * @param {(at: number) => void} seek
 * @returns {{element: Element, hasMarks: boolean, fit: (width: number) => void}} `fit` lays marks and ruler for a
 *   width in CSS pixels.
 */
export function makeTrack(transcript, peaks, seek) {
  const places = placesOf(transcript);
  const bar = h("div", { class: "marks", role: "toolbar", "aria-label": say("call.marks"), onkeydown: rove });
  const ruler = h("div", { class: "ruler", "aria-hidden": "true" });
  const element = h("div", { class: "track" }, shades(transcript, peaks, places), bar, ruler);
  const fit = (width) => {
    replace(bar, groups(places, peaks.duration, width).map((group, n) => mark(group, n, peaks.duration, seek)));
    replace(ruler, ticks(peaks.duration, width));
  };
  bar.hidden = places.length === 0;
  return { element, hasMarks: places.length > 0, fit };
}

/**
 * The places of a call that deserve a look, by start.
 * @returns {{kind: string, start: number, end: number, channel: number|null}[]} seconds; a gap is in all channels.
 */
function placesOf({ audio, suppressed, utterances }) {
  const gaps = audio.gaps.map((gap) => ({ kind: "gap", channel: null, ...gap }));
  const left = suppressed.map(({ channel, start, end }) => ({ kind: "suppressed", channel, start, end }));
  const unsure = utterances.filter(({ flags }) => flags.includes("low_confidence"))
    .map(({ channel, start, end }) => ({ kind: "unsure", channel, start, end }));
  return [...gaps, ...left, ...unsure].sort((one, other) => one.start - other.start);
}

/** Shade what each party says in its lane, and the places. One path for all of a kind: an hour holds a thousand. */
function shades({ utterances }, { duration, channels }, places) {
  const paths = new Map();
  const add = ({ start, end, channel }, name) => {
    const lane = laneOf(channels, channel);
    const [top, height] = lane === null ? [0, channels.length] : [lane, 1];
    paths.set(name, `${paths.get(name) ?? ""}M${start} ${top}H${Math.max(end, start + 0.01)}v${height}H${start}z`);
  };
  for (const one of utterances) add(one, `speech ${toneOf(one.speaker, one.channel)}`);
  for (const one of places) add(one, one.kind);
  return svg("svg", {
    class: "shades", viewBox: `0 0 ${duration} ${channels.length}`, preserveAspectRatio: "none", "aria-hidden": "true",
  }, [...paths].map(([name, d]) => svg("path", { class: name, d })));
}

/** The lane of a channel; null for all lanes. One lane alone holds whatever is said. */
function laneOf(channels, channel) {
  if (channel === null) return null;
  const lane = channels.findIndex(({ index }) => index === channel);
  return lane < 0 ? 0 : lane;
}

/** Join places whose marks would lie on each other; one at the end of the call stands left of it. */
function groups(places, duration, width) {
  const mark_s = (duration * MARK_PX) / width;
  const begin = ({ start }) => Math.min(start, duration - mark_s);
  const found = [];
  for (const place of places) {
    const last = found.at(-1);
    if (last && begin(place) - begin(last[0]) < mark_s) last.push(place);
    else found.push([place]);
  }
  return found;
}

function mark(group, n, duration, seek) {
  const [{ start }] = group;
  const kind = KINDS.find((one) => group.some((place) => place.kind === one));
  const told = h("button", {
    type: "button", class: "mark", tabindex: n === 0 ? 0 : -1, data: { kind },
    title: group.slice(0, MOST_TOLD).map(line).join("\n"), "aria-label": `${short(group, kind)}, ${clock(start)}`,
    // The wave beneath would take the click for a seek to where the mark was hit.
    onclick: (event) => { event.stopPropagation(); seek(start); },
  }, short(group, kind));
  told.style.setProperty("--at", start / duration);
  return told;
}

function short(group, kind) {
  return group.length === 1 ? say(`call.mark_${kind}`) : say("call.mark_several", { count: group.length });
}

function line({ kind, start, end }) {
  return `${clock(start)} ${say(`call.mark_${kind}_long`, { span: span(end - start) })}`;
}

function ticks(duration, width) {
  const step = STEPS_S.find((one) => (one * width) / duration >= TICK_PX) ?? STEPS_S.at(-1);
  const last_s = duration - (LABEL_PX * duration) / width;
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, n) => {
    const tick = h("span", { class: "tick" }, n * step < last_s ? clock(n * step) : null);
    tick.style.setProperty("--at", (n * step) / duration);
    return tick;
  });
}

/** One stop of the tab key for the whole bar; the arrow keys go from mark to mark. */
function rove(event) {
  const marks = [...event.currentTarget.children];
  const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  const next = by && marks[marks.indexOf(event.target) + by];
  if (!next) return;
  event.preventDefault();
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
