// What several kinds of rows are drawn with: the plot area as pixels, labels, levels, marks of selected lines, what stands at the row ends.

import { colorAt, cssColor } from "../lib/color.js";
import { clamp, inDigits } from "../lib/numbers.js";
import { LEFT, plotWidth, RIGHT, toPixel } from "../lib/time_axis.js";
import { largestSize } from "./sizes.js";

/** @typedef {import("../lib/received.js").Values} Values */
/** @typedef {import("./stage.js").Stage} Stage */

export const MIN_INSET = 7; // units of a label from the edge
export const VALUES_FOOT = 14; // units of the axis below values side by side
export const SEPARATE = 3; // pixels from which on cells are told apart by a gap
/** @type {Record<import("../wire.js").TraceLine["dash"], number[]>} */
export const DASHES = { solid: [], dash: [6, 4], dot: [1.5, 3], dashdot: [7, 3, 1.5, 3] };

const [LABEL_GAP, TITLE_GAP] = [8, 42]; // units left of the plot
const LEAST_FRAME = 7; // units of a marked cell's side
const LEAST_COUNT_HEIGHT = 12; // units of a line from which on its count is written

/**
 * Hands an image of the plot area, in device pixels, to `fill`, with where time step 0 begins in it and how wide a step is.
 * @param {Stage} stage
 * @param {(pixels: Uint32Array, area: {width: number, height: number, first: number, step: number}) => void} fill
 */
export function paint(stage, fill) {
  const { context, axis, scale } = stage;
  const width = Math.max(Math.floor(plotWidth(axis) * scale), 1);
  const height = Math.max(Math.floor(stage.height * scale), 1);
  const image = context.createImageData(width, height);
  const step = width / (axis.to - axis.from);
  fill(new Uint32Array(image.data.buffer), { width, height, step, first: (-0.5 - axis.from) * step });
  context.putImageData(image, Math.round(LEFT * scale), 0);
}

/** Draws within the plot area alone. @param {Stage} stage @param {() => void} draw */
export function clipped({ context, axis, height }, draw) {
  context.save();
  context.beginPath();
  context.rect(LEFT, 0, plotWidth(axis), height);
  context.clip();
  draw();
  context.restore();
}

/**
 * A band behind the lines of the selected neurons, and a wedge before them, so that not colour alone tells.
 * @param {Stage} stage
 * @param {number[]} selected
 * @param {number} lines
 */
export function markSelected({ context, axis, height, palette }, selected, lines) {
  for (const line of selected) {
    const top = (line * height) / lines;
    const tall = Math.max(height / lines, 2);
    context.save();
    context.globalCompositeOperation = "destination-over";
    context.globalAlpha = 0.16;
    context.fillStyle = palette.membrane;
    context.fillRect(LEFT, top, plotWidth(axis), tall);
    context.restore();
    const middle = top + tall / 2;
    context.fillStyle = palette.membrane;
    context.beginPath();
    context.moveTo(LEFT - 1, middle);
    context.lineTo(LEFT - 6, middle - 3.5);
    context.lineTo(LEFT - 6, middle + 3.5);
    context.fill();
  }
}

/**
 * A frame around a cell, wide enough to be seen where cells are small.
 * @param {Stage} stage
 * @param {{line: number, time: number}} cell
 * @param {number} lines
 * @param {number} span time steps in a column
 */
export function markCell(stage, { line, time }, lines, span) {
  const { context, axis, height, palette } = stage;
  const tall = Math.max(height / lines, LEAST_FRAME);
  const wide = Math.max((plotWidth(axis) / (axis.to - axis.from)) * span, LEAST_FRAME);
  const middle = toPixel(axis, (Math.floor(time / span) + 0.5) * span - 0.5);
  const top = clamp(((line + 0.5) * height) / lines - tall / 2, 1, height - tall - 1);
  clipped(stage, () => {
    context.setLineDash([]);
    for (const [color, width] of /** @type {[string, number][]} */ ([
      [palette.background, 3.5],
      [palette.text, 1.5],
    ])) {
      context.strokeStyle = color;
      context.lineWidth = width;
      context.strokeRect(middle - wide / 2, top, wide, tall);
    }
  });
}

/** What each line adds up to: in numbers where there is room, else as bars beside the largest number. @param {Stage} stage @param {Values} counts */
export function drawCounts({ context, axis, height, palette }, counts) {
  const lines = counts.length;
  const tall = height / lines;
  const start = LEFT + plotWidth(axis) + 5;
  context.fillStyle = palette.muted;
  context.textAlign = "left";
  context.textBaseline = "middle";
  if (tall >= LEAST_COUNT_HEIGHT) {
    for (let line = 0; line < lines; line++) context.fillText(inDigits(counts[line]), start, (line + 0.5) * tall);
    return;
  }
  const largest = largestSize(counts);
  if (largest <= 0) return;
  for (let line = 0; line < lines; line++) {
    context.fillRect(start, line * tall, (counts[line] / largest) * (RIGHT - 14), Math.max(tall - 0.5, 0.5));
  }
}

/**
 * The numbers of the first and last neuron, and what they number.
 * @param {Stage} stage
 * @param {number} lines
 * @param {number} neurons
 * @param {string} words
 */
export function drawLineAxis(stage, lines, neurons, words) {
  const inset = Math.max(stage.height / lines / 2, MIN_INSET);
  drawLabel(stage, "0", inset);
  if (neurons > 1) drawLabel(stage, String(neurons - 1), stage.height - inset);
  drawTitle(stage, words);
}

/**
 * The axis below values side by side, which isn't time: the numbers of the first and the last, and what they number.
 * @param {Stage} stage
 * @param {number} first
 * @param {number} last
 * @param {string} words
 */
export function drawValuesAxis({ context, axis, height, palette }, first, last, words) {
  context.fillStyle = palette.muted;
  context.textBaseline = "bottom";
  context.textAlign = "left";
  context.fillText(String(first), LEFT, height);
  context.textAlign = "center";
  context.fillText(words, LEFT + plotWidth(axis) / 2, height);
  context.textAlign = "right";
  if (last > first) context.fillText(String(last), LEFT + plotWidth(axis), height);
}

/** @param {Stage} stage @param {string} text @param {number} y */
export function drawLabel({ context, palette }, text, y) {
  context.fillStyle = palette.muted;
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText(text, LEFT - LABEL_GAP, y);
}

/** The title of the vertical axis. @param {Stage} stage @param {string} text */
export function drawTitle({ context, height, palette }, text) {
  if (context.measureText(text).width > height) return; // the row's heading says it, too
  context.save();
  context.fillStyle = palette.muted;
  context.translate(LEFT - TITLE_GAP, height / 2);
  context.rotate(-Math.PI / 2);
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, 0, 0);
  context.restore();
}

/** A line across the plot. @param {Stage} stage @param {number} y @param {keyof import("../wire.js").Palette} color @param {number} width @param {number[]} dash */
export function strokeLevel({ context, axis, palette }, y, color, width, dash) {
  context.strokeStyle = palette[color];
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(LEFT, y);
  context.lineTo(LEFT + plotWidth(axis), y);
  context.stroke();
  context.setLineDash([]);
}

/**
 * What the colours stand for, at the row's end, and where the threshold lies among them.
 * @param {Stage} stage
 * @param {Uint32Array} colors
 * @param {[number, number]} range
 * @param {(value: number) => number} shareOf where a value lies on the ramp
 * @param {number} [theta]
 */
export function drawScale({ context, axis, height, palette }, colors, [low, high], shareOf, theta) {
  const start = LEFT + plotWidth(axis) + 6;
  for (let y = 0; y < height; y++) {
    context.fillStyle = cssColor(colorAt(colors, shareOf(high - (y / height) * (high - low))));
    context.fillRect(start, y, 6, 1.2);
  }
  context.textAlign = "left";
  context.textBaseline = "middle";
  /** @param {number} value */
  const yOf = (value) => ((high - value) / (high - low)) * height;
  /** @param {string} text @param {number} y */
  const write = (text, y) => context.fillText(text, start + 9, clamp(y, MIN_INSET, height - MIN_INSET));
  context.fillStyle = palette.muted;
  if (theta === undefined) write(inDigits(high), 0);
  write(inDigits(low), height);
  if (low < 0 && height - yOf(0) > 2 * MIN_INSET) write("0", yOf(0));
  if (theta === undefined) return;
  context.fillStyle = palette.threshold;
  context.fillRect(start - 2, yOf(theta) - 0.75, 10, 1.5);
  write(`θ ${inDigits(theta)}`, yOf(theta));
}
