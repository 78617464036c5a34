// The time axis below the rows, as it is drawn.

import { clamp, inDigits } from "../lib/numbers.js";
import { LEFT, plotWidth, ticks, toPixel } from "../lib/time_axis.js";

export const AXIS_HEIGHT = 32; // units

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
  for (const time of ticks(axis.from, axis.to, clamp(plotWidth(axis) / 70, 2, 10))) {
    const x = toPixel(axis, time);
    context.moveTo(x, 0);
    context.lineTo(x, 4);
    context.fillText(inDigits(time), x, 6);
  }
  context.stroke();
  context.textAlign = "right";
  context.fillText("time (steps)", LEFT + plotWidth(axis), 18);
}
