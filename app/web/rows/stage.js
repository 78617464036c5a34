// What a row is drawn on: its canvas, the time axis, colours and arrays.

import { ramp } from "../lib/color.js";
import { cleared } from "../lib/dom.js";
import { unit } from "../lib/unit.js";
import { kindOf } from "./kinds/kinds.js";
import { wholeRange } from "./zoom.js";

/** @typedef {import("../lib/received.js").Values} Values */
/** @typedef {import("../lib/time_axis.js").TimeAxis} TimeAxis */
/** @typedef {import("./rows.js").View} View */
/** @typedef {import("./kinds/kinds.js").Row} Row */

/**
 * What it takes to read a row.
 * @typedef {object} Field
 * @property {TimeAxis} axis
 * @property {number} height of the row in units
 * @property {Values[]} arrays
 * @property {number} steps of the run
 */

/** @typedef {Record<string, Uint32Array>} Ramps */

/**
 * What it takes to draw a row.
 * @typedef {Field & {context: CanvasRenderingContext2D, scale: number, palette: import("../wire.js").Palette, ramps: Ramps, font: string,
 *   at: number, cell: {line: number, time: number} | null}} Stage
 *   scale: device pixels per unit; at: the time step under the cursor; cell: the marked one
 */

/** @param {View} view @returns {TimeAxis} */
export function timeAxis(view) {
  const [from, to] = view.zoom ?? wholeRange(view.header.steps);
  return { from, to, width: view.root.clientWidth / unit() };
}

/** The time under the cursor, or the middle of the run. @param {View} view */
export const presentTime = ({ at, header }) => at?.time ?? Math.floor(header.steps / 2);

/** @param {View} view @param {number} height @returns {Field} */
export const fieldOf = (view, height) => ({ axis: timeAxis(view), height, arrays: view.arrays, steps: view.header.steps });

/** A canvas wiped clean. @param {View} view @param {HTMLCanvasElement} canvas @param {number} height @returns {Stage} */
export function stageOn(view, canvas, height) {
  const field = fieldOf(view, height);
  const { context, scale } = cleared(canvas, field.axis.width, height);
  context.font = view.font;
  const { palette } = view.header;
  return { ...field, context, scale, palette, ramps: rampsOf(palette), font: view.font, at: presentTime(view), cell: null };
}

/** @param {View} view @param {import("./rows.js").Drawn} drawn */
export function drawRow(view, drawn) {
  const { row, canvas, height } = drawn;
  const cell = view.cell && view.rows[view.cell.row] === drawn ? view.cell : null;
  kindOf(row).draw({ ...stageOn(view, canvas, height), cell }, row);
}

/** @type {Map<string, Ramps>} */
const rampsByBackground = new Map();

/** Ramps by name. @param {import("../wire.js").Palette} palette */
function rampsOf(palette) {
  const found = rampsByBackground.get(palette.background) ?? madeRamps(palette);
  rampsByBackground.set(palette.background, found);
  return found;
}

/** @param {import("../wire.js").Palette} palette @returns {Ramps} */
const madeRamps = (palette) => ({
  potential: ramp([palette.negative, palette.background, palette.membrane]),
  input: ramp([palette.background, palette.input, palette.text]),
  difference: ramp([palette.negative, palette.background, palette.positive]),
});
