// Bars side by side: rates of neurons, a histogram of intervals.

import { inDigits } from "../../lib/numbers.js";
import { LEFT, plotWidth } from "../../lib/time_axis.js";
import { pickOf } from "../acts.js";
import { drawLabel, drawTitle, drawValuesAxis, MIN_INSET, SEPARATE, VALUES_FOOT } from "../drawing.js";
import { digits, valueUnder } from "../reading.js";
import { largestSize } from "../sizes.js";

/** @type {import("./kinds.js").RowKind<import("../../wire.js").BarsRow>} */
export const bars = {
  runsOver: "values",
  lines: (arrays, row) => arrays[row.z].length,
  draw(stage, row) {
    const { context, axis, height, palette } = stage;
    const z = stage.arrays[row.z];
    const top = row.largest || largestSize(z) || 1;
    const floor = height - VALUES_FOOT;
    const wide = plotWidth(axis) / z.length;
    for (let index = 0; index < z.length; index++) {
      context.fillStyle = index === row.selected ? palette.membrane : palette.text;
      const tall = (z[index] / top) * (floor - 2);
      context.fillRect(LEFT + index * wide, floor - tall, Math.max(wide > SEPARATE ? wide - 1 : wide, 0.5), tall);
    }
    drawLabel(stage, inDigits(top), MIN_INSET);
    drawTitle(stage, row.axis);
    drawValuesAxis(stage, row.first, row.first + z.length * row.bin - 1, row.across);
  },
  hit({ axis, arrays }, row, left) {
    const line = valueUnder(axis, left, arrays[row.z].length);
    return line === null ? null : { line };
  },
  say({ arrays }, row, { line }, who) {
    const first = row.first + line * row.bin;
    const which = row.bin > 1 ? `${first}–${first + row.bin - 1}` : first;
    return `${who} · ${row.across} ${which} · ${row.axis} ${digits(arrays[row.z][line])}`;
  },
  pick: (row, { line }, add) => pickOf(row, add, { row: line }),
};
