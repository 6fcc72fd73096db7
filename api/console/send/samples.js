/** Sample calls, for somebody who has no recording at hand. Synthetic voices; they lie beside this page. */

import { h } from "../core/html.js";
import { LANGUAGE_NAMES, say } from "../core/words.js";

const SAMPLES = [
  { name: "appointment-en", ending: "mp3", spoken: "en", format: "MP3" },
  { name: "rendez-vous-fr", ending: "ogg", spoken: "fr", format: "Ogg" },
  { name: "angebot-de", ending: "wav", spoken: "de", format: "WAV" },
  { name: "richiamo-it", ending: "wav", spoken: "it", format: "WAV" },
];

/** Asked once a tab, not once a view: which of them a deployment has does not change. */
let asked = null;

/**
 * Buttons that send a sample call as if it had been dropped; hidden while it is not known that there are any.
 * @param {{onFiles: (files: File[]) => void, signal: AbortSignal}} to
 */
export function samples({ onFiles, signal }) {
  const list = h("div", { class: "row" });
  const block = h("section", { class: "samples", hidden: true, "aria-label": say("send.samples") },
    h("p", { class: "help" }, say("send.samples")), list);
  asked ??= Promise.all(SAMPLES.map(titleOf));
  asked.then((titles) => {
    if (signal.aborted) return;
    const there = SAMPLES.map((sample, at) => ({ ...sample, title: titles[at] })).filter(({ title }) => title !== null);
    list.append(...there.map((sample) => sampleButton(sample, onFiles)));
    block.hidden = there.length === 0;
  });
  return block;
}

function sampleButton({ name, ending, spoken, format, title }, onFiles) {
  const button = h("button", { type: "button", class: "sample", title, lang: spoken },
    LANGUAGE_NAMES[spoken], h("span", { class: "soft" }, format));
  button.addEventListener("click", async () => {
    button.disabled = true;
    const answer = await fetch(addressOf(`${name}.${ending}`)).catch(() => null);
    button.disabled = false;
    if (!answer?.ok) return;
    const sound = await answer.blob();
    onFiles([new File([sound], `${name}.${ending}`, { type: sound.type })]);
  });
  return button;
}

/** What the call is about, by the small description beside it; null where this deployment has no such call. */
async function titleOf({ name }) {
  const answer = await fetch(addressOf(`${name}.json`)).catch(() => null);
  return answer?.ok ? (await answer.json()).title : null;
}

function addressOf(file) {
  return new URL(`console/calls/${file}`, document.baseURI);
}
