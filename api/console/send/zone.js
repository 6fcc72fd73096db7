/** Where recordings are dropped or chosen. */

import { h, setText } from "../core/html.js";
import { say } from "../core/words.js";
import { filesOf } from "./dropped.js";

/** Some systems know these by their ending alone. */
const ACCEPTED = "audio/*,.wav,.mp3,.flac,.ogg,.opus,.m4a,.aac,.amr,.awb,.webm,.caf,.aiff,.aif,.au,.w64,.rf64";

/**
 * The panel to drop on. The whole page takes a drop, so that one beside the panel does not lead away from it.
 * @param {{onFiles: (files: File[]) => void, signal: AbortSignal}} to
 * @returns {HTMLElement}
 */
export function zone({ onFiles, signal }) {
  const field = h("input", { class: "hidden", id: "files", type: "file", multiple: true, accept: ACCEPTED });
  const title = h("p", { class: "zone-title" }, say("send.drop"));
  const told = h("p", { class: "zone-told soft", role: "status" });
  const panel = h("section", { class: "zone", "aria-label": say("send.zone") },
    h("span", { class: "zone-mark", "aria-hidden": true }),
    title, field,
    h("label", { class: "button main", for: "files" }, say("send.choose")),
    h("p", { class: "help" }, say("send.accepted")), told);
  field.addEventListener("change", () => {
    onFiles(Array.from(field.files));
    // Emptied, or the same file chosen again would be no change.
    field.value = "";
  });
  panel.addEventListener("click", (event) => {
    if (!event.target.closest("label, input")) field.click();
  });
  takeDrops({ panel, title, told, onFiles, signal });
  return panel;
}

function takeDrops({ panel, title, told, onFiles, signal }) {
  const lift = (isOver) => {
    panel.classList.toggle("over", isOver);
    setText(title, say(isOver ? "send.let_go" : "send.drop"));
  };
  const on = (name, does) => document.addEventListener(name, (event) => {
    if (event.dataTransfer?.types.includes("Files")) does(event);
  }, { signal });
  on("dragover", (event) => {
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    lift(true);
  });
  on("dragleave", (event) => {
    // Leaving one element for another is not leaving the page.
    if (event.relatedTarget === null) lift(false);
  });
  on("drop", async (event) => {
    event.preventDefault();
    lift(false);
    const { files, leftOut } = await filesOf(event.dataTransfer);
    setText(told, leftOut ? say("send.left_out", { count: leftOut }) : "");
    onFiles(files);
  });
}
