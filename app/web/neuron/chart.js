// A chart in a panel: lines over two quantities, and what each means.

import { LEFT, toPixel } from "../lib/time_axis.js";
import { LANE_GAP, toY } from "./lanes.js";
import { paintLane } from "./marks.js";
import { paintPath, paintScale, write } from "./painting.js";

/** @typedef {import("./lanes.js").Range} Range */
/** @typedef {import("./painting.js").Point} Point */
/** @typedef {{label: string, points: Point[], stroke: import("./painting.js").Stroke}} Line */

export const KEY_LINE = 15; // pixels of a line of the key above the chart
const HEIGHT = 210; // pixels

/**
 * @param {import("./painting.js").Stage} stage
 * @param {[Range, Range]} ranges of the quantity across, and of the other
 * @param {[string, string]} names of the two
 * @param {Line[]} lines
 */
export function paintChart(stage, [across, upwards], names, lines) {
  const { context, view } = stage;
  const axis = { from: across[0], to: across[1], width: view.width };
  const x = (/** @type {number} */ value) => toPixel(axis, value);
  const lane = { top: lines.length * KEY_LINE + LANE_GAP, height: HEIGHT, range: upwards };
  paintLane(stage, lane, names[1], () => {
    for (const { points, stroke } of lines) {
      const inPixels = points.map(([right, up]) => /** @type {Point} */ ([x(right), toY(lane, up)]));
      paintPath(context, inPixels, ...stroke);
    }
  });
  paintScale({ ...stage, axis, x }, lane.top + HEIGHT, 5, names[0]);
  lines.forEach(({ label, points, stroke }, place) => {
    const y = (place + 0.5) * KEY_LINE;
    /** @type {Point[]} */
    const sample =
      points.length > 1
        ? [
            [LEFT, y],
            [LEFT + 24, y],
          ]
        : [[LEFT + 12, y]];
    paintPath(context, sample, ...stroke);
    write(stage, label, LEFT + 30, y, "left");
  });
}
