/** Search in a call: every hit is marked, and one goes from hit to hit and plays from there. */

import { clock } from "../core/format.js";
import { h, setText } from "../core/html.js";
import { say } from "../core/words.js";
import { lastBegun } from "./spoken.js";

const LEAST_CHARS = 2;
const LETTERS = { œ: "oe", æ: "ae", ß: "ss", "’": "'", "‘": "'", "…": "..." };

/**
 * Make the search of a call.
 * @param {{lines: import("./dialogue.js").Line[], ready: Promise<void>}} dialogue
 * @param {{bring: (element: Element) => void, playFrom: (at: number) => void, time: () => number, query: string,
 *   signal: AbortSignal}} how
 * @returns {{element: Element, state: () => {query: string}}}
 */
export function makeSearch(dialogue, how) {
  const search = { ...how, ...dialogue, index: null, hits: [], now: -1, marked: [] };
  const button = (name, sign, by) => h("button", {
    type: "button", class: "icon", "aria-label": say(name), title: say(name), disabled: true,
    onclick: () => go(search, by),
  }, sign);
  search.field = h("input", {
    type: "search", "aria-label": say("call.search"), placeholder: say("call.search"), title: say("call.search_help"),
    autocomplete: "off", spellcheck: "false", value: how.query,
    oninput: () => find(search), onkeydown: (event) => onKey(event, search),
  });
  search.count = h("output", { class: "count" });
  search.steps = [button("call.previous", "↑", -1), button("call.next", "↓", 1)];
  const play = () => how.playFrom(startOf(search));
  search.play = h("button", { type: "button", class: "play-hit", hidden: true, onclick: play });
  const element = h("div", { class: "search", role: "search" }, search.field, search.count, search.steps, search.play);
  document.addEventListener("keydown", (event) => onSlash(event, search), { signal: how.signal });
  if (how.query) dialogue.ready.then(() => find(search, { isQuiet: true }));
  return { element, state: () => ({ query: search.field.value }) };
}

/** Text as it is compared: without case, accents and the printer's own signs. */
export function folded(text) {
  const plain = text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[œæß’‘…]/g, (letter) => LETTERS[letter]);
}

/** The whole call as one folded text, a row for each line, and where in it each word begins. */
function indexOf(lines) {
  const [rows, words] = [[], []];
  let at = 0;
  lines.forEach((line, row) => {
    const told = line.words.map(({ word }) => folded(word));
    told.forEach((word, column) => {
      words.push({ start: at, row, column });
      at += word.length + 1;
    });
    rows.push(told.join(" "));
    if (told.length === 0) at += 1;
  });
  return { text: rows.join("\n"), words };
}

async function find(search, { isQuiet = false } = {}) {
  await search.ready;
  search.index ??= indexOf(search.lines);
  const wanted = folded(search.field.value).trim().replace(/\s+/g, " ");
  search.hits = wanted.length < LEAST_CHARS ? [] : hitsOf(search.index, wanted);
  paint(search);
  const from = search.time();
  const later = search.hits.findIndex(([first]) => wordOf(search, first).start >= from);
  search.now = search.hits.length ? Math.max(0, later) : -1;
  show(search, { isQuiet });
}

/** @returns {[number, number][]} first and last word of each hit, as places in the index */
function hitsOf({ text, words }, wanted) {
  const hits = [];
  let at = text.indexOf(wanted);
  while (at >= 0) {
    hits.push([lastBegun(words, at), lastBegun(words, at + wanted.length - 1)]);
    at = text.indexOf(wanted, at + wanted.length);
  }
  return hits;
}

function paint(search) {
  for (const span of search.marked) span.classList.remove("found", "found-now");
  search.marked = search.hits.flatMap((hit) => spansOf(search, hit));
  for (const span of search.marked) span.classList.add("found");
}

function spansOf({ index, lines }, [first, last]) {
  return index.words.slice(first, last + 1).map(({ row, column }) => lines[row].spans[column]);
}

function wordOf({ index, lines }, place) {
  const { row, column } = index.words[place];
  return lines[row].words[column];
}

function startOf(search) {
  return wordOf(search, search.hits[search.now][0]).start;
}

function go(search, by) {
  if (search.hits.length === 0) return;
  search.now = (search.now + by + search.hits.length) % search.hits.length;
  show(search, { isQuiet: false });
}

function show(search, { isQuiet }) {
  const { hits, now, field, marked } = search;
  for (const span of marked) span.classList.remove("found-now");
  const isSome = hits.length > 0;
  for (const step of search.steps) step.disabled = !isSome;
  search.play.hidden = !isSome;
  const nothing = field.value.trim().length >= LEAST_CHARS ? say("call.no_hit") : "";
  setText(search.count, isSome ? say("call.hits", { now: now + 1, count: hits.length }) : nothing);
  if (!isSome) return;
  const spans = spansOf(search, hits[now]);
  for (const span of spans) span.classList.add("found-now");
  setText(search.play, `▶ ${clock(startOf(search))}`);
  search.play.setAttribute("aria-label", say("call.play_from", { time: clock(startOf(search)) }));
  if (!isQuiet) search.bring(spans[0]);
}

function onKey(event, search) {
  if (event.key === "Enter") go(search, event.shiftKey ? -1 : 1);
  else if (event.key === "Escape") search.field.value = "";
  else return;
  event.preventDefault();
  if (event.key === "Escape") find(search);
}

function onSlash(event, { field }) {
  const isMeant = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (!isMeant || event.target.closest?.("input, select, textarea, dialog")) return;
  event.preventDefault();
  field.focus();
  field.select();
}
