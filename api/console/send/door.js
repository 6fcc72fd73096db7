/** The door: a key is asked for once, and tried before it is kept. */

import { ask } from "../core/api.js";
import { h, replace } from "../core/html.js";
import { looksLikeKey, setKey } from "../core/key.js";
import { say, sayError } from "../core/words.js";

/** Ask for a key in `main`. */
export function askForKey(main) {
  const told = h("p", { class: "refusal", role: "alert", id: "key-told" });
  const field = h("input", {
    id: "key", type: "password", autocomplete: "off", spellcheck: "false", required: true,
    "aria-describedby": "key-help key-told",
  });
  const form = h("form", { class: "door", onsubmit: (event) => tried(event, field, told) },
    h("h1", {}, say("key.title")),
    h("p", {}, say("key.why")),
    h("label", { for: "key" }, say("key.label")),
    field,
    h("p", { id: "key-help", class: "help" }, say("key.help")),
    told,
    h("button", { class: "main" }, say("key.use")));
  replace(main, form);
  field.focus();
  return { title: say("key.title") };
}

async function tried(event, field, told) {
  event.preventDefault();
  const typed = field.value.trim();
  replace(told);
  if (!looksLikeKey(typed)) return replace(told, say("key.shape"));
  const button = event.target.querySelector("button");
  button.disabled = true;
  try {
    await ask("jobs", { query: { limit: 1 }, key: typed });
    setKey(typed);
  } catch (problem) {
    replace(told, `${sayError(problem.code, problem.message)} (${problem.code})`);
    button.disabled = false;
  }
}
