// Draws the large map with its samples, and the small maps of the neurons.

import { contextOf } from "../lib/dom.js";
import { unit } from "../lib/unit.js";
import { fill, paintClasses, paintLevels, paintMargins } from "./painting.js";

/** @typedef {import("./decision_map.js").View} View */

const MISTAKE = 2.5; // units of a dot's radius
const PICKED = 6;
const GAP = 2; // between two tiles

/** Fits a canvas to a size in units, in whole device pixels. @param {HTMLCanvasElement} canvas @param {number} width @param {number} height */
export function fitSquare(canvas, width, height) {
  const perPixel = window.devicePixelRatio || 1;
  const [wide, tall] = [width, height].map((length) => Math.round(length * unit() * perPixel));
  if (canvas.width === wide && canvas.height === tall) return;
  Object.assign(canvas, { width: wide, height: tall });
  Object.assign(canvas.style, { width: `${wide / perPixel}px`, height: `${tall / perPixel}px` });
}

/** Device pixels of a unit. */
const scaleOf = () => unit() * (window.devicePixelRatio || 1);

/** @param {View} view */
export function drawPlane(view) {
  const { plane, data, mode, neurons, tile } = view;
  const { header, arrays } = data;
  const [classes, margins, times] = arrays;
  const { background, text } = header.palette;
  const colors = header.classes.map(({ color }) => color);
  const neuron = tile === null ? null : neurons[tile];
  if (neuron) paint(plane, neuron.values, neuron.side, paintLevels([background, text]));
  else if (mode === "margin") paint(plane, margins, header.side, paintMargins(colors, background, classes));
  else if (mode === "time") paint(plane, times, header.side, paintLevels([text, background]));
  else paint(plane, classes, header.side, paintClasses(colors));
  drawSamples(view, colors);
}

/**
 * @param {HTMLCanvasElement} canvas a square
 * @param {ArrayLike<number>} values
 * @param {number} side
 * @param {import("./painting.js").Paint} colors
 */
function paint(canvas, values, side, colors) {
  const size = canvas.width;
  const image = new ImageData(size, size);
  fill(new Uint32Array(image.data.buffer), size, { left: 0, top: 0, size }, values, side, colors);
  contextOf(canvas).putImageData(image, 0, 0);
}

/** The samples that are taken for another class, in the colour of their own; the picked one; and the keyboard's place. @param {View} view @param {string[]} colors */
function drawSamples({ plane, data, at }, colors) {
  const { header, arrays } = data;
  const [xs, ys, labels, answers] = arrays.slice(3, 7);
  const { background, text } = header.palette;
  const [context, scale, size] = [contextOf(plane), scaleOf(), plane.width];
  /** @param {number} x @param {number} y @param {number} radius */
  const circle = (x, y, radius) => {
    context.beginPath();
    context.arc(x * size, (1 - y) * size, radius * scale, 0, 2 * Math.PI);
  };
  context.lineWidth = scale;
  context.strokeStyle = background;
  for (let sample = 0; sample < labels.length; sample++) {
    if (labels[sample] === answers[sample]) continue;
    circle(xs[sample] / 255, ys[sample] / 255, MISTAKE);
    context.fillStyle = colors[labels[sample]];
    context.fill();
    context.stroke();
  }
  /** @param {number} x @param {number} y @param {number} radius */
  const ring = (x, y, radius) => {
    for (const [color, width] of /** @type {[string, number][]} */ ([
      [background, 4],
      [text, 2],
    ])) {
      circle(x, y, radius);
      Object.assign(context, { strokeStyle: color, lineWidth: width * scale });
      context.stroke();
    }
  };
  const { picked } = header;
  if (picked !== null && picked < labels.length) ring(xs[picked] / 255, ys[picked] / 255, PICKED);
  if (at) ring(at[0], at[1], MISTAKE);
}

/** @param {View} view */
export function drawTiles({ tiles, data, neurons, layout: { columns, tile }, tile: pointed }) {
  const { background, text, grid } = data.header.palette;
  const scale = scaleOf();
  const [width, height] = [tiles.width, tiles.height];
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const colors = paintLevels([background, text]);
  const size = Math.floor((tile - GAP) * scale);
  const places = neurons.map((_, place) => [
    Math.round((place % columns) * tile * scale),
    Math.round(Math.floor(place / columns) * tile * scale),
  ]);
  for (const [place, { values, side }] of neurons.entries()) {
    const [left, top] = places[place];
    fill(pixels, width, { left, top, size }, values, side, colors);
  }
  const context = contextOf(tiles);
  context.putImageData(image, 0, 0);
  context.lineWidth = Math.max(1, Math.round(scale / 2));
  for (const [place, [left, top]] of places.entries()) {
    context.strokeStyle = place === pointed ? text : grid;
    context.strokeRect(left + 0.5, top + 0.5, size - 1, size - 1);
  }
}

/** A scale from its first stop to its last. @param {HTMLCanvasElement} canvas @param {string[]} stops */
export function drawScale(canvas, stops) {
  const [width, height] = [255, 1];
  Object.assign(canvas, { width, height });
  const image = new ImageData(width, height);
  new Uint32Array(image.data.buffer).set(Array.from({ length: width }, (_, byte) => paintLevels(stops)(Math.min(byte, 254), byte)));
  contextOf(canvas).putImageData(image, 0, 0);
}
