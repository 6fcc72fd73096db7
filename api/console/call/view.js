/** One call: followed while it is on its way, and heard and read when it is there. */

import { ask } from "../core/api.js";
import { h, replace, setText } from "../core/html.js";
import { follow, TERMINAL } from "../core/live.js";
import { nameOf } from "../core/names.js";
import { HREF } from "../core/router.js";
import { moment, percent, span } from "../core/format.js";
import { say, sayError } from "../core/words.js";
import { makeDialogue } from "./dialogue.js";
import { explainFailure, findings } from "./findings.js";
import { makeHeader, titleOf } from "./header.js";
import { makeLanes } from "./lanes.js";
import { pictures } from "./pictures.js";
import { makePlayer } from "./player.js";
import { saving } from "./saving.js";
import { makeSearch } from "./search.js";
import { makeSpoken } from "./spoken.js";
import { suppressed } from "./suppressed.js";

/** Beside a longer dialogue the side stays in sight and scrolls by itself. */
const LONG_LINES = 40;

/**
 * Show a call.
 * @param {HTMLElement} main
 * @param {{id: string, kept: {time: number, speed: number, query: string, scrollY: number}|null}} place
 */
export function show(main, { id, kept }) {
  const leaving = new AbortController();
  const view = { main, id, kept, signal: leaving.signal, state: () => kept };
  watch(view);
  const leave = () => {
    const now = view.state();
    leaving.abort();
    return now;
  };
  return { title: nameOf(id) ?? id, leave };
}

/** Follow the job to its end, then show what came of it. */
async function watch(view) {
  const { id, main, signal } = view;
  const waiting = makeWaiting(view);
  try {
    const job = await follow(id, { signal, onJob: waiting.onJob, onTrouble: waiting.onTrouble });
    if (job?.status === "completed") await open(view, job);
    else if (job) ended(view, job);
  } catch (problem) {
    if (!signal.aborted) replace(main, refused(problem));
  }
}

function again(view) {
  view.kept = null;
  watch(view);
}

/** The head and, below it, how far the job is. `main` is filled with the first answer, so nothing flickers. */
function makeWaiting(view) {
  const { main, signal } = view;
  const told = h("p", { class: "stage", "aria-live": "polite" });
  const trouble = h("p", { class: "soft", role: "status" });
  const bar = h("progress", { max: 100, "aria-label": say("call.progress") });
  const panel = h("div", { class: "panel waiting" }, told, bar, trouble);
  let status = null;
  const onJob = (job) => {
    if (signal.aborted || TERMINAL.has(job.status)) return;
    if (job.status !== status) replace(main, makeHeader(job, { onAgain: () => {} }), panel);
    status = job.status;
    document.title = `${titleOf(job)} · Callscribe`;
    setText(told, waitingFor(job));
    if (job.progress) bar.value = job.progress.percent;
    else bar.removeAttribute("value");
  };
  const onTrouble = (problem) => {
    if (problem && !problem.retryable) replace(main, refused(problem));
    else setText(trouble, problem ? say("trouble.again") : "");
  };
  return { onJob, onTrouble };
}

function waitingFor({ status, stage, progress, queue }) {
  if (status === "awaiting_upload") return say("call.awaiting_upload");
  if (status === "processing" && stage) {
    const share = progress ? ` ${percent(progress.percent / 100)}` : "";
    return `${say(`stage.${stage}`)}${share}`;
  }
  if (!queue) return say(`status.${status}`);
  const ahead = say("call.ahead", { span: span(queue.audio_s_ahead) });
  const until = queue.estimated_completion_at;
  return until ? `${ahead} ${say("call.ready_at", { time: moment(until, { timeStyle: "short" }) })}` : ahead;
}

function refused(problem) {
  return h("div", { class: "panel gone" },
    h("h1", {}, say(problem.status === 404 || problem.status === 410 ? "call.gone" : "call.trouble")),
    h("p", {}, sayError(problem.code, problem.message), " ", h("code", {}, problem.code ?? problem.name)),
    h("p", {}, h("a", { href: HREF.send }, say("call.back"))));
}

function ended(view, job) {
  document.title = `${titleOf(job)} · Callscribe`;
  replace(view.main, makeHeader(job, { onAgain: () => again(view) }), explainFailure(job));
}

/** Show a completed call; its text first, and its sound as soon as that is there. */
async function open(view, job) {
  const { id, main, signal } = view;
  const sound = ask(`jobs/${id}/peaks`, { signal });
  sound.catch(() => {});
  document.title = `${titleOf(job)} · Callscribe`;
  const header = makeHeader(job, { onAgain: () => again(view) });
  try {
    const transcript = await ask(`jobs/${id}/transcript`, { query: { format: "json" }, signal });
    const call = compose(view, job, transcript);
    replace(main, header, call.deck, call.body);
    if (view.kept) call.dialogue.ready.then(() => scrollTo({ top: view.kept.scrollY, behavior: "instant" }));
    await hear(view, call, transcript, sound);
  } catch (problem) {
    if (!signal.aborted) replace(main, header, refused(problem));
  }
}

function compose(view, job, transcript) {
  const { kept, signal } = view;
  const player = makePlayer({ jobId: job.id, duration: transcript.duration, kept, signal });
  const dialogue = makeDialogue(transcript, { playFrom: player.playFrom, signal });
  const controls = h("div", { class: "controls" });
  const spoken = makeSpoken(dialogue.lines, { cover: controls, isFollowing: kept?.isFollowing ?? true, signal });
  spoken.isPlaying = () => !player.audio.paused;
  player.onTick(spoken.light);
  const time = () => player.state().time;
  const search = makeSearch(dialogue, { ...spoken, playFrom: player.playFrom, time, query: kept?.query ?? "", signal });
  replace(controls, player.element, spoken.element, search.element);
  const seek = (at) => { player.seek(at); spoken.showAt(at); };
  const lanes = h("div", { class: "lanes" });
  const call = { player, dialogue, controls, search: search.element, lanes, zoom: kept?.zoom ?? 1 };
  call.deck = h("div", { class: "deck" }, lanes, controls);
  measure(call.deck, controls, signal);
  const isLong = dialogue.lines.length > LONG_LINES;
  const side = aside(job, transcript, seek);
  call.body = h("div", { class: isLong ? "call-body long" : "call-body" }, dialogue.element, side);
  const drawn = () => call.drawn?.state() ?? { zoom: call.zoom };
  view.state = () => ({ ...player.state(), ...search.state(), ...spoken.state(), ...drawn(), scrollY });
  return call;
}

/** Tell the style how much of the page the deck covers: what is brought into sight must not end up beneath it. */
function measure(deck, controls, signal) {
  const { style } = document.documentElement;
  const tell = () => style.setProperty("--deck-height", `${deck.offsetHeight || controls.offsetHeight}px`);
  const watcher = new ResizeObserver(tell);
  for (const part of [deck, controls]) watcher.observe(part);
  signal.addEventListener("abort", () => {
    watcher.disconnect();
    style.removeProperty("--deck-height");
  }, { once: true });
}

function aside(job, transcript, seek) {
  return h("aside", { class: "call-side", "aria-label": say("call.side") },
    findings(transcript, job, seek), pictures(transcript, seek), suppressed(transcript, seek),
    saving(job, nameOf(job.id)));
}

/** Fetch the sound of a call and its picture; a call whose recording is gone is read without. */
async function hear({ signal }, call, transcript, sound) {
  try {
    await call.player.listen();
    const peaks = await sound;
    const lanes = makeLanes(transcript, peaks, call.player, { zoom: call.zoom, signal });
    call.drawn = lanes;
    call.lanes.replaceWith(lanes.element);
    call.player.element.after(lanes.zoom);
    call.player.onTick(lanes.tick);
  } catch (problem) {
    if (signal.aborted) return;
    const why = sayError(problem.code, say("call.silent"));
    call.lanes.replaceWith(h("p", { class: "note silent" }, why, " ", h("code", {}, problem.code ?? problem.message)));
    replace(call.controls, call.search);
  }
}
