/** Listening: play, five seconds back and forward, speed, and a clock fine enough to light single words. */

import { clock } from "../core/format.js";
import { h, replace, setText, svg } from "../core/html.js";
import { attach } from "../core/recording.js";
import { say } from "../core/words.js";

const STEP_S = 5;
const SPEEDS = [0.75, 1, 1.25, 1.5, 1.75, 2];
/** Where the space bar has a meaning of its own. */
const TAKES_SPACE = "input, select, textarea, button, a, summary, dialog, [role=button]";
const ICONS = {
  play: "M8 5v14l11-7z",
  pause: "M7 5h4v14H7zM13 5h4v14h-4z",
  back_5: "M12 5V1L6 6l6 5V7a6 6 0 1 1-6 6H4a8 8 0 1 0 8-8z",
  forward_5: "M12 5V1l6 5-6 5V7a6 6 0 1 0 6 6h2a8 8 0 1 1-8-8z",
};

/**
 * Make the player of a call. It stands without a recording too: then `seek` only moves the place that is shown.
 * @param {{jobId: string, duration: number, kept: {time: number, speed: number}|null, signal: AbortSignal}} call
 *   `duration` in seconds.
 * @returns {{element: Element, audio: HTMLAudioElement, listen: () => Promise<object>, seek: (at: number) => void,
 *   playFrom: (at: number) => void, onTick: (told: (time: number) => void) => void, state: () => object}}
 *   `listen` fetches the recording and throws a Problem where there is none; `onTick` is told each frame that plays.
 */
export function makePlayer({ jobId, duration, kept, signal }) {
  const audio = h("audio", { preload: "metadata" });
  const player = { audio, duration, signal, told: [], place: kept?.time ?? 0, isAble: false };
  audio.preservesPitch = true;
  audio.playbackRate = audio.defaultPlaybackRate = kept?.speed ?? 1;
  const parts = controls(player);
  player.onTick = (told) => player.told.push(told);
  player.tick = () => tick(player, parts);
  player.seek = (at) => seek(player, at);
  player.playFrom = (at) => { seek(player, at); if (player.isAble) play(audio); };
  player.state = () => ({ time: timeOf(player), speed: audio.playbackRate });
  player.listen = () => listen(player, parts, jobId);
  player.element = parts.element;
  watch(player, parts);
  return player;
}

async function listen(player, parts, jobId) {
  const { audio, signal } = player;
  audio.currentTime = player.place;
  const told = await attach(audio, jobId, { signal, onTrouble: () => replace(parts.trouble, say("call.unplayable")) });
  player.isAble = true;
  for (const button of parts.buttons) button.disabled = false;
  return told;
}

function controls(player) {
  const step = (by, name) => h("button", {
    type: "button", class: "icon", "aria-label": say(`call.${name}`), title: say(`call.${name}`), disabled: true,
    onclick: () => player.seek(timeOf(player) + by),
  }, icon(name));
  const toggle = h("button", {
    type: "button", class: "main icon toggle", "aria-label": say("call.play"), title: say("call.play_help"),
    disabled: true, onclick: () => flip(player.audio),
  }, icon("play"));
  const at = h("span", { class: "at" }, clock(player.place));
  const trouble = h("p", { class: "refusal", role: "alert" });
  const buttons = [step(-STEP_S, "back_5"), toggle, step(STEP_S, "forward_5"), speedSelect(player)];
  const element = h("div", { class: "player", role: "group", "aria-label": say("call.player") },
    buttons.slice(0, 3),
    h("span", { class: "clock" }, at, ` / ${clock(player.duration)}`),
    buttons[3],
    trouble);
  return { element, toggle, at, trouble, buttons };
}

function speedSelect({ audio }) {
  const options = SPEEDS.map((speed) =>
    h("option", { value: speed, selected: speed === audio.playbackRate }, `${speed}×`));
  const choose = (event) => { audio.playbackRate = audio.defaultPlaybackRate = Number(event.target.value); };
  return h("select", {
    class: "speed", "aria-label": say("call.speed"), title: say("call.speed"), onchange: choose, disabled: true,
  }, options);
}

function icon(name) {
  const how = { x: 12, y: 16.2, "text-anchor": "middle", "font-size": 8, "font-weight": 700 };
  return svg("svg", { viewBox: "0 0 24 24", width: 24, height: 24, "aria-hidden": "true" },
    svg("path", { d: ICONS[name] }), name.endsWith("_5") ? svg("text", how, String(STEP_S)) : null);
}

/** Follow the element's own events; while it plays, each frame, since its time updates come four times a second. */
function watch(player, parts) {
  const { audio, signal } = player;
  const on = (name, act) => audio.addEventListener(name, act, { signal });
  const frame = () => {
    player.tick();
    if (!audio.paused && !signal.aborted) requestAnimationFrame(frame);
  };
  on("play", () => requestAnimationFrame(frame));
  on("playing", () => replace(parts.trouble));
  for (const name of ["seeking", "timeupdate", "pause", "ended"]) on(name, player.tick);
  for (const name of ["play", "pause", "ended", "emptied"]) on(name, () => showToggle(audio, parts.toggle));
  document.addEventListener("keydown", (event) => onSpace(event, player), { signal });
  signal.addEventListener("abort", () => silence(audio), { once: true });
}

function silence(audio) {
  audio.pause();
  // Only so does the browser end a download that it has begun.
  audio.removeAttribute("src");
  audio.load();
}

function tick(player, { at }) {
  const time = timeOf(player);
  setText(at, clock(time));
  for (const told of player.told) told(time);
}

function seek(player, at) {
  const time = Math.min(Math.max(0, at), player.duration);
  player.place = time;
  player.audio.currentTime = time;
  player.tick();
}

function timeOf({ audio, isAble, place }) {
  return isAble ? audio.currentTime : place;
}

function flip(audio) {
  if (audio.paused) play(audio);
  else audio.pause();
}

function play(audio) {
  // A play that a pause or another place overtakes is no error.
  audio.play().catch(() => {});
}

function showToggle(audio, button) {
  const name = audio.paused ? "play" : "pause";
  replace(button, icon(name));
  button.setAttribute("aria-label", say(`call.${name}`));
}

function onSpace(event, { audio, isAble }) {
  if (event.key !== " " || !isAble || event.defaultPrevented || event.target.closest?.(TAKES_SPACE)) return;
  event.preventDefault();
  flip(audio);
}
