/** Taking a call along: its text as a file, its requests as commands, and a link to this page. */

import { jobCommand, submissionCommand, transcriptCommand } from "../about/commands.js";
import { askText } from "../core/api.js";
import { h, replace } from "../core/html.js";
import { hrefOfCall } from "../core/router.js";
import { say, sayError } from "../core/words.js";

const FORMATS = { txt: "text/plain", json: "application/json", srt: "application/x-subrip", vtt: "text/vtt" };
const LONGEST_NAME = 80;
/** What a file system may take for a path, refuse, or show in another order than it stands. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}/\\:*?"<>|]+/gu;

/**
 * @param {object} job of the contract
 * @param {string|null} [name] of the caller's file
 * @returns {HTMLElement}
 */
export function saving(job, name = null) {
  const told = h("p", { class: "saving-told", role: "status" });
  const text = h("pre", { class: "saving-text", tabindex: "0", "aria-label": say("saving.text"), hidden: true });
  const copy = (key, textOf) => h("button", { type: "button", onclick: () => copied(textOf(), told, text) }, say(key));
  const isThere = job.status === "completed";
  return h("section", { class: "saving", "aria-labelledby": "saving-title" },
    h("h2", { id: "saving-title" }, say("saving.title")),
    isThere ? row("saving.download", Object.keys(FORMATS).map((format) => download(job, name, format, told))) : null,
    row("saving.curl", [
      isThere ? copy("saving.curl_transcript", () => transcriptCommand(job)) : null,
      copy("saving.curl_job", () => jobCommand(job)),
      copy("saving.curl_submit", () => submissionCommand(job, name)),
    ]),
    row("saving.share", [copy("saving.link", () => new URL(hrefOfCall(job.id), location.href).href)]),
    told, text);
}

function row(key, buttons) {
  return h("div", { class: "saving-row", role: "group", "aria-label": say(key) },
    h("span", { class: "soft", "aria-hidden": true }, say(key)), h("div", { class: "row" }, buttons));
}

function download(job, name, format, told) {
  const onclick = async (event) => {
    const button = event.currentTarget;
    button.disabled = true;
    try {
      const text = await askText(`jobs/${job.id}/transcript`, { query: { format } });
      handOver(new Blob([text], { type: `${FORMATS[format]};charset=utf-8` }), fileName(job, name, format));
      replace(told);
    } catch (problem) {
      replace(told, h("span", { class: "refusal" }, `${sayError(problem.code, problem.message)} (${problem.code})`));
    }
    button.disabled = false;
  };
  const title = say(`saving.format.${format}`);
  const shown = format.toUpperCase();
  return h("button", { type: "button", onclick, title, "aria-label": `${shown}: ${title}` }, shown);
}

function handOver(blob, download) {
  const href = URL.createObjectURL(blob);
  h("a", { href, download }).click();
  // The browser has taken the bytes by the end of this turn; until then the address must lead somewhere.
  setTimeout(() => URL.revokeObjectURL(href), 0);
}

/**
 * What the file is called: after the caller's file, else the reference, else the id; safe on every system.
 * @returns {string} at most 80 characters
 */
export function fileName(job, name, format) {
  const safe = (text) => (text ?? "").replace(UNSAFE, " ").replace(/\s+/g, " ").replace(/^[\s.]+|[\s.]+$/g, "");
  const base = safe(name?.replace(/\.[A-Za-z0-9]{2,4}$/, "")) || safe(job.reference) || job.id;
  const room = LONGEST_NAME - format.length - 1;
  return `${[...base].slice(0, room).join("").trimEnd()}.${format}`;
}

/** Put `told` where the person can paste it; where the browser refuses, select it for the person's own hand. */
async function copied(told, status, text) {
  replace(text, told);
  text.hidden = false;
  try {
    await navigator.clipboard.writeText(told);
    replace(status, h("span", { class: "saving-done" }, say("saving.copied")));
  } catch {
    replace(status, say("saving.by_hand"));
    text.focus();
    getSelection().selectAllChildren(text);
  }
}
