// Weights into one neuron, on one scale centred on zero: of a Linear a bar for each input, up or down; of a Conv2d its kernels side by side.

import { colorAt, cssColor } from "../../lib/color.js";
import { inDigits } from "../../lib/numbers.js";
import { LEFT, plotWidth } from "../../lib/time_axis.js";
import { pickOf } from "../acts.js";
import { drawLabel, drawValuesAxis, MIN_INSET, SEPARATE, strokeLevel, VALUES_FOOT } from "../drawing.js";
import { digits, valueUnder } from "../reading.js";
import { largestSize } from "../sizes.js";
import { channelsOf, tileAt, tiling } from "../tiles.js";

/** @typedef {import("../../wire.js").WeightsRow} WeightsRow */
/** @typedef {import("../stage.js").Stage} Stage */

/** @type {import("./kinds.js").RowKind<WeightsRow>} */
export const weights = {
  runsOver: "values",
  lines: (arrays, row) => arrays[row.z].length,
  draw(stage, row) {
    const largest = largestSize(stage.arrays[row.z]) || 1;
    const kernels = channelsOf(row.shape);
    const floor = stage.height - (kernels ? 0 : VALUES_FOOT);
    if (kernels) drawKernels(stage, row, largest);
    else drawBars({ ...stage, height: floor }, row, largest);
    drawLabel(stage, inDigits(largest), MIN_INSET);
    drawLabel(stage, inDigits(-largest), floor - MIN_INSET);
    if (!kernels) drawValuesAxis(stage, 0, row.shape[0] - 1, row.across);
  },
  hit(field, row, left, top) {
    const kernels = channelsOf(row.shape);
    const line = kernels ? tileAt(field, kernels, left, top) : valueUnder(field.axis, left, row.shape[0]);
    return line === null ? null : { line };
  },
  say: ({ arrays }, row, { line }, who) => `${who} · weight from ${sourceOf(row, line)} ${digits(arrays[row.z][line])}`,
  pick: (row, { line }, add) => pickOf(row, add, { neuron: line }),
};

/** What a weight leads from. @param {WeightsRow} row @param {number} index */
function sourceOf(row, index) {
  const kernels = channelsOf(row.shape);
  if (!kernels) return String(index);
  const [, tall, across] = kernels;
  return `channel ${Math.floor(index / (tall * across))}, row ${Math.floor(index / across) % tall}, column ${index % across}`;
}

/** The colour of a weight. @param {Stage} stage @param {number} share of the largest, from -1 to 1 */
const colorOf = ({ ramps }, share) => cssColor(colorAt(ramps.difference, (share + 1) / 2));

/** @param {Stage} stage @param {WeightsRow} row @param {number} largest */
function drawBars(stage, row, largest) {
  const { context, axis, height, arrays } = stage;
  const z = arrays[row.z];
  const wide = plotWidth(axis) / z.length;
  const middle = height / 2;
  for (let index = 0; index < z.length; index++) {
    const reach = (z[index] / largest) * (middle - 2);
    context.fillStyle = colorOf(stage, Math.sign(z[index]));
    const top = Math.min(middle, middle - reach);
    context.fillRect(LEFT + index * wide, top, Math.max(wide > SEPARATE ? wide - 1 : wide, 0.5), Math.abs(reach));
  }
  strokeLevel(stage, middle, "muted", 1.5, []);
}

/** @param {Stage} stage @param {WeightsRow} row @param {number} largest */
function drawKernels(stage, row, largest) {
  const { context, arrays } = stage;
  const kernels = channelsOf(row.shape);
  if (!kernels) return;
  const z = arrays[row.z];
  const { cell, place } = tiling(stage, kernels);
  for (let index = 0; index < z.length; index++) {
    context.fillStyle = colorOf(stage, z[index] / largest);
    context.fillRect(...place(index), cell, cell);
  }
}
