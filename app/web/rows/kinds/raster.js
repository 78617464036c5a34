// Spikes as ticks, with their sums at the row's end.

import { channels, pixel } from "../../lib/color.js";
import { pickOf } from "../acts.js";
import { drawCounts, drawLineAxis, markSelected, paint, SEPARATE } from "../drawing.js";
import { drawMarks, isMarked } from "../marks.js";
import { digits } from "../reading.js";
import { largestSize } from "../sizes.js";
import { cellAt, cellUnder, linesIn } from "./grid.js";

/** @typedef {import("../../wire.js").RasterRow} RasterRow */
/** @typedef {import("../stage.js").Stage} Stage */
/** @typedef {import("../stage.js").Values} Values */

const FAINTEST = 0.5; // of one spike beside a time step with several
const SHADES = 16;
const THIN = 0.45; // width of a second run's ticks beside the first one's

/** @type {import("./kinds.js").RowKind<RasterRow>} */
export const raster = {
  runsOver: "time",
  lines: (_, row) => linesIn(row),
  draw(stage, row) {
    const lines = linesIn(row);
    drawSpikes(stage, row, lines);
    if (lines > 1) markSelected(stage, row.selected ?? [], lines);
    if (row.marks) drawMarks(stage, row.marks, lines);
    drawCounts(stage, stage.arrays[row.counts]);
    drawLineAxis(stage, lines, row.neurons, row.other ? briefly(row.other) : row.axis);
  },
  hit: cellUnder,
  say(field, row, spot, who) {
    const { which, when, value } = cellAt(field, row, spot);
    const run = row.other ? ` · ${row.other}` : "";
    const target = row.marks && isMarked(field.arrays, row.marks, spot) ? " · target" : "";
    return `${who} ${which}${run} · ${when} · spikes ${digits(value)}${target}`;
  },
  pick(row, { line, time }, add, arrays) {
    if (row.marks_one && !add) return { do: "mark", neuron: line, time };
    if (row.asks != null && !add && spikesAt(arrays, row, line, time)) return { do: "ask", layer: row.asks, row: line, time };
    return pickOf(row, add, { row: line });
  },
};

/** Spikes in the cell at a line and a time. @param {Values[]} arrays @param {RasterRow} row @param {number} line @param {number} time */
function spikesAt(arrays, row, line, time) {
  const z = arrays[row.z];
  return z[(line * z.length) / linesIn(row) + Math.floor(time / row.span)];
}

/** A second run's name where there is little room: "A" of "A, epoch 5". @param {string} name */
const briefly = (name) => (/^[A-Z]\b/.test(name) ? name[0] : "other");

/** Puts spikes into pixels one by one, so that none is lost between them. @param {Stage} stage @param {RasterRow} row @param {number} lines */
function drawSpikes(stage, row, lines) {
  const z = stage.arrays[row.z];
  const columns = z.length / lines;
  const most = Math.max(largestSize(z), 1);
  const rgb = channels(stage.palette[row.color]);
  const shades = Array.from({ length: SHADES }, (_, level) => pixel(rgb, FAINTEST + ((1 - FAINTEST) * level) / (SHADES - 1)));
  paint(stage, (pixels, { width, height, first, step }) => {
    const cell = step * row.span;
    const wide = Math.max(1, Math.round((cell >= SEPARATE ? cell - 1 : cell) * (row.other ? THIN : 1)));
    const begin = Math.max(0, Math.floor(-first / step / row.span) - 1);
    for (let line = 0; line < lines; line++) {
      const top = Math.floor((line * height) / lines);
      const below = Math.floor(((line + 1) * height) / lines);
      const bottom = Math.max(top + 1, below - top >= SEPARATE ? below - 1 : below);
      for (let column = begin; column < columns; column++) {
        const left = Math.round(first + column * cell);
        if (left >= width) break;
        const count = z[line * columns + column];
        if (!(count > 0) || left + wide <= 0) continue;
        const shade = shades[most > 1 ? Math.round(((SHADES - 1) * (count - 1)) / (most - 1)) : SHADES - 1];
        for (let y = top; y < bottom; y++) pixels.fill(shade, y * width + Math.max(left, 0), y * width + Math.min(left + wide, width));
      }
    }
  });
}
