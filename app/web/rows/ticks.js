// The time axis below the rows, as it is drawn.

import { clamp, inDigits } from "../lib/numbers.js";
import { LEFT, plotWidth, ticks, toPixel } from "../lib/time_axis.js";

const NAME = "time (steps)";
export const AXIS_HEIGHT = 20; // units
export const READOUT_HEIGHT = 18; // units of the words below the axis
export const FOOT = AXIS_HEIGHT + READOUT_HEIGHT; // units of what stands below the rows
const GAP = 12; // units between a tick's number and the axis's name

/** @param {import("./stage.js").Stage} stage */
export function drawTimeAxis({ context, axis, palette }) {
  context.strokeStyle = palette.muted;
  context.fillStyle = palette.muted;
  context.textAlign = "center";
  context.textBaseline = "top";
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(LEFT, 0.5);
  context.lineTo(LEFT + plotWidth(axis), 0.5);
  const right = LEFT + plotWidth(axis);
  const free = right - context.measureText(NAME).width - GAP;
  for (const time of ticks(axis.from, axis.to, clamp(plotWidth(axis) / 70, 2, 10))) {
    const x = toPixel(axis, time);
    context.moveTo(x, 0);
    context.lineTo(x, 4);
    const words = inDigits(time);
    if (x + context.measureText(words).width / 2 < free) context.fillText(words, x, 6);
  }
  context.stroke();
  context.textAlign = "right";
  context.fillText(NAME, right, 6);
}
