/** What the interface says, in four languages: one dictionary, in parts that lie beside each other in words/. */

import { CALL } from "../words/call.js";
import { ERRORS } from "../words/errors.js";
import { FINDINGS } from "../words/findings.js";
import { SEND } from "../words/send.js";
import { SERVICE } from "../words/service.js";
import { SHELL } from "../words/shell.js";
import { WARNINGS } from "../words/warnings.js";

export const LANGUAGES = ["en", "fr", "de", "it"];
export const LANGUAGE_NAMES = { en: "English", fr: "Français", de: "Deutsch", it: "Italiano" };

const DICTIONARY = { ...SHELL, ...SEND, ...CALL, ...FINDINGS, ...SERVICE };
const KEPT_AS = "callscribe.language";

let current = LANGUAGES.find((one) => one === localStorage.getItem(KEPT_AS)) ?? preferred();

/** The language of the interface, as "en". */
export function language() {
  return current;
}

/** Change the language; `document` is told by an event named `languagechange`, after `<html lang>` is set. */
export function setLanguage(code) {
  current = LANGUAGES.includes(code) ? code : "en";
  localStorage.setItem(KEPT_AS, current);
  document.documentElement.lang = current;
  document.dispatchEvent(new Event("languagechange"));
}

/**
 * What the dictionary has for `key`, with `{name}` replaced by `values.name`.
 * A key whose text has several forms by number is an object `{one, other}`, chosen by `values.count`.
 * @throws {Error} for a key that nobody wrote: a test finds it before a person does.
 */
export function say(key, values = {}) {
  const told = DICTIONARY[key]?.[LANGUAGES.indexOf(current)];
  if (told === undefined) throw new Error(`the dictionary lacks ${key}`);
  return put(typeof told === "string" ? told : told[plural(values.count)] ?? told.other, values);
}

/** An error code of the contract in words, else `fallback`: the service may know more codes than this page. */
export function sayError(code, fallback) {
  return ERRORS[code]?.[LANGUAGES.indexOf(current)] ?? fallback;
}

/** A warning code of the contract in words, else the code itself. */
export function sayWarning(code) {
  return WARNINGS[code]?.[LANGUAGES.indexOf(current)] ?? code;
}

function put(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

function plural(count) {
  return new Intl.PluralRules(current).select(Number(count));
}

function preferred() {
  const asked = navigator.languages.map((one) => one.slice(0, 2).toLowerCase());
  return asked.find((one) => LANGUAGES.includes(one)) ?? "en";
}
