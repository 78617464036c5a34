// Marks on a raster, such as target spikes.

import { toPixel } from "../lib/time_axis.js";
import { clipped } from "./drawing.js";

/** @typedef {import("../wire.js").RasterMarks} RasterMarks */

const LEAST_WIDTH = 5; // pixels

/** A dotted frame around each marked step. @param {import("./stage.js").Stage} stage @param {RasterMarks} marks @param {number} rows */
export function drawMarks(stage, marks, rows) {
  const { context, axis, height, palette } = stage;
  const [lines, times] = [stage.arrays[marks.lines], stage.arrays[marks.times]];
  const tall = height / rows;
  clipped(stage, () => {
    context.strokeStyle = palette.target;
    context.lineWidth = 1.5;
    context.setLineDash([2, 1.5]);
    for (let index = 0; index < times.length; index++) {
      const middle = toPixel(axis, times[index]);
      const wide = Math.max(toPixel(axis, times[index] + 0.5) - toPixel(axis, times[index] - 0.5), LEAST_WIDTH);
      context.strokeRect(middle - wide / 2, lines[index] * tall + 1, wide, Math.max(tall - 2, 1));
    }
  });
}

/**
 * Whether a step of a line is marked.
 * @param {import("../lib/received.js").Values[]} arrays
 * @param {RasterMarks} marks
 * @param {{line: number, time: number}} spot
 */
export function isMarked(arrays, marks, { line, time }) {
  const [lines, times] = [arrays[marks.lines], arrays[marks.times]];
  for (let index = 0; index < times.length; index++) if (times[index] === time && lines[index] === line) return true;
  return false;
}
