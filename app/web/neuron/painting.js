// What the plot and the panels are painted with: lines, words and axes. With calls of a 2-D context alone, so that a picture for print is
// drawn by the same.

import { inDigits } from "../lib/numbers.js";
import { LEFT, plotWidth, ticks, toPixel } from "../lib/time_axis.js";

/** @typedef {import("./state.js").View} View */
/** @typedef {import("../lib/time_axis.js").TimeAxis} TimeAxis */
/** @typedef {[x: number, y: number]} Point */
/** How a line is painted. @typedef {[color: string, width?: number, dash?: number[], opacity?: number]} Stroke */

/**
 * What is painted on: a canvas's context, or another that knows these calls.
 * @typedef {Pick<CanvasRenderingContext2D, "fillStyle" | "strokeStyle" | "lineWidth" | "globalAlpha" | "font" | "textAlign" | "textBaseline"
 *   | "save" | "restore" | "translate" | "rotate" | "setLineDash" | "beginPath" | "lineTo" | "rect" | "arc" | "clip" | "fill" | "stroke"
 *   | "fillRect" | "strokeRect" | "fillText" | "measureText">} Context
 */

/**
 * What painters need: `x` tells where a time lies.
 * @typedef {{context: Context, view: View, palette: import("../wire.js").Palette, axis: TimeAxis, x: (time: number) => number}} Stage
 */

/** @type {{ghost: number[], beside: number[], A: number[], threshold: number[], steady: number[]}} */
export const STROKES = { ghost: [1.5, 3], beside: [7, 3, 1.5, 3], A: [3, 3], threshold: [6, 4], steady: [2, 4] };

/** @param {View} view @returns {TimeAxis} */
export const timeAxis = (view) => ({ from: -0.5, to: view.run.steps - 0.5, width: view.width });

/** @param {Context} context in units of the plot @param {View} view @returns {Stage} */
export function stageOf(context, view) {
  context.font = view.font;
  const axis = timeAxis(view);
  return { context, view, palette: view.header.palette, axis, x: (time) => toPixel(axis, time) };
}

/**
 * A line through points in pixels, one alone as a dot.
 * @param {Context} context
 * @param {Point[]} points
 * @param {Stroke} stroke
 */
export function paintPath(context, points, ...[color, width = 1, dash = [], opacity = 1]) {
  context.beginPath();
  if (points.length === 1) {
    context.fillStyle = color;
    context.arc(...points[0], 4.5, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  Object.assign(context, { strokeStyle: color, lineWidth: width, globalAlpha: opacity });
  context.setLineDash(dash);
  for (const point of points) context.lineTo(...point);
  context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
}

/**
 * The horizontal axis at a height, with some of its values.
 * @param {Stage} stage
 * @param {number} y
 * @param {number} most values
 * @param {string} name
 */
export function paintScale(stage, y, most, name) {
  const { context, axis, x, palette } = stage;
  const line = (/** @type {Point[]} */ ...points) => paintPath(context, points, palette.muted);
  const right = LEFT + plotWidth(axis);
  line([LEFT, y], [right, y]);
  for (const value of ticks(axis.from, axis.to, most)) {
    line([x(value), y], [x(value), y + 4]);
    write(stage, inDigits(value), x(value), y + 11, "center");
  }
  write(stage, name, right, y + 24, "right");
}

/**
 * @param {Stage} stage
 * @param {string} text
 * @param {number} x
 * @param {number} y
 * @param {CanvasTextAlign} textAlign
 */
export function write({ context, palette }, text, x, y, textAlign) {
  Object.assign(context, { fillStyle: palette.muted, textAlign, textBaseline: "middle" });
  context.fillText(text, x, y);
}
