/** Numbers, times and sizes as the language of the interface writes them. */

import { language } from "./words.js";

const STEPS_S = [[86_400, "day"], [3_600, "hour"], [60, "minute"], [1, "second"]];

/** A place in a call, seconds → "3:07" or "1:02:07". */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(whole / 3_600), Math.floor(whole / 60) % 60, whole % 60];
  const tail = String(rest).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${tail}` : `${minutes}:${tail}`;
}

/** A stretch of time, seconds → "42 s", "3 min 7 s", "1 h 2 min"; null → "–". */
export function span(seconds) {
  if (seconds === null || seconds === undefined) return "–";
  const whole = Math.round(seconds);
  if (whole < 60) return unit(seconds < 10 ? Math.round(seconds * 10) / 10 : whole, "second");
  if (whole < 3_600) return both([Math.floor(whole / 60), "minute"], [whole % 60, "second"]);
  return both([Math.floor(whole / 3_600), "hour"], [Math.floor(whole / 60) % 60, "minute"]);
}

/** A share, 0 to 1 → "48 %"; null → "–". */
export function percent(ratio, digits = 0) {
  if (ratio === null || ratio === undefined) return "–";
  return number(ratio, { style: "percent", maximumFractionDigits: digits });
}

/** A number as the language writes it. */
export function number(value, options = { maximumFractionDigits: 1 }) {
  return new Intl.NumberFormat(language(), options).format(value);
}

/** A size, bytes → "1.2 MB". */
export function size(bytes) {
  if (bytes >= 1_000_000) return unit(bytes / 1_000_000, "megabyte", 1);
  return bytes >= 1_000 ? unit(bytes / 1_000, "kilobyte") : unit(bytes, "byte");
}

/** An instant of the contract (RFC 3339), in the reader's own time zone; null → "–". */
export function moment(instant, style = { dateStyle: "medium", timeStyle: "short" }) {
  return instant ? new Intl.DateTimeFormat(language(), style).format(new Date(instant)) : "–";
}

/** How long ago or in how long, as "2 minutes ago". @param {string} instant RFC 3339 @param {number} now_ms epoch */
export function relative(instant, now_ms = Date.now()) {
  const seconds = (new Date(instant).getTime() - now_ms) / 1_000;
  const told = new Intl.RelativeTimeFormat(language(), { numeric: "auto" });
  const [step, name] = STEPS_S.find(([one]) => Math.abs(seconds) >= one) ?? STEPS_S.at(-1);
  return told.format(Math.round(seconds / step), name);
}

/** A language by its code, as the language of the interface calls it; what is no code stays as it is; null → "–". */
export function nameOfLanguage(code) {
  if (!code) return "–";
  return /^[a-z]{2,3}$/.test(code) ? new Intl.DisplayNames([language()], { type: "language" }).of(code) : code;
}

/** Two units side by side; a rest of nothing is not said. */
function both([most, its], [rest, finer]) {
  return rest ? `${unit(most, its)} ${unit(rest, finer)}` : unit(most, its);
}

function unit(value, name, digits = 1) {
  return number(value, { style: "unit", unit: name, unitDisplay: "short", maximumFractionDigits: digits });
}
