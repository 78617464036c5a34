// Values of all neurons or channels as colours.

import { pickOf } from "../acts.js";
import { colorAt } from "../color.js";
import { drawLineAxis, drawScale, markSelected, paint } from "../drawing.js";
import { digits } from "../reading.js";
import { cellAt, cellUnder, linesIn } from "./grid.js";

/** @typedef {import("../../wire.js").HeatmapRow} HeatmapRow */

/** @type {import("./kinds.js").RowKind<HeatmapRow>} */
export const heatmap = {
  runsOver: "time",
  lines: (_, row) => linesIn(row),
  draw(stage, row) {
    const lines = linesIn(row);
    const colors = stage.ramps[row.color];
    drawCells(stage, row, lines, colors);
    if (lines > 1) markSelected(stage, row.selected ?? [], lines);
    drawLineAxis(stage, lines, row.neurons, row.axis);
    drawScale(stage, colors, row.range);
  },
  hit: cellUnder,
  say(field, row, spot, who) {
    const { which, when, value } = cellAt(field, row, spot);
    const mean = row.bin * row.span > 1 ? "mean " : "";
    return `${who} ${which} · ${when} · ${mean}${row.axis === "neuron" ? "u" : "input"} ${digits(value)}`;
  },
  pick: (row, { line }, add) => pickOf(row, add, { row: line }),
};

/** @param {import("../stage.js").Stage} stage @param {HeatmapRow} row @param {number} lines @param {Uint32Array} colors */
function drawCells(stage, row, lines, colors) {
  const z = stage.arrays[row.z];
  const columns = z.length / lines;
  const [low, high] = row.range;
  paint(stage, (pixels, { width, height, first, step }) => {
    const columnAt = Int32Array.from({ length: width }, (_, x) => Math.floor((x + 0.5 - first) / (step * row.span)));
    for (let y = 0; y < height; y++) {
      const upper = Math.min(Math.floor((y * lines) / height), lines - 1);
      const lower = Math.max(Math.min(Math.floor(((y + 1) * lines) / height), lines), upper + 1);
      for (let x = 0; x < width; x++) {
        const column = columnAt[x];
        if (column < 0 || column >= columns) continue;
        let sum = 0; // of the lines that share this pixel
        for (let line = upper; line < lower; line++) sum += z[line * columns + column];
        pixels[y * width + x] = colorAt(colors, (sum / (lower - upper) - low) / (high - low));
      }
    }
  });
}
