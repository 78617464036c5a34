// Where a time step lies on the page: one axis for all rows. Pure functions of the numbers.

export const LEFT = 52; // units for the vertical axes
export const RIGHT = 44; // units for what stands at the row ends

/** @typedef {{from: number, to: number, width: number}} TimeAxis times at the left and right edge, width of the whole row in units */

/** @param {TimeAxis} axis */
export const plotWidth = (axis) => Math.max(axis.width - LEFT - RIGHT, 1);

/** @param {TimeAxis} axis @param {number} time */
export const toPixel = (axis, time) => LEFT + ((time - axis.from) / (axis.to - axis.from)) * plotWidth(axis);

/** @param {TimeAxis} axis @param {number} pixel */
export const toTime = (axis, pixel) => axis.from + ((pixel - LEFT) / plotWidth(axis)) * (axis.to - axis.from);

/**
 * Leads along values that hold for one time step each, from half a step before its time to half a step after. In the middle of a step
 * u becomes v. Steps that share half a pixel are one upright line over all their values.
 * @param {TimeAxis} axis
 * @param {ArrayLike<number>} u
 * @param {ArrayLike<number>} v
 * @param {(x: number, value: number) => void} to a corner of the line
 */
export function alongSteps(axis, u, v, to) {
  const many = Math.max(Math.floor((axis.to - axis.from) / plotWidth(axis) / 2), 1);
  const end = Math.min(u.length, Math.ceil(axis.to + 0.5));
  for (let begin = Math.max(Math.floor((axis.from + 0.5) / many) * many, 0); begin < end; begin += many) {
    const next = Math.min(begin + many, end);
    const [first, last] = [u[begin], v[next - 1]];
    let [low, high] = [first, first];
    for (let time = begin; time < next; time++) {
      low = Math.min(low, u[time], v[time]);
      high = Math.max(high, u[time], v[time]);
    }
    to(toPixel(axis, begin - 0.5), first);
    const middle = toPixel(axis, (begin + next - 1) / 2);
    if (low !== high) for (const value of last > first ? [first, low, high, last] : [first, high, low, last]) to(middle, value);
    to(toPixel(axis, next - 0.5), last);
  }
}

/**
 * Round numbers between the edges, a handful of them.
 * @param {number} from
 * @param {number} to
 * @param {number} [most]
 * @returns {number[]}
 */
export function ticks(from, to, most = 8) {
  const rough = (to - from) / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = [1, 2, 5].map((factor) => factor * power).find((step) => step >= rough) ?? 10 * power;
  const first = Math.ceil(from / unit - 1e-9) * unit;
  return Array.from({ length: Math.max(Math.floor((to - first) / unit + 1e-9) + 1, 0) }, (_, index) => first + index * unit);
}
