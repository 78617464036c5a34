// Lines of neurons or channels over time, as rasters and heatmaps have them. Several neurons may share a line, several steps a column.

import { timeAt } from "../reading.js";

/** @typedef {import("../../wire.js").RasterRow | import("../../wire.js").HeatmapRow} Grid */

/** Number of lines. @param {Grid} row */
export const linesIn = (row) => Math.ceil(row.neurons / row.bin);

/**
 * The line and time under a place.
 * @param {import("../stage.js").Field} field
 * @param {Grid} row
 * @param {number} left
 * @param {number} top
 */
export function cellUnder({ axis, height, steps }, row, left, top) {
  const time = timeAt(axis, left, steps);
  return time === null ? null : { time, line: Math.floor((top / height) * linesIn(row)) };
}

/**
 * The value at a spot, and in words whose and when.
 * @param {import("../stage.js").Field} field
 * @param {Grid} row
 * @param {import("./kinds.js").Spot} spot
 */
export function cellAt({ arrays, steps }, row, { line, time }) {
  const z = arrays[row.z];
  const columns = z.length / linesIn(row);
  const column = Math.floor(time / row.span);
  const [first, begin] = [line * row.bin, column * row.span];
  return {
    value: z[line * columns + column],
    which: row.bin > 1 ? `${row.axis}s ${first}–${Math.min(first + row.bin, row.neurons) - 1}` : `${row.axis} ${line}`,
    when: `time ${row.span > 1 ? `${begin}–${Math.min(begin + row.span, steps) - 1}` : time}`,
  };
}
