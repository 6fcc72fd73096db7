/** The first view: drop a call, and watch it become text. */

import { h, reconcile, replace, setText } from "../core/html.js";
import { HREF } from "../core/router.js";
import { say } from "../core/words.js";
import { card } from "./card.js";
import { choices, wish } from "./choices.js";
import { add, all, listen, remove } from "./deliveries.js";
import { newsOf } from "./progress.js";
import { samples } from "./samples.js";
import { isOver, isUnderWay, send, watch } from "./sending.js";
import { zone } from "./zone.js";

/** News that a screen reader has not read yet may pile up; older ones no longer matter. */
const NEWS_KEPT = 4;
const TICK_MS = 1_000;

/** Show the view in `main`. Uploads go on when it is left; asking how jobs stand does not. */
export function show(main) {
  const leaving = new AbortController();
  const { signal } = leaving;
  const onFiles = (files) => {
    add(files, wish()).forEach(send);
    if (files.length) reveal(list);
  };
  const list = h("ol", { class: "sent-list" });
  const news = h("div", { class: "hidden", role: "log", "aria-label": say("send.news") });
  const [empty, bar] = [welcome(), listBar()];
  replace(main,
    h("div", { class: "sending" },
      h("div", { class: "giving" },
        h("h1", {}, say("send.heading")), h("p", { class: "lede" }, say("send.lede")),
        zone({ onFiles, signal }), choices(signal), samples({ onFiles, signal })),
      h("section", { class: "taken", "aria-label": say("send.list") }, bar, list, empty, news)));
  const draw = () => {
    reconcile(list, all(), ({ id }) => id, card);
    bar.update();
    empty.hidden = all().length > 0;
  };
  keepDrawing({ draw, list, news, signal });
  return { title: say("send.title"), leave: () => leaving.abort() };
}

/** Draw at most once a frame, however many bytes go out, and follow every job that has not ended. */
function keepDrawing({ draw, list, news, signal }) {
  const announce = announcer(news);
  const watched = new Set();
  const follow = (delivery) => {
    const isOpen = delivery.phase === "lost" || (delivery.phase === "job" && !isOver(delivery));
    if (!isOpen || watched.has(delivery)) return;
    watched.add(delivery);
    watch(delivery, signal).finally(() => watched.delete(delivery));
  };
  let frame = null;
  const drawSoon = () => {
    frame ??= requestAnimationFrame(() => {
      frame = null;
      if (!signal.aborted) draw();
    });
  };
  listen((changed) => {
    for (const delivery of changed ? [changed] : all()) {
      follow(delivery);
      announce(delivery);
    }
    drawSoon();
  }, signal);
  all().forEach(follow);
  all().forEach((delivery) => announce.known(delivery));
  const timer = setInterval(() => list.isConnected && all().some((one) => !isOver(one)) && drawSoon(), TICK_MS);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  draw();
}

/** On a narrow screen the cards stand below all else: what was just dropped shall be seen. */
function reveal(list) {
  const isBelow = list.parentElement.getBoundingClientRect().top > window.innerHeight / 2;
  if (isBelow) list.parentElement.scrollIntoView();
}

/** Put what is new of a delivery into the log `news`: a change of its state or stage. */
function announcer(news) {
  const told = new Map();
  const announce = (delivery) => {
    const text = newsOf(delivery);
    if (told.get(delivery.id) === text) return;
    told.set(delivery.id, text);
    news.append(h("p", {}, text));
    if (news.children.length > NEWS_KEPT) news.firstElementChild.remove();
  };
  announce.known = (delivery) => told.set(delivery.id, newsOf(delivery));
  return announce;
}

function listBar() {
  const count = h("h2");
  const clear = h("button", { type: "button", class: "quiet" }, say("send.clear"));
  clear.addEventListener("click", () => remove(all().filter(isOver)));
  const bar = h("div", { class: "row sent-bar" },
    count, h("span", { class: "row" }, clear, h("a", { href: HREF.service }, say("send.all_calls"))));
  bar.update = () => {
    const open = all().filter((one) => !isOver(one)).length;
    setText(count, open ? say("send.open", { count: open }) : say("send.list"));
    clear.hidden = !all().some((one) => isOver(one) && !isUnderWay(one));
    bar.hidden = all().length === 0;
  };
  return bar;
}

/** What the page is for, while nothing was sent. */
function welcome() {
  const steps = ["drop", "watch", "read"].map((step) =>
    h("li", {}, h("h3", {}, say(`send.how.${step}`)), h("p", { class: "soft" }, say(`send.how.${step}_why`))));
  return h("div", { class: "sent-none" }, h("h2", {}, say("send.how")), h("ol", {}, steps),
    h("p", { class: "soft" }, h("a", { href: HREF.service }, say("send.all_calls"))));
}
