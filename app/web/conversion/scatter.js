// A layer's activations against its rates after T steps, a point for each neuron of a sample. A click, or Enter, opens a neuron.

import { element } from "../lib/dom.js";
import { ARROWS, LEAP } from "../lib/keys.js";
import { clamp, inDigits } from "../lib/numbers.js";
import { fitted, placeOn } from "./canvas.js";
import { line, paintAxes, plane, toPixel, write } from "./plane.js";

/** @typedef {import("./conversion.js").View} View */
/** @typedef {import("../wire.js").ConversionLayer} Layer */
/** Its place among the layers, the marked point or -1, and points by activation. @typedef {{root: HTMLElement, canvas: HTMLCanvasElement, place: number, marked: number, order: number[]}} Scatter */

const RADIUS = 2.6;
const REACH = 14; // units from a point within which it is meant
const DASHES = [5, 4];

/** @param {HTMLElement} parent @param {View} view @param {number} place among the layers @returns {Scatter} */
export function createScatter(parent, view, place) {
  const root = element("div", "conversion-scatter", parent, { tabIndex: 0, role: "slider" });
  const canvas = element("canvas", "conversion-canvas", root, { ariaHidden: "true" });
  /** @type {Scatter} */
  const scatter = { root, canvas, place, marked: -1, order: [] };
  root.addEventListener("pointermove", (event) => mark(view, scatter, nearest(view, scatter, event)));
  root.addEventListener("pointerleave", () => document.activeElement !== root && mark(view, scatter, -1));
  root.addEventListener("click", (event) => pick(view, scatter, nearest(view, scatter, event)));
  root.addEventListener("keydown", (event) => onKey(view, scatter, event));
  return scatter;
}

/** @param {View} view @param {Scatter} scatter @returns {Layer | undefined} */
const layerOf = (view, { place }) => view.data.header.comparison?.layers[place];

/** A point's rate after the steps so far. @param {View} view @param {Layer} layer @param {number} point */
export function rateOf(view, layer, point) {
  const steps = view.data.header.comparison?.steps ?? 1;
  return view.data.arrays[layer.sums][point * steps + view.steps - 1] / view.steps;
}

/** @param {Layer} layer @param {number} width @param {number} height */
function axes(layer, width, height) {
  const room = 0.05 * (layer.most - layer.least);
  /** @type {[number, number]} */
  const range = [layer.least < 0 ? layer.least - room : 0, layer.most + room];
  return plane(width, height, range, range);
}

/** @param {View} view @param {Scatter} scatter @param {import("./canvas.js").Stage} [stage] */
export function paintScatter(view, scatter, stage = fitted(scatter.canvas)) {
  const layer = layerOf(view, scatter);
  if (!layer) return;
  const { header, arrays } = view.data;
  const { palette } = header;
  const { context, width, height } = stage;
  const on = axes(layer, width, height);
  const y = layer.spikes ? "spikes per step" : "mean over T";
  paintAxes(context, on, palette, { x: layer.spikes ? "activation" : "output of the ANN", y, title: said(view, layer), most: 4 });
  Object.assign(context, { strokeStyle: palette.compared, lineWidth: 1.2 });
  context.setLineDash(DASHES);
  const [low, high] = on.x.from;
  line(context, toPixel(on.x, low), toPixel(on.y, low), toPixel(on.x, high), toPixel(on.y, high));
  context.setLineDash([]);
  const activations = arrays[layer.activations];
  Object.assign(context, { fillStyle: palette.membrane, globalAlpha: 0.55 });
  for (let point = 0; point < activations.length; point++) {
    context.beginPath();
    context.arc(...spot(on, activations[point], rateOf(view, layer, point)), RADIUS, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
  ring(view, scatter, layer, on, context);
}

/** The point that is marked, with its numbers. @param {View} view @param {Scatter} scatter @param {Layer} layer @param {import("./plane.js").Plane} on @param {import("./canvas.js").Context} context */
function ring(view, scatter, layer, on, context) {
  const { arrays, header } = view.data;
  const opened = header.neuron?.place === layer.place ? indexOf(view, layer, header.neuron) : -1;
  for (const point of new Set([opened, scatter.marked])) {
    if (point < 0 || point >= arrays[layer.activations].length) continue;
    const [x, y] = spot(on, arrays[layer.activations][point], rateOf(view, layer, point));
    Object.assign(context, { strokeStyle: header.palette.text, lineWidth: 2 });
    context.beginPath();
    context.arc(x, y, 6, 0, 2 * Math.PI);
    context.stroke();
  }
  const words = scatter.marked < 0 ? "" : pointInWords(view, layer, scatter.marked);
  scatter.root.title = words;
  context.fillStyle = header.palette.text;
  if (words) write(context, words, on.x.pixels[0] + 4, on.y.pixels[1] + 3, "left", "top");
}

/** @param {import("./plane.js").Plane} on @param {number} activation @param {number} rate @returns {[number, number]} */
function spot(on, activation, rate) {
  return [toPixel(on.x, activation), clamp(toPixel(on.y, rate), on.y.pixels[1], on.y.pixels[0])];
}

/** @param {View} view @param {Layer} layer @param {{neuron: number, sample: number}} sought */
function indexOf(view, layer, { neuron, sample }) {
  const [neurons, samples] = [view.data.arrays[layer.neurons], view.data.arrays[layer.samples]];
  return Array.from(neurons).findIndex((one, point) => one === neuron && samples[point] === sample);
}

/** A layer's name and correlation. @param {View} view @param {Layer} layer */
export function said(view, layer) {
  const r = view.data.arrays[layer.correlations][view.steps - 1];
  return `${layer.title}, ${r < -1 ? "no correlation yet" : `r = ${r.toFixed(3)}`}`;
}

/** @param {View} view @param {Layer} layer @param {number} point */
function pointInWords(view, layer, point) {
  const [neuron, sample, activation] = [layer.neurons, layer.samples, layer.activations].map((array) => view.data.arrays[array][point]);
  return `neuron ${neuron}, sample ${sample}: ${inDigits(activation)} → ${inDigits(rateOf(view, layer, point))}`;
}

/** @param {View} view @param {Scatter} scatter */
export function describeScatter(view, scatter) {
  const layer = layerOf(view, scatter);
  if (!layer) return;
  const { root, marked } = scatter;
  const count = view.data.arrays[layer.activations].length;
  root.setAttribute("aria-label", `Activations against rates of ${said(view, layer)}. Arrow keys choose a neuron, Enter opens it.`);
  root.setAttribute("aria-valuemin", "1");
  root.setAttribute("aria-valuemax", String(count));
  root.setAttribute("aria-valuenow", String(Math.max(scatter.order.indexOf(marked), 0) + 1));
  root.setAttribute("aria-valuetext", marked < 0 ? "no neuron chosen" : pointInWords(view, layer, marked));
}

/** @param {View} view @param {Scatter} scatter @param {MouseEvent} event */
function nearest(view, scatter, event) {
  const layer = layerOf(view, scatter);
  if (!layer) return -1;
  const { width, height } = fitted(scatter.canvas, false);
  const [on, [x, y]] = [axes(layer, width, height), placeOn(scatter.root, event)];
  let [best, found] = [REACH, -1];
  view.data.arrays[layer.activations].forEach((/** @type {number} */ activation, /** @type {number} */ point) => {
    const [across, down] = spot(on, activation, rateOf(view, layer, point));
    const distance = Math.hypot(across - x, down - y);
    if (distance < best) [best, found] = [distance, point];
  });
  return found;
}

/** @param {View} view @param {Scatter} scatter @param {number} point */
function mark(view, scatter, point) {
  if (scatter.marked === point) return;
  scatter.marked = point;
  view.paint();
}

/** @param {View} view @param {Scatter} scatter @param {number} point */
function pick(view, scatter, point) {
  const layer = layerOf(view, scatter);
  if (!layer || point < 0) return;
  const [neuron, sample] = [layer.neurons, layer.samples].map((array) => view.data.arrays[array][point]);
  view.acts.tell({ do: "pick", place: layer.place, neuron, sample });
}

/** @param {View} view @param {Scatter} scatter @param {KeyboardEvent} event */
function onKey(view, scatter, event) {
  const layer = layerOf(view, scatter);
  if (!layer) return;
  if (event.key === "Enter" || event.key === " ") {
    pick(view, scatter, scatter.marked);
    event.preventDefault();
    return;
  }
  const step = ARROWS[event.key];
  if (!step) return;
  const activations = view.data.arrays[layer.activations];
  scatter.order = Array.from(activations.keys()).sort((one, other) => activations[one] - activations[other]);
  const before = scatter.order.indexOf(scatter.marked);
  const by = (step[0] - step[1]) * (event.shiftKey ? LEAP : 1);
  mark(view, scatter, scatter.order[clamp(before + by, 0, scatter.order.length - 1)]);
  event.preventDefault();
}
