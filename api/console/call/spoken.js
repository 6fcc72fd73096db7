/** The word that is spoken: lit as it plays, and kept in sight as long as nobody reads elsewhere. */

import { h } from "../core/html.js";
import { say } from "../core/words.js";

/** A pause between two words does not put out the light, and a word may end a little early. */
const HOLD_S = 0.3;
/** Who has just scrolled by hand is left alone for so long. */
const READING_MS = 4_000;
const SCROLL_KEYS = new Set(["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"]);
/** Where the spoken word stands when the page follows it, as a share of the height that is free. */
const RESTS_AT = 0.3;
const TRIES = 4;

/**
 * Light what is spoken in `lines`.
 * @param {import("./dialogue.js").Line[]} lines
 * @param {{cover: Element, isFollowing: boolean, signal: AbortSignal}} how `cover` lies over the top of the page.
 * @returns {{element: Element, light: (time: number) => void, showAt: (time: number) => void,
 *   bring: (element: Element) => void, state: () => {isFollowing: boolean}}} `element` switches the following.
 */
export function makeSpoken(lines, { cover, isFollowing, signal }) {
  const spoken = { legs: legsOf(lines), lit: [], cover, isFollowing, handAt_ms: -READING_MS, isPlaying: () => false };
  spoken.element = h("button", {
    type: "button", class: "follow", "aria-pressed": isFollowing, title: say("call.follow_help"),
    onclick: (event) => {
      spoken.isFollowing = !spoken.isFollowing;
      spoken.handAt_ms = -READING_MS;
      event.currentTarget.setAttribute("aria-pressed", String(spoken.isFollowing));
    },
  }, say("call.follow"));
  const byHand = () => { spoken.handAt_ms = performance.now(); };
  for (const name of ["wheel", "touchmove"]) addEventListener(name, byHand, { signal, passive: true });
  addEventListener("keydown", ({ key }) => SCROLL_KEYS.has(key) && byHand(), { signal });
  // The bar at the side of the page: nothing else of the page itself is ever pressed.
  addEventListener("pointerdown", ({ target }) => target === document.documentElement && byHand(), { signal });
  spoken.light = (time) => light(spoken, time);
  spoken.bring = (element) => bring(spoken, element);
  spoken.showAt = (time) => showAt(spoken, time);
  spoken.state = () => ({ isFollowing: spoken.isFollowing });
  return spoken;
}

/** The lines of each channel: within one they do not overlap, so a place is found by halving. */
function legsOf(lines) {
  const legs = new Map();
  for (const line of lines) {
    const { channel } = line.utterance;
    if (!legs.has(channel)) legs.set(channel, []);
    legs.get(channel).push(line);
  }
  return [...legs.values()];
}

/** The place of the last of `items` that begins at `time` or before; -1 before the first. @param {object[]} items */
export function lastBegun(items, time, startOf = (item) => item.start) {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (startOf(items[middle]) <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function light(spoken, time) {
  const lit = spoken.legs.flatMap((leg) => spokenIn(leg, time));
  const isSame = lit.length === spoken.lit.length && lit.every((one, n) => one === spoken.lit[n]);
  if (isSame) return;
  for (const one of spoken.lit) if (!lit.includes(one)) mark(one, false);
  for (const one of lit) if (!spoken.lit.includes(one)) mark(one, true);
  spoken.lit = lit;
  const isReading = performance.now() - spoken.handAt_ms < READING_MS;
  if (spoken.isFollowing && !isReading && lit.length && spoken.isPlaying()) bring(spoken, lit.at(-1));
}

/** What one party says at `time`: its line, and the word where times of words are known. @returns {Element[]} */
function spokenIn(leg, time) {
  const line = leg[lastBegun(leg, time, ({ utterance }) => utterance.start)];
  if (!line?.item || time > line.utterance.end + HOLD_S) return [];
  if (!line.isTimed) return [line.item];
  const n = lastBegun(line.words, time);
  const isOver = n < 0 || (time > line.words[n].end + HOLD_S);
  return isOver ? [line.item] : [line.item, line.spans[n]];
}

function mark(element, isSpoken) {
  element.classList.toggle("spoken", isSpoken);
  if (isSpoken) element.setAttribute("aria-current", "true");
  else element.removeAttribute("aria-current");
}

function showAt(spoken, time) {
  const begun = spoken.legs.map((leg) => leg[lastBegun(leg, time, ({ utterance }) => utterance.start)]).filter(Boolean);
  const line = begun.sort((one, other) => other.utterance.start - one.utterance.start)[0] ?? spoken.legs[0]?.[0];
  if (line?.item) bring(spoken, line.item);
}

/** Scroll `element` into sight unless it is; lines never drawn have a guessed height, so look again afterwards. */
function bring({ cover }, element, triesLeft = TRIES) {
  const top = Math.max(0, cover.getBoundingClientRect().bottom);
  const [at, room] = [element.getBoundingClientRect(), innerHeight - top];
  const isSeen = at.top >= top + 8 && Math.min(at.bottom, at.top + room / 2) <= innerHeight - 24;
  if (isSeen || triesLeft === 0) return;
  const by = at.top - top - room * RESTS_AT;
  const isSoft = Math.abs(by) < innerHeight && !matchMedia("(prefers-reduced-motion: reduce)").matches;
  // A place, not a distance: one soft scroll may overtake another.
  scrollTo({ top: scrollY + by, behavior: isSoft ? "smooth" : "instant" });
  if (!isSoft) requestAnimationFrame(() => bring({ cover }, element, triesLeft - 1));
}
