// The accuracy of both networks over the number of steps, under which T is dragged; or, while it is trained, that of the artificial one.

import { wholeWithin } from "../lib/numbers.js";
import { fitted } from "./canvas.js";
import { line, MARGIN, paintAxes, plane, through, toPixel, toValue, write } from "./plane.js";

/** @typedef {import("./conversion.js").View} View */

const DASHES = [7, 4];
const DOTS = [2, 3];
const LABEL = 28; // units that T's words take, with the room around them
const FAR = 0.1; // shares of the scale below the lowest accuracy are left out in steps of this

/** The axes for accuracies over the steps. @param {View} view @param {number} width @param {number} height */
function axes(view, width, height) {
  const { header, arrays } = view.data;
  if (!header.comparison) return plane(width, height, [0, header.most], [0, 1]);
  const { steps, accuracies, artificial } = header.comparison;
  const least = Math.min(artificial, ...arrays[accuracies], ...(header.pinned === null ? [] : arrays[header.pinned]));
  return plane(width, height, [1, steps], [Math.max(Math.floor(least / FAR) * FAR, 0), 1], true);
}

/** @param {View} view @param {import("./canvas.js").Stage} [stage] */
export function paintCurve(view, stage = fitted(view.curve.canvas)) {
  const { header, arrays } = view.data;
  const { context, width, height } = stage;
  const on = axes(view, width, height);
  const { palette, comparison } = header;
  if (!comparison || header.trains) {
    const training = plane(width, height, [0, header.most], [0, 1]);
    paintAxes(context, training, palette, { x: "epoch of the artificial network", y: "right answers", inPercent: true });
    Object.assign(context, { strokeStyle: palette.compared, lineWidth: 2.5 });
    through(context, training, arrays[header.epochs], 0);
    return;
  }
  const accuracies = arrays[comparison.accuracies];
  paintAxes(context, on, palette, { x: "steps T", y: "right answers", inPercent: true });
  const [left, right] = on.x.pixels;
  const ann = toPixel(on.y, comparison.artificial);
  Object.assign(context, { strokeStyle: palette.compared, lineWidth: 1.5 });
  context.setLineDash(DASHES);
  line(context, left, ann, right, ann);
  context.setLineDash([]);
  if (header.pinned !== null) {
    const pinned = arrays[header.pinned];
    Object.assign(context, { strokeStyle: palette.compared, fillStyle: palette.compared, lineWidth: 1.5 });
    context.setLineDash(DOTS);
    through(context, on, pinned, 1);
    context.setLineDash([]);
    write(context, "A", toPixel(on.x, 2), toPixel(on.y, pinned[1]) + 4, "left", "top");
  }
  Object.assign(context, { strokeStyle: palette.text, lineWidth: 2.5 });
  through(context, on, accuracies, 1);
  context.fillStyle = palette.compared;
  write(context, "ANN", right, Math.max(ann - 3, MARGIN.top - 2), "right", "bottom");
  const [x, y] = [toPixel(on.x, view.steps), toPixel(on.y, accuracies[view.steps - 1])];
  Object.assign(context, { strokeStyle: palette.threshold, fillStyle: palette.threshold, lineWidth: 1.5 });
  line(context, x, on.y.pixels[0], x, on.y.pixels[1]);
  context.beginPath();
  context.arc(x, y, 6, 0, 2 * Math.PI);
  context.fill();
  const isLate = x > (left + right) / 2;
  const [bottom, top] = on.y.pixels;
  const isLow = y > bottom - LABEL; // there the words stand at the top, so that they don't lie on the curve
  write(context, `T = ${view.steps}`, x + (isLate ? -9 : 9), isLow ? top + LABEL : bottom - 6, isLate ? "right" : "left", "bottom");
}

/** The number of steps at a place on the curve. @param {View} view @param {number} x in units, from the left edge of the canvas */
export function stepsAt(view, x) {
  const { comparison } = view.data.header;
  const { width, height } = fitted(view.curve.canvas, false);
  return wholeWithin(toValue(axes(view, width, height).x, x), 1, comparison?.steps ?? 1);
}
