// Which time steps are on display. Pure functions of the numbers.

import { clamp } from "../lib/numbers.js";

const LEAST_SPAN = 4; // time steps that a zoom leaves

/** @typedef {[number, number]} Range times at the left and right edge */

/** The times at the edges without zoom. @param {number} steps @returns {Range} */
export const wholeRange = (steps) => [-0.5, steps - 0.5];

/**
 * A range within the run that is not too narrow, or null for all of it.
 * @param {number} from
 * @param {number} to
 * @param {number} steps
 * @returns {Range | null}
 */
export function zoomed(from, to, steps) {
  const [first, last] = wholeRange(steps);
  const span = Math.max(to - from, LEAST_SPAN);
  if (span >= last - first) return null;
  const start = clamp((from + to - span) / 2, first, last - span);
  return [start, start + span];
}

/**
 * The range moved along, so that a time is in it.
 * @param {Range} range
 * @param {number} time
 * @param {number} steps
 */
export function pannedTo(range, time, steps) {
  const [from, to] = range;
  if (time >= from && time <= to) return range;
  const start = time < from ? time - 0.5 : time + 0.5 - (to - from);
  return zoomed(start, start + to - from, steps);
}
