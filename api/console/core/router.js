/** Which view is shown: the part of the address behind the # says it, so a link to a call can be sent on. */

const ROUTES = [
  { pattern: /^#\/calls\/(job_[0-9A-Z]{26})$/, name: "call" },
  { pattern: /^#\/service$/, name: "service" },
];

/** What the address names: `{name, id}`; the first view is "send". @returns {{name: string, id: string|null}} */
export function place() {
  for (const { pattern, name } of ROUTES) {
    const found = pattern.exec(location.hash);
    if (found) return { name, id: found[1] ?? null };
  }
  return { name: "send", id: null };
}

/** The address of a call's view. */
export function hrefOfCall(jobId) {
  return `#/calls/${jobId}`;
}

export const HREF = { send: "#/", service: "#/service" };
