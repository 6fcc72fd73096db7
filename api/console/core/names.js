/**
 * What the caller's files are called, by job: kept in this tab alone. A file name may hold a person's name, so it is
 * never sent; another tab shows the job's reference instead.
 */

const KEPT_AS = "callscribe.names";

/** The name of the file that became job `jobId`, or null where this tab did not send it. @returns {string|null} */
export function nameOf(jobId) {
  return all()[jobId] ?? null;
}

/** Keep `name` for `jobId`. @param {string} jobId @param {string} name of the file, as the computer has it */
export function keepName(jobId, name) {
  write({ ...all(), [jobId]: name });
}

/** Forget the name of a job that was deleted. */
export function dropName(jobId) {
  const { [jobId]: _gone, ...others } = all();
  write(others);
}

function all() {
  return JSON.parse(sessionStorage.getItem(KEPT_AS) ?? "{}");
}

function write(names) {
  sessionStorage.setItem(KEPT_AS, JSON.stringify(names));
}
