/** The page: a header that stays, and below it the view that the address names. */

import { h, replace } from "./core/html.js";
import { key, setKey } from "./core/key.js";
import { HREF, place } from "./core/router.js";
import { LANGUAGES, LANGUAGE_NAMES, language, say, setLanguage } from "./core/words.js";
import { askForKey } from "./send/door.js";

/**
 * A view: `show(main, {id, kept})` fills `main` and answers `{title, leave}`; what `leave()` returns is `kept` when the
 * same place is shown again, in another language or with another key.
 */
const VIEWS = {
  send: () => import("./send/view.js"),
  call: () => import("./call/view.js"),
  service: () => import("./service/view.js"),
};

const main = document.getElementById("main");
let shown = { place: null, leave: () => null };
let turn = 0;

function header() {
  const here = place().name;
  const link = (name) =>
    h("a", { href: HREF[name], "aria-current": here === name ? "page" : null }, say(`nav.${name}`));
  return h("header", { class: "top" },
    h("a", { class: "skip", href: "#main", onclick: skip }, say("nav.skip")),
    h("a", { class: "brand", href: HREF.send },
      h("img", { src: "console/style/mark.svg", alt: "", width: 28, height: 28 }), "Callscribe"),
    h("nav", { "aria-label": say("nav.label") }, link("send"), link("service")),
    h("div", { class: "tools" }, key() ? forgetButton() : null, languageSelect()));
}

function skip(event) {
  event.preventDefault();
  main.focus();
}

function languageSelect() {
  const options = LANGUAGES.map((code) =>
    h("option", { value: code, lang: code, selected: code === language() }, LANGUAGE_NAMES[code]));
  const change = (event) => setLanguage(event.target.value);
  return h("select", { "aria-label": say("language.label"), onchange: change }, options);
}

function forgetButton() {
  return h("button", { type: "button", class: "quiet", onclick: () => setKey(null) }, say("key.forget"));
}

/** Show the view that the address names; one that is shown already keeps what it had to keep. */
async function draw() {
  const mine = ++turn;
  const now = place();
  const kept = shown.leave();
  const isSame = shown.place?.name === now.name && shown.place?.id === now.id;
  drawHeader();
  const view = key() ? await VIEWS[now.name]().catch(() => ({ show: cannotLoad })) : { show: askForKey };
  if (mine !== turn) return;
  replace(main);
  const { title, leave = () => null } = view.show(main, { id: now.id, kept: isSame ? kept : null });
  document.title = `${title} · Callscribe`;
  shown = { place: now, leave };
  if (!isSame && turn > 1) main.focus({ preventScroll: true });
}

/** Say that a part of the page did not come; a browser keeps a module that failed, so only a reload asks again. */
function cannotLoad(place) {
  const reload = h("button", { type: "button", class: "main", onclick: () => location.reload() }, say("page.reload"));
  replace(place, h("div", { class: "panel" }, h("p", { role: "alert" }, say("page.broken")), reload));
  return { title: say("nav.send") };
}

/** Draw the header anew, and leave the focus where it was: on the choice of the language. */
function drawHeader() {
  const wasChoosing = document.activeElement?.tagName === "SELECT";
  const fresh = header();
  document.querySelector("header.top").replaceWith(fresh);
  if (wasChoosing) fresh.querySelector("select").focus();
}

document.documentElement.lang = language();
for (const event of ["languagechange", "keychange"]) document.addEventListener(event, draw);
window.addEventListener("hashchange", draw);
draw();
