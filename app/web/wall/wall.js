// A wall of samples with a network's answers, mistakes first; or, on demand, how often each class is taken for which.

import { Acts } from "../lib/acts.js";
import { button, contextOf, element, fitCanvas, setText } from "../lib/dom.js";
import { ARROWS } from "../lib/keys.js";
import { sentView } from "../lib/sent_view.js";
import { stylesheet } from "../lib/style.js";
import { followUnit, rem, unit } from "../lib/unit.js";
import { atlasOf } from "./atlas.js";
import { drawMatrix, pairAt } from "./matrix.js";
import { cells, confusion, ordered } from "./order.js";
import { drawSamples } from "./samples.js";

await stylesheet(new URL("wall.css", import.meta.url));

/** @typedef {import("../wire.js").Wall} Header */
/** @typedef {import("../lib/sent_view.js").Data<Header>} Data */
/** @typedef {ReturnType<typeof create>} View */

const MOST_CLASSES = 50; // of a confusion matrix; the cells of more are too small to be told apart
const LEAST = 24; // units of a cell's side, a finger's target
const MOST = 56;
const KEYS = "Arrow keys move over the samples, Enter shows one's spikes.";

export default sentView({ create, update, destroy });

/** @param {HTMLElement} parent @param {Data} data */
function create(parent, data) {
  const root = element("div", "wall", parent);
  const heading = element("div", "wall-heading", root);
  const title = element("p", "wall-title", heading);
  const view = {
    root,
    title,
    all: button(heading, "All samples", () => filter(view, null), { className: "wall-switch", hidden: true }),
    matrix: button(heading, "Confusion matrix", () => turn(view), { className: "wall-switch" }),
    body: element("div", "wall-body", root, { tabIndex: 0, role: "group" }),
    readout: element("p", "wall-readout", root, { role: "status" }),
    canvas: document.createElement("canvas"),
    data,
    /** @type {Data | null} */
    drawn: null,
    /** @type {HTMLCanvasElement | null} */
    atlas: null,
    /** @type {import("../lib/received.js").Values | null} */
    pixels: null,
    isMatrix: false,
    /** @type {[number, number] | null} */
    pair: null,
    /** @type {number[]} */
    order: [],
    grid: { columns: 1, size: LEAST, rows: 1 },
    /** @type {number | null} the place that the keyboard or the pointer is on */
    at: null,
    /** @type {Acts<import("../wire.js").PickSampleAct>} */
    acts: new Acts(),
    ended: new AbortController(),
  };
  view.body.append(view.canvas);
  view.canvas.setAttribute("aria-hidden", "true");
  listen(view);
  return view;
}

/** @param {View} view */
function listen(view) {
  const { body, canvas, ended } = view;
  const { signal } = ended;
  const resizes = new ResizeObserver(() => view.drawn && redraw(view));
  resizes.observe(body);
  signal.addEventListener("abort", () => resizes.disconnect());
  followUnit(() => view.drawn && redraw(view), signal);
  canvas.addEventListener("pointermove", (event) => point(view, placeOf(view, event)), { signal });
  canvas.addEventListener("pointerleave", () => point(view, null), { signal });
  canvas.addEventListener("click", (event) => choose(view, placeOf(view, event)), { signal });
  body.addEventListener("keydown", (event) => onKey(view, event), { signal });
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update(view, data, send) {
  const isNew = view.drawn !== data;
  view.data = data;
  view.acts.update(send, data.header.answered);
  if (!isNew) return;
  view.drawn = data;
  const { header, arrays } = data;
  const pixels = arrays[2] ?? null;
  if (pixels !== view.pixels || !view.atlas) {
    view.pixels = pixels;
    view.atlas = pixels && header.size ? atlasOf(pixels, header.size, header.palette.text) : null;
    view.root.dataset.color = header.palette.text;
  } else if (view.root.dataset.color !== header.palette.text && header.size) {
    view.atlas = atlasOf(pixels, header.size, header.palette.text);
    view.root.dataset.color = header.palette.text;
  }
  setText(view.title, header.title);
  view.body.setAttribute("aria-label", `${header.description} ${KEYS}`);
  redraw(view);
  view.root.dataset.drawn = String(Number(view.root.dataset.drawn ?? 0) + 1);
}

/** @param {View} view */
function redraw(view) {
  const { header, arrays } = view.data;
  const [labels, answers] = arrays;
  const [width, height] = [view.body.clientWidth / unit(), view.body.clientHeight / unit()];
  if (width < LEAST) return;
  const hasMatrix = header.names.length <= MOST_CLASSES;
  if (!hasMatrix) view.isMatrix = false;
  view.matrix.hidden = !hasMatrix;
  view.matrix.textContent = view.isMatrix ? "Wall" : "Confusion matrix";
  view.all.hidden = !view.pair || view.isMatrix;
  view.order = ordered(labels, answers, view.pair);
  const count = view.isMatrix ? header.names.length ** 2 : view.order.length;
  if (view.at !== null && view.at >= count) view.at = count ? count - 1 : null;
  setText(view.readout, view.at === null ? "" : said(view, view.at));
  if (view.isMatrix) {
    const side = Math.min(width, Math.max(height, 8 * LEAST));
    view.canvas.style.width = rem(side);
    const scale = fitCanvas(view.canvas, side, side);
    drawMatrix(contextOf(view.canvas), scale, side, confusion(labels, answers, header.names.length), header, view.at);
    return;
  }
  view.grid = cells(view.order.length, width, height, LEAST, MOST);
  const { columns, size, rows } = view.grid;
  view.canvas.style.width = rem(columns * size);
  const scale = fitCanvas(view.canvas, columns * size, Math.max(rows, 1) * size);
  drawSamples(contextOf(view.canvas), scale, view);
}

/** @param {View} view */
function turn(view) {
  view.isMatrix = !view.isMatrix;
  view.pair = view.at = null;
  redraw(view);
}

/** Shows the samples of one pair of label and answer alone. @param {View} view @param {[number, number] | null} pair */
function filter(view, pair) {
  Object.assign(view, { pair, isMatrix: false, at: null });
  redraw(view);
}

/** The place on the wall or in the matrix under the pointer; null if there is none. @param {View} view @param {PointerEvent | MouseEvent} event */
function placeOf(view, { offsetX, offsetY }) {
  const [x, y] = [offsetX / unit(), offsetY / unit()];
  if (view.isMatrix) return pairAt(x, y, view.canvas.clientWidth / unit(), view.data.header.names.length);
  const { columns, size } = view.grid;
  const [column, row] = [Math.floor(x / size), Math.floor(y / size)];
  const place = row * columns + column;
  return column < columns && place < view.order.length ? place : null;
}

/** @param {View} view @param {number | null} place */
function point(view, place) {
  if (place === view.at) return;
  view.at = place;
  redraw(view);
}

/** What stands at a place, in words. @param {View} view @param {number} place */
function said(view, place) {
  const { header, arrays } = view.data;
  const [labels, answers] = arrays;
  const { names } = header;
  if (view.isMatrix) {
    const [label, answer] = [Math.floor(place / names.length), place % names.length];
    const counts = confusion(labels, answers, names.length)[label];
    const whole = counts.reduce((sum, count) => sum + count, 0);
    return `${counts[answer]} of ${whole} samples of ${names[label]} ${label === answer ? "recognised" : `taken for ${names[answer]}`}`;
  }
  const number = view.order[place];
  const judged = labels[number] === answers[number] ? "recognised" : `taken for ${names[answers[number]]}`;
  return `Test sample ${number}, class ${names[labels[number]]}: ${judged}`;
}

/** @param {View} view @param {number | null} place */
function choose(view, place) {
  if (place === null) return;
  const { names } = view.data.header;
  if (view.isMatrix) filter(view, [Math.floor(place / names.length), place % names.length]);
  else view.acts.tellLatest({ do: "pick", sample: view.order[place] });
}

/** @param {View} view @param {KeyboardEvent} event */
function onKey(view, event) {
  if (event.target !== view.body) return;
  const arrow = ARROWS[event.key];
  const columns = view.isMatrix ? view.data.header.names.length : view.grid.columns;
  const count = view.isMatrix ? columns ** 2 : view.order.length;
  if (arrow) {
    const to = view.at === null ? 0 : view.at + arrow[0] + arrow[1] * columns;
    if (to >= 0 && to < count) point(view, to);
    showCell(view);
  } else if (event.key === "Enter" && view.at !== null) {
    choose(view, view.at);
  } else if (event.key === "Escape" && view.at !== null) {
    point(view, null);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/** Scrolls to the place that the keyboard is on. @param {View} view */
function showCell({ body, isMatrix, at, grid }) {
  if (isMatrix || at === null) return;
  const size = grid.size * unit();
  const top = Math.floor(at / grid.columns) * size;
  if (top < body.scrollTop) body.scrollTop = top;
  else if (top + size > body.scrollTop + body.clientHeight) body.scrollTop = top + size - body.clientHeight;
}

/** @param {View} view */
function destroy(view) {
  view.ended.abort();
}
