// Two axes: where values lie on a canvas, in units. Pure functions of numbers, and what paints the axes.

import { inDigits } from "../lib/numbers.js";
import { ticks } from "../lib/time_axis.js";

export const MARGIN = { left: 46, right: 14, top: 20, bottom: 32 };
const SIZE = 11; // units of the type on axes

/** @typedef {[low: number, high: number]} Range */
/** @typedef {{from: Range, pixels: Range, isLog: boolean}} Axis */
/** @typedef {{x: Axis, y: Axis, width: number, height: number}} Plane */

/**
 * @param {number} width
 * @param {number} height
 * @param {Range} x
 * @param {Range} y
 * @param {boolean} [isLog] whether x grows by factors
 * @returns {Plane}
 */
export function plane(width, height, x, y, isLog = false) {
  const { left, right, top, bottom } = MARGIN;
  return {
    width,
    height,
    x: { from: wide(x), pixels: [left, Math.max(width - right, left + 1)], isLog },
    y: { from: wide(y), pixels: [Math.max(height - bottom, top + 1), top], isLog: false },
  };
}

/** A range that isn't empty. @param {Range} range @returns {Range} */
const wide = ([low, high]) => (high > low ? [low, high] : [low, low + 1]);

/** @param {Axis} axis @param {number} value */
const scaled = ({ isLog }, value) => (isLog ? Math.log2(value) : value);

/** Where a value lies. @param {Axis} axis @param {number} value */
export function toPixel(axis, value) {
  const [low, high] = axis.from.map((end) => scaled(axis, end));
  const [begin, end] = axis.pixels;
  return begin + ((scaled(axis, value) - low) / (high - low)) * (end - begin);
}

/** The value that lies at a place. @param {Axis} axis @param {number} pixel */
export function toValue(axis, pixel) {
  const [low, high] = axis.from.map((end) => scaled(axis, end));
  const [begin, end] = axis.pixels;
  const value = low + ((pixel - begin) / (end - begin)) * (high - low);
  return axis.isLog ? 2 ** value : value;
}

/** Values that are marked on an axis. @param {Axis} axis @param {number} most @returns {number[]} */
export function marks(axis, most) {
  const [low, high] = axis.from;
  if (!axis.isLog) return ticks(low, high, most);
  const doublings = Math.floor(Math.log2(high / low));
  return Array.from({ length: doublings + 1 }, (_, power) => low * 2 ** power);
}

/**
 * @param {import("./canvas.js").Context} context
 * @param {Plane} on
 * @param {import("../wire.js").Palette} palette
 * @param {{x: string, y: string, title?: string, inPercent?: boolean, most?: number}} words
 */
export function paintAxes(context, on, palette, { x, y, title = "", inPercent = false, most = 5 }) {
  const { left } = MARGIN;
  const [bottom, top] = on.y.pixels;
  const [, right] = on.x.pixels;
  Object.assign(context, { lineWidth: 1, strokeStyle: palette.grid, fillStyle: palette.muted });
  setType(context);
  for (const value of marks(on.y, most)) {
    const at = toPixel(on.y, value);
    line(context, left, at, right, at);
    write(context, inPercent ? `${Math.round(100 * value)}%` : inDigits(value), left - 6, at, "right", "middle");
  }
  for (const value of marks(on.x, Math.max(Math.min(most, Math.floor((right - left) / 50)), 2))) {
    const at = toPixel(on.x, value);
    line(context, at, top, at, bottom);
    write(context, inDigits(value), at, bottom + 4, "center", "top");
  }
  write(context, x, (left + right) / 2, on.height - 1, "center", "bottom");
  write(context, y, 2, 2, "left", "top");
  if (title) {
    context.fillStyle = palette.text;
    write(context, title, right, 2, "right", "top");
  }
}

/** @param {import("./canvas.js").Context} context */
export function setType(context) {
  context.font = `${SIZE}px "Source Sans", sans-serif`;
}

/** @param {import("./canvas.js").Context} context @param {number} x0 @param {number} y0 @param {number} x1 @param {number} y1 */
export function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.lineTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/**
 * @param {import("./canvas.js").Context} context
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {CanvasTextAlign} textAlign
 * @param {CanvasTextBaseline} textBaseline
 */
export function write(context, text, x, y, textAlign, textBaseline) {
  Object.assign(context, { textAlign, textBaseline });
  context.fillText(text, x, y);
}

/**
 * A line through values, the first of them at `first`, one step on for each.
 * @param {import("./canvas.js").Context} context
 * @param {Plane} on
 * @param {ArrayLike<number>} values
 * @param {number} first
 */
export function through(context, on, values, first) {
  context.beginPath();
  for (let at = 0; at < values.length; at++) context.lineTo(toPixel(on.x, first + at), toPixel(on.y, values[at]));
  context.stroke();
}
