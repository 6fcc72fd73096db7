/** What writes the calls down, and whether the service is well. */

import { nameOfLanguage, number, percent } from "../core/format.js";
import { h, replace, setText } from "../core/html.js";
import { say } from "../core/words.js";

const [MODELS_EVERY_MS, HEALTH_EVERY_MS] = [300_000, 30_000];

/**
 * Models and health.
 * @param {{models?: object[], health?: boolean|null}} memory what the view keeps
 * @returns {{element: Element, tasks: import("./pulse.js").Task[], draw: () => void}}
 */
export function models(memory) {
  const { element, badge, body } = parts();
  const draw = () => {
    badge.hidden = memory.health === undefined;
    badge.dataset.status = memory.health ? "completed" : "failed";
    setText(badge, memory.health ? say("service.health.ok") : say("service.health.bad"));
  };
  const read = async (ask) => {
    memory.models = (await ask("models")).data;
    replace(body, memory.models.map(modelRow));
  };
  const look = async (ask) => {
    try {
      memory.health = (await ask("health")).status === "ok";
    } catch (problem) {
      memory.health = false;
      throw problem;
    } finally {
      draw();
    }
  };
  draw();
  replace(body, (memory.models ?? []).map(modelRow));
  const tasks = [{ every_ms: MODELS_EVERY_MS, work: read }, { every_ms: HEALTH_EVERY_MS, work: look }];
  return { element, draw, tasks };
}

function parts() {
  const [badge, body] = [h("span", { class: "badge", role: "status" }), h("tbody")];
  const head = ["name", "languages", "wer", "speed"].map((name) =>
    h("th", { scope: "col" }, say(`service.model.${name}`)));
  const element = h("section", { class: "models", "aria-labelledby": "models-title" },
    h("div", { class: "heading" }, h("h2", { id: "models-title" }, say("service.models")), badge),
    h("div", { class: "scroll", tabindex: "0", role: "group", "aria-labelledby": "models-title" },
      h("table", {}, h("thead", {}, h("tr", {}, head)), body)),
    h("p", { class: "help" }, say("service.model.help")));
  return { element, badge, body };
}

function modelRow({ name, sha256, languages, compute_type, wer, rtf }) {
  const wrong = languages.filter((code) => wer?.[code] !== undefined);
  return h("tr", {},
    h("th", { scope: "row" }, name, h("div", { class: "help" },
      [compute_type, sha256 && sha256.slice(0, 12)].filter(Boolean).join(" · "))),
    h("td", {}, languages.map(nameOfLanguage).join(", ")),
    h("td", {}, wrong.length ? wrong.map((code) => `${code} ${percent(wer[code], 1)}`).join(" · ") : "–"),
    h("td", {}, rtf ? say("service.model.times", { count: number(1 / rtf) }) : "–"));
}
