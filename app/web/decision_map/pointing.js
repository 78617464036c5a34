// Pointing at the maps with pointer or keyboard: what is there is read out at once, and the spikes of the sample next to it are asked for.

import { setText } from "../lib/dom.js";
import { ARROWS, LEAP } from "../lib/keys.js";
import { clamp } from "../lib/numbers.js";
import { unit } from "../lib/unit.js";
import { drawPlane } from "./drawing.js";
import { FULL, OUTSIDE } from "./painting.js";
import { cellAt, nearest } from "./places.js";
import { redraw } from "./sight.js";

/** @typedef {import("./decision_map.js").View} View */

const RESTS = 80; // milliseconds that a pointer stays near a sample until its spikes are asked for
const STEP = 1 / 64; // of the plane, by key

/** @param {View} view */
export function listen(view) {
  const { plane, tiles, ended } = view;
  const { signal } = ended;
  plane.addEventListener("pointermove", (event) => moveTo(view, placeOf(plane, event)), { signal });
  plane.addEventListener("pointerleave", () => moveTo(view, null), { signal });
  plane.addEventListener("click", (event) => pick(view, placeOf(plane, event)), { signal });
  plane.addEventListener("keydown", (event) => onPlaneKey(view, event), { signal });
  plane.addEventListener("blur", () => moveTo(view, null), { signal });
  tiles.addEventListener("pointermove", (event) => pointAtTile(view, tileOf(view, event)), { signal });
  tiles.addEventListener("pointerleave", () => pointAtTile(view, null), { signal });
  tiles.addEventListener("click", (event) => pickNeuron(view, tileOf(view, event)), { signal });
  tiles.addEventListener("keydown", (event) => onTileKey(view, event), { signal });
  tiles.addEventListener("blur", () => pointAtTile(view, null), { signal });
}

/** @param {HTMLCanvasElement} plane @param {MouseEvent} event @returns {import("./places.js").Point} */
function placeOf(plane, { offsetX, offsetY }) {
  return [clamp(offsetX / plane.clientWidth, 0, 1), clamp(1 - offsetY / plane.clientHeight, 0, 1)];
}

/** @param {View} view @param {MouseEvent} event @returns {number | null} */
function tileOf({ layout: { columns, tile }, neurons }, { offsetX, offsetY }) {
  const [column, row] = [offsetX, offsetY].map((pixels) => Math.floor(pixels / unit() / tile));
  const place = row * columns + column;
  return column < columns && place < neurons.length ? place : null;
}

/** @param {View} view @param {import("./places.js").Point | null} at */
function moveTo(view, at) {
  view.at = at;
  drawPlane(view);
  point(view);
  clearTimeout(view.resting);
  if (at) view.resting = setTimeout(() => pick(view, at), RESTS);
}

/** Asks for the spikes of the sample next to a place, if it isn't shown yet. @param {View} view @param {import("./places.js").Point} at */
function pick(view, at) {
  const { header } = view.data;
  const sample = isInside(view, at) ? sampleAt(view, at) : null;
  if (sample !== null && sample !== (view.acts.unanswered.length ? null : header.picked)) view.acts.tellLatest({ do: "pick", sample });
}

/** @param {View} view @param {import("./places.js").Point} at */
const sampleAt = ({ data: { arrays } }, at) => nearest(at, arrays[3], arrays[4]);

/** @param {View} view @param {import("./places.js").Point} at */
const isInside = ({ data: { header, arrays } }, at) => arrays[0][cellAt(at, header.side)] !== OUTSIDE;

/** @param {View} view @param {KeyboardEvent} event */
function onPlaneKey(view, event) {
  if (event.key === "Enter") {
    if (view.at) pick(view, view.at);
    return;
  }
  const step = ARROWS[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  const far = STEP * (event.shiftKey ? LEAP : 1);
  const [x, y] = view.at ?? [0.5, 0.5];
  moveTo(view, [clamp(x + step[0] * far, 0, 1), clamp(y - step[1] * far, 0, 1)]);
  event.preventDefault();
}

/** @param {View} view @param {KeyboardEvent} event */
function onTileKey(view, event) {
  const { columns } = view.layout;
  if (event.key === "Enter") {
    pickNeuron(view, view.tile);
    return;
  }
  const step = ARROWS[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  pointAtTile(view, view.tile === null ? 0 : clamp(view.tile + step[0] + step[1] * columns, 0, view.neurons.length - 1));
  event.preventDefault();
}

/** Shows a neuron's map in place of the large one. @param {View} view @param {number | null} tile */
function pointAtTile(view, tile) {
  if (tile === view.tile) return;
  view.tile = tile;
  redraw(view);
  point(view);
}

/** @param {View} view @param {number | null} tile */
function pickNeuron(view, tile) {
  if (tile === null) return;
  const { layer, neuron } = view.neurons[tile];
  view.acts.tellLatest({ do: "neuron", layer, neuron });
}

/** Reads out what is pointed at. @param {View} view */
export function point(view) {
  const { at, tile, readout } = view;
  if (tile !== null) setText(readout, ofTile(view.neurons[tile]));
  else setText(readout, at && isInside(view, at) ? ofPlace(view, at) : "");
}

/** @param {import("./decision_map.js").Tile} tile */
function ofTile({ name, neuron, values, most }) {
  const largest = values.reduce((found, byte) => (byte === OUTSIDE ? found : Math.max(found, byte)), 0);
  const spikes = Number(((largest / FULL) * most).toFixed(1));
  return `${name}, neuron ${neuron}: ${spikes ? `up to ${spikes} spikes at a point` : "silent everywhere"}`;
}

/** @param {View} view @param {import("./places.js").Point} at */
function ofPlace(view, at) {
  const { header, arrays } = view.data;
  const [classes, margins, times, , , labels, answers] = arrays;
  const cell = cellAt(at, header.side);
  const name = (/** @type {number} */ place) => header.classes[place]?.name ?? "";
  const margin = Number(((margins[cell] / FULL) * header.largest).toPrecision(2));
  const more = margins[cell] === FULL ? " or more" : "";
  const step = Math.round((times[cell] / FULL) * (header.steps - 1));
  const time = times[cell] === OUTSIDE ? "no output spike" : `${header.timing.toLowerCase()} step ${step}`;
  const here = `Here ${name(classes[cell])}, margin ${margin}${more}, ${time}.`;
  const sample = sampleAt(view, at);
  if (sample === null) return here;
  const judged = labels[sample] === answers[sample] ? "recognised" : `taken for ${name(answers[sample])}`;
  return `${here} Test sample ${sample}, ${name(labels[sample])}: ${judged}.`;
}
