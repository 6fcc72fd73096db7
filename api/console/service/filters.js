/** What the list shows: status, lane, language, review, reference, tag and time, as the contract filters. */

import { nameOfLanguage } from "../core/format.js";
import { h, setText } from "../core/html.js";
import { say } from "../core/words.js";

const STATUSES = ["awaiting_upload", "queued", "processing", "completed", "failed", "canceled"];
const LANES = ["interactive", "batch"];
const LANGUAGES = ["en", "fr", "de", "it"];
const TEXT_MOST = { reference: 128, tag: 64 };

/**
 * No filter at all. Moments are as the reader's own clock tells them, "2026-11-23T14:05"; `needs_review` is "", "true"
 * or "false".
 */
export const NONE = Object.freeze({
  status: [], lane: "", language: "", needs_review: "", reference: "", tag: "", created_after: "", created_before: "",
});

/** `filters` as the query of `GET /v1/jobs`. */
export function queryOf(filters) {
  const { created_after, created_before } = filters;
  return { ...filters, created_after: instantOf(created_after), created_before: instantOf(created_before) };
}

/** `at_ms` (epoch) as a field for moments writes it: "2026-11-23T14:05". */
export function localOf(at_ms) {
  const at = new Date(at_ms);
  return new Date(at_ms - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** How many of `filters` narrow the list, the status not counted. */
export function countOf(filters) {
  return Object.keys(NONE).filter((name) => name !== "status" && filters[name]).length;
}

/**
 * The form.
 * @param {{filters: object, isOpen: boolean}} chosen changed in place, then `onChange` is called
 * @param {{onChange: () => void, onToggle: () => void}} to told of other filters, and of the form opened or closed
 * @returns {{element: Element, set: (filters: object) => void}} `set` chooses from outside, and tells as well
 */
export function filterForm(chosen, { onChange, onToggle }) {
  const fields = fieldsOf(chosen.filters);
  const pills = STATUSES.map((status) => pill(status, chosen.filters.status.includes(status)));
  const more = h("summary");
  const clear = h("button", { type: "button", class: "quiet", onclick: () => set(NONE) }, say("service.filter.clear"));
  const draw = () => {
    const count = countOf(chosen.filters);
    setText(more, count ? say("service.filter.more_set", { count }) : say("service.filter.more"));
    clear.disabled = !count && !chosen.filters.status.length;
  };
  const tell = () => { draw(); onChange(); };
  const taken = () => { chosen.filters = read(fields, pills); tell(); };
  const set = (filters) => { chosen.filters = { ...NONE, ...filters }; write(chosen.filters, fields, pills); tell(); };
  const element = h("form", { class: "filters", onchange: taken, onsubmit: (event) => event.preventDefault() },
    h("fieldset", { class: "pills" }, h("legend", { class: "hidden" }, say("service.filter.status")),
      pills.map((one) => one.element), clear),
    h("details", { open: chosen.isOpen, ontoggle: (event) => { chosen.isOpen = event.target.open; onToggle(); } }, more,
      h("div", { class: "fields" }, Object.entries(fields).map(([name, field]) =>
        h("div", {}, h("label", { for: field.id }, say(`service.filter.${name}`)), field)))));
  draw();
  return { element, set };
}

function pill(status, checked) {
  const box = h("input", { type: "checkbox", name: "status", value: status, checked });
  return { box, element: h("label", { class: "pill" }, box, h("span", {}, say(`status.${status}`))) };
}

function fieldsOf(filters) {
  const text = (name) =>
    h("input", { id: `filter-${name}`, value: filters[name], maxlength: TEXT_MOST[name], autocomplete: "off" });
  const time = (name) => h("input", { id: `filter-${name}`, value: filters[name], type: "datetime-local" });
  const choice = (name, values, sayOne) => h("select", { id: `filter-${name}` },
    ["", ...values].map((value) =>
      h("option", { value, selected: value === filters[name] }, value ? sayOne(value) : say("service.filter.any"))));
  return {
    lane: choice("lane", LANES, (value) => say(`lane.${value}`)),
    language: choice("language", LANGUAGES, nameOfLanguage),
    needs_review: choice("needs_review", ["true", "false"], (value) => say(`service.filter.review_${value}`)),
    reference: text("reference"),
    tag: text("tag"),
    created_after: time("created_after"),
    created_before: time("created_before"),
  };
}

function read(fields, pills) {
  const told = Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, field.value.trim()]));
  return { ...told, status: pills.filter(({ box }) => box.checked).map(({ box }) => box.value) };
}

function write(filters, fields, pills) {
  for (const [name, field] of Object.entries(fields)) field.value = filters[name];
  for (const { box } of pills) box.checked = filters.status.includes(box.value);
}

function instantOf(local) {
  return local ? new Date(local).toISOString() : "";
}
