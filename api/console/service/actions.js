/** What a person does to a call in the list: cancel, try again, delete. The answer shows at once. */

import { Problem, ask } from "../core/api.js";
import { h, setText } from "../core/html.js";
import { dropName } from "../core/names.js";
import { say, sayError } from "../core/words.js";
import { titleOf } from "./row.js";

/** Answers that say the call is gone already. */
const GONE = new Set(["erased", "not_found"]);

/**
 * The actions.
 * @param {{erased?: Set<string>}} memory what the view keeps: ids of what was deleted, since a list may lag behind
 * @param {{signal: AbortSignal, onJob: (job: object) => void, onChange: () => void}} to `onJob` is told of a job as the
 *   answer shows it, `onChange` of everything else that a row shows
 * @returns {{element: Element, does: Object<string, (job: object) => void>, isErased: (id: string) => boolean,
 *   isBusy: (id: string) => boolean, told: (id: string) => string}} `element` is the dialog that asks before a deletion
 */
export function actions(memory, { signal, onJob, onChange }) {
  memory.erased ??= new Set();
  const state = { memory, signal, onChange, busy: new Set(), told: new Map() };
  const question = confirmation();
  const post = (name) => (job) => act(state, job.id, async () => {
    onJob(await ask(`jobs/${job.id}/${name}`, { method: "POST", signal }));
  });
  const erase = async (job) => {
    if (!(await question.isMeant(titleOf(job)))) return;
    await act(state, job.id, async () => {
      await ask(`jobs/${job.id}`, { method: "DELETE", signal });
      forget(memory, job.id);
    });
  };
  return {
    element: question.element,
    does: { cancel: post("cancel"), retry: post("retry"), erase },
    isErased: (id) => memory.erased.has(id),
    isBusy: (id) => state.busy.has(id),
    told: (id) => state.told.get(id) ?? "",
  };
}

/** Do `work` for a job, once at a time; what is refused is told in its row. */
async function act({ memory, signal, onChange, busy, told }, id, work) {
  if (busy.has(id)) return;
  busy.add(id);
  told.delete(id);
  onChange();
  try {
    await work();
  } catch (problem) {
    if (signal.aborted) return;
    if (!(problem instanceof Problem)) throw problem;
    if (GONE.has(problem.code)) forget(memory, id);
    else told.set(id, `${sayError(problem.code, problem.message)} (${problem.code})`);
  } finally {
    busy.delete(id);
    if (!signal.aborted) onChange();
  }
}

function forget(memory, id) {
  memory.erased.add(id);
  dropName(id);
}

/** A dialog that asks whether a deletion is meant; Escape and the first button are "no". */
function confirmation() {
  const name = h("strong");
  const answered = { resolve: () => {} };
  const button = (value, words, kind) =>
    h("button", { type: "button", class: kind, onclick: () => element.close(value) }, say(words));
  const element = h("dialog", { "aria-labelledby": "erase-title", "aria-describedby": "erase-why",
    onclose: () => answered.resolve(element.returnValue === "yes") },
    h("h2", { id: "erase-title" }, say("service.erase.title")),
    h("p", {}, name),
    h("p", { id: "erase-why" }, say("service.erase.why")),
    h("div", { class: "row end" }, button("no", "service.erase.no", null), button("yes", "do.delete", "danger")));
  const isMeant = (title) => {
    setText(name, title);
    element.returnValue = "";
    element.showModal();
    return new Promise((resolve) => { answered.resolve = resolve; });
  };
  return { element, isMeant };
}
