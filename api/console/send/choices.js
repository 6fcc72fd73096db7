/** What may be said about the next calls: folded away, since the defaults are right for a sales call. */

import { ask } from "../core/api.js";
import { nameOfLanguage } from "../core/format.js";
import { h, replace, setText } from "../core/html.js";
import { say } from "../core/words.js";

const KEPT_AS = "callscribe.choices";
const DEFAULTS = { language: "auto", left: "agent", right: "customer", lane: "interactive", reference: "" };
const ROLES = ["agent", "customer", "other"];

let chosen = { ...DEFAULTS, ...JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "{}") };
let isOpen = false;
/** Until the service has said which it takes. */
let languages = ["en", "fr", "de", "it"];

/** What a submission says besides its audio: only what differs from the defaults. */
export function wish() {
  const roles = { 0: chosen.left, 1: chosen.right };
  const isUsual = chosen.left === DEFAULTS.left && chosen.right === DEFAULTS.right;
  const options = {
    ...(chosen.language !== "auto" && { language: chosen.language }),
    ...(!isUsual && { channels: { roles } }),
  };
  return {
    ...(chosen.reference && { reference: chosen.reference }),
    ...(chosen.lane !== DEFAULTS.lane && { lane: chosen.lane }),
    ...(Object.keys(options).length && { options }),
  };
}

/** The folded form. @param {AbortSignal} signal */
export function choices(signal) {
  const told = h("span", { class: "soft" });
  const fields = h("div", { class: "choice-fields" });
  const draw = () => {
    replace(fields, languageField(), roleField("left"), roleField("right"), laneField(), referenceField());
    tell();
  };
  const tell = () => setText(told, summary());
  fields.addEventListener("change", ({ target }) => {
    choose(target.name, target.value.trim());
    if (target.name === "reference") return tell();
    draw();
    return fields.querySelector(`[name="${target.name}"]`).focus();
  });
  const details = h("details", { class: "choices", open: isOpen },
    h("summary", {}, h("span", {}, say("send.choices")), " ", told), fields);
  details.addEventListener("toggle", () => { isOpen = details.open; });
  draw();
  askLanguages(signal).then((isNews) => isNews && draw());
  return details;
}

function choose(name, value) {
  const other = { left: "right", right: "left" }[name];
  // Nobody speaks on both: who is chosen for one side changes places with the other.
  const swapped = other && chosen[other] === value ? { [other]: chosen[name] } : {};
  chosen = { ...chosen, ...swapped, [name]: value };
  sessionStorage.setItem(KEPT_AS, JSON.stringify(chosen));
}

async function askLanguages(signal) {
  const told = await ask("models", { signal }).catch(() => null);
  const known = told?.data.flatMap((model) => model.languages) ?? [];
  if (!known.length || signal.aborted) return false;
  languages = [...new Set(known)];
  if (chosen.language !== "auto" && !languages.includes(chosen.language)) choose("language", "auto");
  return true;
}

function languageField() {
  const options = [["auto", say("send.language_auto")], ...languages.map((code) => [code, nameOfLanguage(code)])];
  return h("div", { class: "wide" }, field("language", say("send.language"), select("language", options)));
}

function roleField(side) {
  return field(side, say(`send.${side}`), select(side, ROLES.map((role) => [role, say(`role.${role}`)])));
}

function laneField() {
  const options = ["interactive", "batch"].map((lane) => [lane, say(`send.lane_${lane}`)]);
  return h("div", { class: "wide" }, field("lane", say("send.lane"), select("lane", options)));
}

function referenceField() {
  const input = h("input", {
    id: "choice-reference", name: "reference", maxlength: 128, autocomplete: "off", value: chosen.reference,
    "aria-describedby": "reference-help",
  });
  return h("div", { class: "wide" }, field("reference", say("send.reference"), input),
    h("p", { class: "help", id: "reference-help" }, say("send.reference_help")));
}

function field(name, label, control) {
  return h("div", {}, h("label", { for: `choice-${name}` }, label), control);
}

function select(name, options) {
  return h("select", { id: `choice-${name}`, name },
    options.map(([value, text]) => h("option", { value, selected: value === chosen[name] }, text)));
}

/** What is not as usual, so that a folded form hides nothing. */
function summary() {
  const isUsual = chosen.left === DEFAULTS.left && chosen.right === DEFAULTS.right;
  return [
    chosen.language !== "auto" && nameOfLanguage(chosen.language),
    !isUsual && [chosen.left, chosen.right].map((role) => say(`role.${role}`)).join(" | "),
    chosen.lane !== DEFAULTS.lane && say(`lane.${chosen.lane}`),
    chosen.reference,
  ].filter(Boolean).join(" · ");
}
