/** The transcript as a dialogue: a line for each utterance, a span for each word, played from wherever one clicks. */

import { clock, percent } from "../core/format.js";
import { h } from "../core/html.js";
import { nameOfParty, toneOf } from "../core/parties.js";
import { say } from "../core/words.js";

/** A word below this is marked: its confidence is worse than a coin. */
const UNSURE = 0.5;
/** So many lines are there at once; the rest comes in slices, so that an hour never stops the page. */
const FIRST_LINES = 40;
const SLICE_MS = 8;
/** About how many characters fit into a row: the height of a line that was never drawn is guessed by it. */
const CHARS_A_ROW = 70;
const FLAGS = ["bleed_suspected", "times_repaired", "low_confidence"];

/**
 * A line of the dialogue. Without times of words the words come from the text and have the utterance's own times.
 * @typedef {{word: string, start: number, end: number, confidence: number|null}} Word times in seconds
 * @typedef {{utterance: object, isTimed: boolean, words: Word[], item: HTMLElement|null, spans: HTMLElement[]}} Line
 */

/**
 * Show what was said.
 * @param {object} transcript
 * @param {{playFrom: (at: number) => void, signal: AbortSignal}} how
 * @returns {{element: Element, lines: Line[], ready: Promise<void>}} `ready` comes when every line has its element.
 */
export function makeDialogue(transcript, { playFrom, signal }) {
  const lines = transcript.utterances.map(lineOf);
  const list = h("ol", { class: "lines", "aria-describedby": "dialogue-keys" });
  list.addEventListener("click", (event) => onClick(event, playFrom));
  list.addEventListener("keydown", (event) => onKey(event, playFrom));
  const element = h("section", { class: "dialogue", "aria-label": say("call.dialogue") },
    h("div", { class: "dialogue-head" }, h("h2", {}, say("call.dialogue")), legend(lines)),
    lines.length ? null : h("p", { class: "soft" }, say("call.no_words")),
    h("p", { class: "hidden", id: "dialogue-keys" }, say("call.dialogue_keys")),
    list);
  return { element, lines, ready: build(list, lines, signal) };
}

function lineOf(utterance) {
  const { words, text, start, end } = utterance;
  const isTimed = words.length > 0;
  const untimed = (word) => ({ word, start, end, confidence: null });
  const told = isTimed ? words : text.split(/\s+/).filter(Boolean).map(untimed);
  return { utterance, isTimed, words: told, item: null, spans: [] };
}

async function build(list, lines, signal) {
  let [next, until] = [0, FIRST_LINES];
  while (next < lines.length && !signal.aborted) {
    const [slice, begun_ms] = [document.createDocumentFragment(), performance.now()];
    while (next < lines.length && (next < until || performance.now() - begun_ms < SLICE_MS)) {
      slice.append(itemOf(lines[next], lines[next - 1]));
      next += 1;
    }
    list.append(slice);
    until = 0;
    if (next < lines.length) await new Promise(requestAnimationFrame);
  }
  const first = list.querySelector(".from");
  if (first) first.tabIndex = 0;
}

function itemOf(line, before) {
  const { id, channel, speaker, start, language, flags, text } = line.utterance;
  const isSame = before?.utterance.channel === channel;
  line.spans = line.words.map(spanOf);
  line.item = h("li", { class: isSame ? "line same" : "line", data: { tone: toneOf(speaker, channel), id } },
    h("div", { class: "who" },
      h("span", { class: isSame ? "name hidden" : "name" }, nameOfParty(speaker)),
      h("button", {
        type: "button", class: "from", tabindex: -1, data: { start },
        "aria-label": say("call.play_from", { time: clock(start) }),
      }, clock(start))),
    h("div", { class: "said" },
      h("p", { lang: language }, line.spans.flatMap((span, n) => (n ? [" ", span] : [span]))), badges(flags)));
  line.item.style.setProperty("--rows", Math.ceil(text.length / CHARS_A_ROW) + (flags.length ? 1 : 0));
  return line.item;
}

function spanOf(word) {
  // Not by `h`: an hour has ten thousand of them.
  const span = document.createElement("span");
  span.className = "w";
  span.dataset.start = word.start;
  span.textContent = word.word;
  if (isUnsure(word)) {
    span.classList.add("unsure");
    span.title = say("call.unsure_word", { percent: percent(word.confidence) });
  }
  return span;
}

function isUnsure({ confidence }) {
  return confidence !== null && confidence < UNSURE;
}

function badges(flags) {
  const known = flags.filter((flag) => FLAGS.includes(flag));
  const badge = (flag) => h("span", { class: "badge warn" }, say(`call.flag_${flag}`));
  return known.length ? h("p", { class: "flags" }, known.map(badge)) : null;
}

function legend(lines) {
  if (!lines.some(({ words }) => words.some(isUnsure))) return null;
  const example = h("span", { class: "unsure" }, say("call.legend_word"));
  return h("p", { class: "help legend" }, example, " ", say("call.legend"));
}

function onClick(event, playFrom) {
  const from = event.target.closest("[data-start]");
  // Who marks text to copy it does not want to hear it.
  if (!from || !getSelection().isCollapsed) return;
  playFrom(Number(from.dataset.start));
}

/** Up and down go from line to line, left and right from word to word; Enter plays from a word. */
function onKey(event, playFrom) {
  const { target, key } = event;
  const isWord = target.classList.contains("w");
  if (isWord && (key === "Enter" || key === " ")) {
    event.preventDefault();
    playFrom(Number(target.dataset.start));
    return;
  }
  const next = nextOf(target, key, isWord);
  if (!next) return;
  event.preventDefault();
  take(next, target);
}

function nextOf(target, key, isWord) {
  const line = target.closest(".line");
  const own = line.querySelector(".from");
  switch (key) {
    case "ArrowDown": return line.nextElementSibling?.querySelector(".from");
    case "ArrowUp": return line.previousElementSibling?.querySelector(".from");
    case "ArrowRight": return isWord ? target.nextElementSibling : line.querySelector(".w");
    case "ArrowLeft": return isWord ? target.previousElementSibling ?? own : null;
    case "Escape": return isWord ? own : null;
    default: return null;
  }
}

function take(next, before) {
  if (next.classList.contains("w")) next.setAttribute("role", "button");
  before.tabIndex = -1;
  // The tab key comes back to the line that was left, and to one alone.
  const stop = before.closest(".lines").querySelector(".from[tabindex='0']");
  if (stop && next.classList.contains("from")) stop.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}
