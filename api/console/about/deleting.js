/** The question before a deletion. */

import { h } from "../core/html.js";
import { say } from "../core/words.js";

/**
 * Ask whether the call named `title` shall really go; Escape, the first button and another view are "no".
 * @param {string} title as the page calls the call
 * @returns {Promise<boolean>}
 */
export function isMeant(title) {
  return new Promise((resolve) => {
    const button = (value, words, kind) =>
      h("button", { type: "button", class: kind, onclick: () => box.close(value) }, say(words));
    const box = h("dialog", {
      "aria-labelledby": "delete-title", "aria-describedby": "delete-why",
      onclose: () => { box.remove(); resolve(box.returnValue === "yes"); },
    },
    h("h2", { id: "delete-title" }, say("delete.title")),
    h("p", {}, h("strong", {}, h("bdi", {}, title))),
    h("p", { id: "delete-why" }, say("delete.why")),
    h("div", { class: "row ends" }, button("no", "delete.no", null), button("yes", "delete.yes", "danger")));
    addEventListener("hashchange", () => box.close("no"), { once: true });
    document.body.append(box);
    box.showModal();
  });
}
