// What lanes are made of: titles and scales, lines, ticks and bars over time.

import { clamp, inDigits } from "../lib/numbers.js";
import { alongSteps, LEFT, plotWidth } from "../lib/time_axis.js";
import { toY } from "./lanes.js";
import { paintPath, write } from "./painting.js";
import { spikeTimes } from "./response.js";
import { rowIn } from "./runs.js";

/** @typedef {import("./lanes.js").Band} Band */
/** @typedef {import("./painting.js").Stage} Stage */
/** @typedef {import("./painting.js").Stroke} Stroke */

/**
 * A lane's title, the ends of its range, and within it what `paint` paints.
 * @param {Stage} stage
 * @param {Band} lane
 * @param {string} title
 * @param {() => void} paint
 */
export function paintLane(stage, lane, title, paint) {
  const { context, axis } = stage;
  const { top, height, range } = lane;
  paintTitle(stage, lane, title);
  for (const value of range) write(stage, inDigits(value), LEFT - 5, clamp(toY(lane, value), top + 5, top + height - 4), "right");
  context.save();
  context.beginPath();
  context.rect(LEFT, top - 2, plotWidth(axis), height + 4);
  context.clip();
  paint();
  context.restore();
}

/** @param {Stage} stage @param {Band} lane @param {string} title */
export function paintTitle(stage, { top, height }, title) {
  const { context } = stage;
  const middle = top + height / 2;
  if (height < 40) return write(stage, title, LEFT - 5, middle, "right");
  context.save();
  context.translate(9, middle);
  context.rotate(-Math.PI / 2);
  write(stage, title, 0, 0, "center");
  context.restore();
}

/**
 * Values over time, and where there are others, the fall to them in the middle of a step.
 * @param {Stage} stage
 * @param {Band} lane
 * @param {Float32Array[]} values one array or two
 * @param {Stroke} stroke
 */
export function paintSteps({ context, axis }, lane, [u, v = u], ...stroke) {
  /** @type {import("./painting.js").Point[]} */
  const points = [];
  alongSteps(axis, u, v, (x, value) => points.push([x, toY(lane, value)]));
  paintPath(context, points, ...stroke);
}

/**
 * u, and at each spike the fall to v.
 * @param {Stage} stage
 * @param {Band} lane
 * @param {import("./scan.js").Run} run
 * @param {Stroke} stroke
 */
export function paintPotential(stage, lane, run, ...stroke) {
  const { view } = stage;
  paintSteps(stage, lane, [rowIn(view, run, "u"), rowIn(view, run, "v")], ...stroke);
}

/**
 * A tick at each step with spikes, as opaque as `opacity` says of their number.
 * @param {Stage} stage
 * @param {Float32Array} s
 * @param {number} top
 * @param {number} height
 * @param {number} width
 * @param {(count: number) => number} [opacity]
 * @param {string} [color]
 */
export function paintTicks({ context, x, palette }, s, top, height, width, opacity = () => 1, color = palette.text) {
  context.fillStyle = color;
  for (const time of spikeTimes(s)) {
    context.globalAlpha = opacity(s[time]);
    context.fillRect(x(time) - width / 2, top, width, height);
  }
  context.globalAlpha = 1;
}

/**
 * A bar from 0 at each step with a value; equal ones side by side are one.
 * @param {Stage} stage
 * @param {Band} lane
 * @param {Float32Array} values
 * @param {string} color
 */
export function paintBars({ context, x }, lane, values, color) {
  const zero = toY(lane, 0);
  context.fillStyle = color;
  for (let time = 0; time < values.length; time++) {
    if (values[time] === 0) continue;
    const begin = time;
    while (values[time + 1] === values[begin]) time++;
    const [left, y, width] = [x(begin - 0.5), toY(lane, values[begin]), x(time) - x(begin - 1)];
    context.globalAlpha = 0.35;
    context.fillRect(left, Math.min(y, zero), width, Math.abs(zero - y));
    context.globalAlpha = 1;
    context.fillRect(left, y - 0.75, width, 1.5);
  }
}
