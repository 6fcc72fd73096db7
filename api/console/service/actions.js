/** What a person does to a call in the list: cancel, try again, delete. The answer shows at once. */

import { isMeant } from "../about/deleting.js";
import { Problem, ask } from "../core/api.js";
import { dropName } from "../core/names.js";
import { sayError } from "../core/words.js";
import { titleOf } from "./row.js";

/** Answers that say the call is gone already. */
const GONE = new Set(["erased", "not_found"]);

/**
 * The actions.
 * @param {{erased?: Set<string>}} memory what the view keeps: ids of what was deleted, since a list may lag behind
 * @param {{signal: AbortSignal, onJob: (job: object) => void, onChange: () => void}} to `onJob` is told of a job as the
 *   answer shows it, `onChange` of everything else that a row shows
 * @returns {{does: Object<string, (job: object) => void>, isErased: (id: string) => boolean,
 *   isBusy: (id: string) => boolean, told: (id: string) => string}}
 */
export function actions(memory, { signal, onJob, onChange }) {
  memory.erased ??= new Set();
  const state = { memory, signal, onChange, busy: new Set(), told: new Map() };
  const post = (name) => (job) => act(state, job.id, async () => {
    onJob(await ask(`jobs/${job.id}/${name}`, { method: "POST", signal }));
  });
  const erase = async (job) => {
    if (!(await isMeant(titleOf(job)))) return;
    await act(state, job.id, async () => {
      await ask(`jobs/${job.id}`, { method: "DELETE", signal });
      forget(memory, job.id);
    });
  };
  return {
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
