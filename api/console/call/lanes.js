/** The waveform: a lane per party in its colour, drawn from the server's peaks; click, drag and arrow keys seek. */

import { clock } from "../core/format.js";
import { h, setText } from "../core/html.js";
import { nameOfParty, toneOf } from "../core/parties.js";
import { WAVE_HEIGHT_PX } from "../core/trust.js";
import { say } from "../core/words.js";
import WaveSurfer from "../vendor/wavesurfer.esm.js";
import { makeTrack } from "./marks.js";

const VALUES = 256;
/** A telephone call seldom comes near full scale: its lanes are as high as the loudest, but for this share of it. */
const LOUDEST_SHARE = 0.002;
/** Below this a call is so quiet that it is shown as it is. */
const LEAST_LOUD = 26;
const FILLED = 0.92;
/** What was not played yet is paler: so much of the party's colour is left, on the panel's. */
const PALE = 0.42;
/** In a small window the lanes are lower, so that the dialogue keeps most of it. */
const SMALL_PX = { width: 600, height: 850 };
const SMALL_HEIGHT_PX = 44;
/** No zoom draws more than this for a second: beyond it the peaks show their steps. */
const MOST_PX_PER_S = 100;
const STEPS_S = { ArrowLeft: -5, ArrowRight: 5, ArrowDown: -5, ArrowUp: 5, PageDown: -30, PageUp: 30 };

/**
 * Draw the lanes of a call.
 * @param {object} transcript the contract's document
 * @param {{duration: number, channels: {index: number, role: string|null, peaks: number[]}[]}} peaks the contract's
 *   document: values 0 to 255, at even distances over `duration` seconds.
 * @param {{audio: HTMLAudioElement, seek: (at: number) => void}} player
 * @param {{zoom: number, signal: AbortSignal}} how `zoom` times the width that shows the whole call
 * @returns {{element: Element, zoom: Element, tick: (time: number) => void, state: () => {zoom: number}}}
 */
export function makeLanes(transcript, peaks, player, { zoom, signal }) {
  const lanes = { transcript, peaks, player, zoom, duration: peaks.duration, height: WAVE_HEIGHT_PX };
  const box = h("div", { class: "wave" });
  const slider = makeSlider(lanes);
  const labels = peaks.channels.map((leg, place) => label(leg, place, peaks.channels.length));
  lanes.element = h("section", { class: "lanes", "aria-label": say("call.waveform") }, box, labels, slider);
  lanes.zoomed = makeZoom(lanes);
  lanes.track = makeTrack(transcript, peaks, player.seek);
  lanes.element.classList.toggle("marked", lanes.track.hasMarks);
  // wavesurfer measures its box when it is made, so the box must stand in the page by then.
  onceShown(box, () => draw(lanes, box, signal));
  const state = () => ({ zoom: lanes.zoom });
  return { element: lanes.element, zoom: lanes.zoomed.element, tick: (time) => show(slider, time), state };
}

function label({ index, role }, place, count) {
  const channel = role && count > 1 ? h("small", {}, say("role.channel", { number: index + 1 })) : null;
  const pill = h("span", { class: "lane-name", data: { tone: toneOf(role, index) } },
    h("b", {}, nameOfParty(role, index)), " ", channel);
  pill.style.setProperty("--lane", place);
  return pill;
}

function onceShown(box, act) {
  const watcher = new ResizeObserver(() => {
    if (!box.isConnected || box.clientWidth === 0) return;
    watcher.disconnect();
    // In a task of its own: the frame that shows the text does not wait for the wave.
    setTimeout(act);
  });
  watcher.observe(box);
}

function draw(lanes, box, signal) {
  if (signal.aborted) return;
  const { peaks, player, track } = lanes;
  const wave = WaveSurfer.create({
    container: box, media: player.audio, duration: lanes.duration, height: WAVE_HEIGHT_PX,
    peaks: scaled(peaks),
    splitChannels: colours(peaks), dragToSeek: { debounceTime: 0 }, cursorWidth: 2, autoCenter: false,
    cursorColor: colour("--ink"),
  });
  Object.assign(lanes, { wave, box });
  wave.on("error", () => {});
  wave.on("interaction", (at) => player.seek(at));
  // The marks are children of the host and shown inside its scrolling part, so they move with the wave by themselves.
  const wrapper = wave.getWrapper();
  wrapper.append(document.createElement("slot"));
  wrapper.getRootNode().host.append(track.element);
  // Before anything is drawn, so that it is drawn once.
  fit(lanes);
  watch(lanes, signal);
  signal.addEventListener("abort", () => wave.destroy(), { once: true });
}

/** The peaks of each lane as 0 to 1, by one measure: a quiet party looks quiet. @returns {Float32Array[]} */
function scaled({ channels }) {
  const loudest = loudestOf(channels);
  return channels.map(({ peaks }) => {
    const values = new Float32Array(peaks.length);
    for (let n = 0; n < peaks.length; n += 1) values[n] = Math.min(1, peaks[n] / loudest) * FILLED;
    return values;
  });
}

function loudestOf(channels) {
  const counts = new Uint32Array(VALUES);
  for (const { peaks } of channels) for (const value of peaks) counts[value] += 1;
  const spare = LOUDEST_SHARE * channels.reduce((sum, { peaks }) => sum + peaks.length, 0);
  let [value, above] = [VALUES - 1, 0];
  while (value > LEAST_LOUD && above + counts[value] <= spare) above += counts[value--];
  return value;
}

function watch(lanes, signal) {
  let width = lanes.box.clientWidth;
  const resized = new ResizeObserver(() => {
    if (lanes.box.clientWidth === width) return;
    width = lanes.box.clientWidth;
    fit(lanes);
  });
  resized.observe(lanes.box);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", () => fit(lanes), { signal });
  signal.addEventListener("abort", () => resized.disconnect(), { once: true });
}

/** Draw anew in the width, the zoom and the colours that hold now. */
function fit(lanes) {
  const { wave, box, duration, track } = lanes;
  lanes.zoom = Math.min(lanes.zoom, mostZoom(lanes));
  lanes.height = innerWidth < SMALL_PX.width || innerHeight < SMALL_PX.height ? SMALL_HEIGHT_PX : WAVE_HEIGHT_PX;
  lanes.element.style.setProperty("--lane-height", `${lanes.height}px`);
  const width = box.clientWidth * lanes.zoom;
  wave.setOptions({
    height: lanes.height, minPxPerSec: lanes.zoom === 1 ? 0 : width / duration,
    splitChannels: colours(lanes.peaks), cursorColor: colour("--ink"),
  });
  track.fit(width);
  showZoom(lanes);
}

function colours({ channels }) {
  return channels.map(({ index, role }) => {
    const own = colour(`--${toneOf(role, index)}`);
    return { waveColor: mixed(own, colour("--panel")), progressColor: own };
  });
}

/** A colour between two #rrggbb; opaque, since wavesurfer keeps the wave's opacity where it was played. */
function mixed(own, ground) {
  const parts = [1, 3, 5].map((at) => [own, ground].map((hex) => parseInt(hex.slice(at, at + 2), 16)));
  return `rgb(${parts.map(([one, other]) => Math.round(one * PALE + other * (1 - PALE))).join(" ")})`;
}

function colour(token) {
  return getComputedStyle(document.documentElement).getPropertyValue(token).trim();
}

function mostZoom({ box, duration }) {
  const most = (duration * MOST_PX_PER_S) / Math.max(1, box.clientWidth);
  return 2 ** Math.max(0, Math.floor(Math.log2(most)));
}

function makeZoom(lanes) {
  const button = (name, sign, factor) => h("button", {
    type: "button", class: "icon", "aria-label": say(name), title: say(name),
    onclick: () => { lanes.zoom = Math.max(1, lanes.zoom * factor); fit(lanes); },
  }, sign);
  const [less, more] = [button("call.zoom_out", "−", 0.5), button("call.zoom_in", "+", 2)];
  const told = h("output", { class: "zoomed" });
  const element = h("div", { class: "zoom", role: "group", "aria-label": say("call.zoom") }, less, told, more);
  return { less, more, told, element };
}

function showZoom(lanes) {
  const { less, more, told } = lanes.zoomed;
  setText(told, lanes.zoom === 1 ? say("call.zoom_fit") : `${lanes.zoom}×`);
  less.disabled = lanes.zoom === 1;
  more.disabled = lanes.zoom >= mostZoom(lanes);
}

function makeSlider({ duration, player }) {
  const slider = h("div", {
    class: "seek", role: "slider", tabindex: 0, "aria-label": say("call.seek"), "aria-valuemin": 0,
    "aria-valuemax": Math.round(duration), "aria-valuenow": 0, onkeydown: (event) => onKey(event, player, duration),
  });
  slider.tell = (time) => say("call.place_of", { time: clock(time), whole: clock(duration) });
  show(slider, player.state().time);
  return slider;
}

function show(slider, time) {
  const now = String(Math.round(time));
  if (slider.getAttribute("aria-valuenow") === now && slider.hasAttribute("aria-valuetext")) return;
  slider.setAttribute("aria-valuenow", now);
  slider.setAttribute("aria-valuetext", slider.tell(time));
}

function onKey(event, player, duration) {
  const ends = { Home: 0, End: duration };
  const at = event.key in ends ? ends[event.key] : player.state().time + STEPS_S[event.key];
  if (Number.isNaN(at)) return;
  event.preventDefault();
  player.seek(at);
}
