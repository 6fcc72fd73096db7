/** The calls, newest first: the first page is asked for again, further ones stay as they were loaded. */

import { Problem } from "../core/api.js";
import { number } from "../core/format.js";
import { h, reconcile, setText } from "../core/html.js";
import { say, sayError } from "../core/words.js";
import { countOf, filterForm, queryOf } from "./filters.js";
import { jobRow } from "./row.js";

const EVERY_MS = 5_000;
const LIMIT = 20;
/** A page may be empty before the last: so many are asked for in a row until one holds something. */
const EMPTY_PAGES = 4;
const COLUMNS = ["call", "state", "lane", "language", "length", "sent", "actions"];

/**
 * The list.
 * @param {{list?: object, chosen: object}} memory what the view keeps: the jobs that are shown, and the cursor
 * @param {{signal: AbortSignal, ask: typeof import("../core/api.js").ask, acts: object,
 *   onChoice: () => void, onJobs: (jobs: object[]) => void}} to
 *   `acts` as `actions.js` makes it, `onChoice` is told of other filters, `onJobs` of what was read
 * @returns {{element: Element, tasks: import("./pulse.js").Task[], draw: () => void, put: (job: object) => void,
 *   filterBy: (filters: object) => void}}
 */
export function jobList(memory, to) {
  memory.list ??= emptyList();
  const shown = { ...parts(), to, memory, turn: 0, choice: 0 };
  const form = filterForm(memory.chosen, { onToggle: to.onChoice, onChange: () => { to.onChoice(); anew(shown); } });
  shown.more.addEventListener("click", () => loadMore(shown));
  shown.make = jobRow(to.acts);
  const element = h("section", { class: "calls", "aria-labelledby": "calls-title" },
    h("div", { class: "heading" }, h("h2", { id: "calls-title", tabindex: "-1" }, say("service.calls")), shown.count),
    form.element, shown.refusal, shown.table, shown.none, h("p", { class: "row" }, shown.more));
  const work = (ask) => refresh(shown, ask);
  draw(shown);
  return {
    element, filterBy: (filters) => { form.set(filters); element.scrollIntoView(); },
    tasks: [{ every_ms: EVERY_MS, work, onRefused: (problem) => refused(shown, problem) }],
    draw: () => draw(shown),
    put: (job) => { memory.list.items = memory.list.items.map((one) => (one.id === job.id ? job : one)); draw(shown); },
  };
}

function emptyList() {
  return { items: [], cursor: null, hasMore: false, pages: 0 };
}

function parts() {
  const head = h("tr", { role: "row" }, COLUMNS.map((name) =>
    h("th", { role: "columnheader", scope: "col", class: `of-${name}` },
      h("span", { class: name === "actions" ? "hidden" : null }, say(`service.column.${name}`)))));
  const body = h("tbody", { role: "rowgroup" });
  return {
    body,
    // As cards the rows are no table to the browser any more; the roles say what they are all the same.
    table: h("table", { class: "jobs", role: "table", "aria-labelledby": "calls-title" },
      h("thead", { role: "rowgroup" }, head), body),
    count: h("p", { class: "soft", role: "status" }),
    none: h("p", { class: "none-found soft" }),
    refusal: h("p", { class: "refusal", role: "alert" }),
    more: h("button", { type: "button" }, say("service.more")),
  };
}

/** Other filters: what is shown does not fit them any more, yet stays until the answer is there. */
function anew(shown) {
  shown.memory.list.pages = 0;
  shown.choice += 1;
  shown.table.setAttribute("aria-busy", "true");
  return refresh(shown, shown.to.ask).catch((problem) => {
    if (problem instanceof Problem) refused(shown, problem);
  });
}

async function refresh(shown, ask) {
  const turn = ++shown.turn;
  const query = queryOf(shown.memory.chosen.filters);
  const page = await firstWithJobs(ask, query, null);
  if (turn !== shown.turn) return;
  shown.memory.list = merged(shown.memory.list, page);
  shown.table.removeAttribute("aria-busy");
  setText(shown.refusal, "");
  shown.to.onJobs(page.data);
  draw(shown);
}

async function firstWithJobs(ask, query, cursor) {
  let page = await ask("jobs", { query: { ...query, limit: LIMIT, cursor } });
  for (let left = EMPTY_PAGES; left > 1 && !page.data.length && page.has_more; left -= 1) {
    page = await ask("jobs", { query: { ...query, limit: LIMIT, cursor: page.next_cursor } });
  }
  return page;
}

/** The first page anew, and below it what was loaded before: ids are in the order of time. */
function merged(list, page) {
  const fresh = { items: page.data, cursor: page.next_cursor, hasMore: page.has_more, pages: 1 };
  const ids = new Set(page.data.map((job) => job.id));
  // More new calls than a page holds: between them and the old ones is a gap, so the list begins again.
  const isTorn = !list.items.some((job) => ids.has(job.id));
  if (list.pages < 2 || isTorn || !page.has_more) return fresh;
  const last = page.data.at(-1).id;
  return { ...list, items: [...page.data, ...list.items.filter((job) => job.id < last)] };
}

async function loadMore(shown) {
  const { list, chosen } = shown.memory;
  const { choice } = shown;
  shown.more.disabled = true;
  // From now on what the first page pushes out stays, or it would be on neither.
  list.pages += 1;
  try {
    const page = await firstWithJobs(shown.to.ask, queryOf(chosen.filters), list.cursor);
    if (choice === shown.choice) append(shown, page);
  } catch (problem) {
    if (!(problem instanceof Problem)) return;
    if (problem.code === "cursor_invalid") await anew(shown);
    else refused(shown, problem);
  } finally {
    shown.more.disabled = false;
  }
}

function append(shown, page) {
  const { list } = shown.memory;
  const known = new Set(list.items.map((job) => job.id));
  const added = page.data.filter((job) => !known.has(job.id));
  Object.assign(list, { items: [...list.items, ...added], cursor: page.next_cursor, hasMore: page.has_more });
  shown.to.onJobs(page.data);
  draw(shown);
  // The button may be gone now, and who works by keyboard is led on to what came.
  if (!page.has_more && added.length) shown.body.querySelector(`[data-key="${added[0].id}"] a`)?.focus();
}

function draw(shown) {
  const { list, chosen } = shown.memory;
  drawRows(shown.body, list.items, shown.make);
  const isFiltered = countOf(chosen.filters) || chosen.filters.status.length;
  const count = list.items.length;
  shown.table.hidden = !count;
  shown.more.hidden = !list.hasMore;
  const shownCount = say(list.hasMore ? "service.calls.first" : "service.calls.all", { count, number: number(count) });
  setText(shown.count, count ? shownCount : "");
  setText(shown.none, count || !list.pages ? "" : say(isFiltered ? "service.calls.no_match" : "service.calls.none"));
}

/** Who stood on a call that is gone now stands on the next one. */
function drawRows(body, jobs, make) {
  const focused = body.contains(document.activeElement) ? document.activeElement.closest("tr") : null;
  const place = [...body.children].indexOf(focused);
  reconcile(body, jobs, (job) => job.id, make);
  if (!focused || focused.isConnected) return;
  const next = body.children[place] ?? body.lastElementChild;
  next?.querySelector("a").focus({ preventScroll: true });
}

function refused(shown, problem) {
  shown.table.removeAttribute("aria-busy");
  setText(shown.refusal, `${sayError(problem.code, problem.message)} (${problem.code})`);
}
