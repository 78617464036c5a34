// Values of all neurons or channels as colours.

import { colorAt } from "../../lib/color.js";
import { plotWidth, toPixel } from "../../lib/time_axis.js";
import { pickOf } from "../acts.js";
import { clipped, drawLineAxis, drawScale, markCell, markSelected, paint } from "../drawing.js";
import { digits } from "../reading.js";
import { cellAt, cellUnder, linesIn } from "./grid.js";

/** @typedef {import("../../wire.js").HeatmapRow} HeatmapRow */

const TICK = 0.3; // width of a spike, of its cell

/** @type {import("./kinds.js").RowKind<HeatmapRow>} */
export const heatmap = {
  runsOver: "time",
  lines: (_, row) => linesIn(row),
  draw(stage, row) {
    const lines = linesIn(row);
    const colors = stage.ramps[row.color];
    const shareOf = shares(row);
    drawCells(stage, row, lines, colors, shareOf);
    if (row.spikes !== undefined) drawSpikePlaces(stage, row, row.spikes, lines);
    if (lines > 1) markSelected(stage, row.selected ?? [], lines);
    if (stage.cell) markCell(stage, stage.cell, lines, row.span);
    drawLineAxis(stage, lines, row.neurons, row.axis);
    drawScale(stage, colors, row.range, shareOf, row.theta);
  },
  hit: cellUnder,
  say(field, row, spot, who) {
    const { which, when, value } = cellAt(field, row, spot);
    const mean = row.bin * row.span > 1 ? "mean " : "";
    const spikes = row.spikes === undefined ? 0 : cellAt(field, { ...row, z: row.spikes }, spot).value;
    const spiking = spikes > 0 ? ` · spikes ${digits(spikes)}` : "";
    const quantity = row.quantity ?? (row.axis === "neuron" ? "u" : "input");
    return `${who} ${which} · ${when} · ${mean}${quantity} ${digits(value)}${sumAt(field, row, spot)}${spiking}`;
  },
  pick: (row, { line, time }, add) =>
    row.asks == null ? pickOf(row, add, { row: line }) : { do: "ask", layer: row.asks, row: line, time },
};

/**
 * What the value at a spot is the sum of, in words.
 * @param {import("../stage.js").Field} field
 * @param {HeatmapRow} row
 * @param {import("./kinds.js").Spot} spot
 */
function sumAt(field, row, spot) {
  const told = (row.parts ?? []).map(({ name, z }) => `${name} ${digits(cellAt(field, { ...row, z }, spot).value)}`);
  return told.length ? ` = ${told.join(" + ")}` : "";
}

/** Where a value lies on the ramp, from 0 to 1; on one that diverges, 0 is its middle. @param {HeatmapRow} row */
function shares({ range: [low, high], diverges }) {
  const far = Math.max(-low, high);
  return (/** @type {number} */ value) => (diverges ? 0.5 + value / far / 2 : (value - low) / (high - low));
}

/**
 * @param {import("../stage.js").Stage} stage
 * @param {HeatmapRow} row
 * @param {number} lines
 * @param {Uint32Array} colors
 * @param {(value: number) => number} shareOf
 */
function drawCells(stage, row, lines, colors, shareOf) {
  const z = stage.arrays[row.z];
  const columns = z.length / lines;
  paint(stage, (pixels, { width, height, first, step }) => {
    const columnAt = Int32Array.from({ length: width }, (_, x) => Math.floor((x + 0.5 - first) / (step * row.span)));
    for (let y = 0; y < height; y++) {
      const upper = Math.min(Math.floor((y * lines) / height), lines - 1);
      const lower = Math.max(Math.min(Math.floor(((y + 1) * lines) / height), lines), upper + 1);
      for (let x = 0; x < width; x++) {
        const column = columnAt[x];
        if (column < 0 || column >= columns) continue;
        let [sum, farthest] = [0, 0]; // of the lines that share this pixel
        for (let line = upper; line < lower; line++) {
          const value = z[line * columns + column];
          sum += value;
          if (Math.abs(value) > Math.abs(farthest)) farthest = value;
        }
        pixels[y * width + x] = colorAt(colors, shareOf(row.extremes ? farthest : sum / (lower - upper)));
      }
    }
  });
}

/**
 * A tick at each spike: in the middle of its cell, so that u is still seen beside it.
 * @param {import("../stage.js").Stage} stage
 * @param {HeatmapRow} row
 * @param {number} spikes place of their array
 * @param {number} lines
 */
function drawSpikePlaces(stage, row, spikes, lines) {
  const { context, axis, height, palette, arrays } = stage;
  const z = arrays[spikes];
  const columns = z.length / lines;
  const tall = height / lines;
  const wide = Math.max((plotWidth(axis) / (axis.to - axis.from)) * row.span * TICK, 1);
  clipped(stage, () => {
    context.fillStyle = palette.text;
    for (let line = 0; line < lines; line++) {
      for (let column = 0; column < columns; column++) {
        if (!(z[line * columns + column] > 0)) continue;
        const middle = toPixel(axis, (column + 0.5) * row.span - 0.5);
        context.fillRect(middle - wide / 2, line * tall, wide, tall);
      }
    }
  });
}
