// Where a time step lies on the page: one axis for all rows. Pure functions of the numbers.

const LEFT = 52; // pixels for the vertical axes
const RIGHT = 44; // pixels for what stands at the row ends

/** @typedef {{from: number, to: number, width: number}} TimeAxis times at the left and right edge, width of the whole row in pixels */

/** @param {TimeAxis} axis */
const plotWidth = (axis) => Math.max(axis.width - LEFT - RIGHT, 1);

/** @param {TimeAxis} axis */
const toPixel = (axis, time) => LEFT + (time - axis.from) / (axis.to - axis.from) * plotWidth(axis);

/** @param {TimeAxis} axis */
const toTime = (axis, pixel) => axis.from + (pixel - LEFT) / plotWidth(axis) * (axis.to - axis.from);

/** Round numbers between the edges, a handful of them. @returns {number[]} */
function ticks(from, to, most = 8) {
  const rough = (to - from) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough);
  const first = Math.ceil(from / unit - 1e-9) * unit;
  return Array.from({ length: Math.max(Math.floor((to - first) / unit + 1e-9) + 1, 0) }, (_, index) => first + index * unit);
}
