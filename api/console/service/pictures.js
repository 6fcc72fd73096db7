/** Two small pictures: a line of what waited, and bars of what was sent. Both say in words what they show. */

import { replace, svg } from "../core/html.js";
import { ENDS, sum } from "./figures.js";

const [WIDE, HIGH] = [300, 40];
/** The least that the line spans: a minute after the view was opened it shall not fill the whole width. */
const LEAST_SPAN_MS = 120_000;
/** Where nothing was asked for longer than this, nothing is known, and the line has a gap. */
const GAP_MS = 30_000;
const BAR_HIGH = 64;

/**
 * A line of the past.
 * @returns {SVGElement & {update: (points: {at_ms: number, value: number}[], label: string) => void}} `update` draws
 *   the points, oldest first, and lets `label` say the same
 */
export function sparkline() {
  const line = svg("path", { class: "spark-line" });
  const area = svg("path", { class: "spark-area" });
  const frame = { class: "spark", role: "img", viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none" };
  const picture = svg("svg", frame, area, line);
  picture.update = (points, label) => {
    const pieces = piecesOf(placed(points));
    line.setAttribute("d", pieces.map(strokeOf).join(""));
    area.setAttribute("d", pieces.map(fillOf).join(""));
    picture.setAttribute("aria-label", label);
  };
  return picture;
}

function placed(points) {
  if (!points.length) return [];
  const end_ms = points.at(-1).at_ms;
  const span_ms = Math.max(end_ms - points[0].at_ms, LEAST_SPAN_MS);
  const most = Math.max(...points.map((point) => point.value), 1);
  return points.map(({ at_ms, value }) => ({
    at_ms,
    x: WIDE - ((end_ms - at_ms) / span_ms) * WIDE,
    y: HIGH - (value / most) * (HIGH - 2),
  }));
}

function piecesOf(points) {
  const pieces = [];
  for (const [index, point] of points.entries()) {
    if (index && point.at_ms - points[index - 1].at_ms <= GAP_MS) pieces.at(-1).push(point);
    else pieces.push([point]);
  }
  return pieces;
}

function strokeOf(piece) {
  return piece.map(({ x, y }, index) => `${index ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}

function fillOf(piece) {
  return `${strokeOf(piece)}L${piece.at(-1).x.toFixed(1)} ${HIGH}L${piece[0].x.toFixed(1)} ${HIGH}Z`;
}

/**
 * Bars that stand for stretches of time, each piled up of what its calls came to.
 * @returns {SVGElement & {update: (buckets: ReturnType<import("./figures.js").bucketsOf>, told: {label: string,
 *   titleOf: (bucket: object) => string}) => void}}
 */
export function bars() {
  const picture = svg("svg", { class: "bars", role: "img", preserveAspectRatio: "none" });
  picture.update = (buckets, { label, titleOf }) => {
    const most = Math.max(...buckets.map(({ counts }) => sum(Object.values(counts))), 1);
    picture.setAttribute("viewBox", `0 0 ${buckets.length * 10} ${BAR_HIGH}`);
    picture.setAttribute("aria-label", label);
    replace(picture, buckets.map((bucket, index) => bar(bucket, index, BAR_HIGH / most, titleOf)));
  };
  return picture;
}

function bar(bucket, index, one_high, titleOf) {
  let top = BAR_HIGH;
  const pieces = ENDS.filter((end) => bucket.counts[end]).map((end) => {
    const height = bucket.counts[end] * one_high;
    top -= height;
    return svg("rect", { class: `bar-${end}`, x: index * 10 + 1, y: top, width: 8, height });
  });
  const ground = svg("rect", { class: "bar-ground", x: index * 10 + 1, y: 0, width: 8, height: BAR_HIGH });
  return svg("g", {}, svg("title", {}, titleOf(bucket)), ground, pieces);
}
