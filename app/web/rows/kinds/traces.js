// Lines over time on one scale, and thresholds.

import { clamp, inDigits } from "../../lib/numbers.js";
import { alongSteps } from "../../lib/time_axis.js";
import { pickOf } from "../acts.js";
import { clipped, DASHES, drawLabel, drawTitle, MIN_INSET, strokeLevel } from "../drawing.js";
import { digits, timeAt } from "../reading.js";

/** @typedef {import("../../lib/received.js").Values} Values */
/** @typedef {import("../../wire.js").TracesRow} TracesRow */

/** @type {import("./kinds.js").RowKind<TracesRow>} */
export const traces = {
  runsOver: "time",
  lines: (_, row) => row.lines.length,
  draw(stage, row) {
    const { context, axis, height, palette, arrays } = stage;
    const [low, high] = row.range;
    /** @param {number} value */
    const y = (value) => height - 2 - ((value - low) / (high - low)) * (height - 4);
    /** @param {Values} u @param {Values} v */
    const strokeSteps = (u, v) => {
      context.beginPath();
      alongSteps(axis, u, v, (x, value) => context.lineTo(x, y(value)));
      context.stroke();
    };
    for (const value of row.range) drawLabel(stage, inDigits(value), clamp(y(value), MIN_INSET, height - MIN_INSET));
    if (low < 0) strokeLevel(stage, y(0), "grid", 1, []);
    clipped(stage, () => {
      for (const line of row.lines) {
        context.strokeStyle = palette[line.color];
        context.globalAlpha = line.opacity;
        context.lineWidth = line.width;
        context.setLineDash(DASHES[line.dash]);
        strokeSteps(arrays[line.u], arrays[line.v ?? line.u]);
      }
      context.globalAlpha = 1;
      for (const threshold of row.thresholds) {
        if ("value" in threshold) {
          strokeLevel(stage, y(threshold.value), "threshold", 1.5, DASHES.dash);
          continue;
        }
        context.strokeStyle = palette.threshold;
        context.lineWidth = 1.3;
        context.setLineDash(DASHES.dash);
        strokeSteps(arrays[threshold.values], arrays[threshold.values]);
      }
    });
    drawTitle(stage, row.axis);
  },
  hit({ axis, height, arrays, steps }, row, left, top) {
    const time = timeAt(axis, left, steps);
    if (time === null) return null;
    const [low, high] = row.range;
    const value = low + (1 - top / height) * (high - low);
    const distances = row.lines.map((line) => Math.abs(arrays[line.u][time] - value));
    return { time, line: distances.lastIndexOf(Math.min(...distances)) }; // the last one lies on top
  },
  say({ arrays }, row, { line, time }, who) {
    const { name, neuron, u, v } = row.lines[line];
    const value = arrays[u][time];
    const after = v != null && arrays[v][time] !== value ? `, reset to ${digits(arrays[v][time])}` : "";
    return `${who}${neuron == null ? "" : ` neuron ${neuron}`} · time ${time} · ${name || row.axis} ${digits(value)}${after}`;
  },
  pick(row, { line, time }, add) {
    if (row.asks != null && !add) return { do: "ask", layer: row.asks, row: 0, time };
    const { neuron } = row.lines[line];
    return neuron == null ? null : pickOf(row, add, { neuron });
  },
};
