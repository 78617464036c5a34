// Which time steps are seen. Pure functions of the numbers.

const LEAST_SPAN = 4; // time steps that a zoom leaves

/** @param {number} steps @returns {number[]} the times at the edges without zoom */
const wholeRange = (steps) => [-0.5, steps - 0.5];

/** A range within the run that is not too narrow, or null for all of it. @returns {?number[]} */
function zoomed(from, to, steps) {
  const [first, last] = wholeRange(steps);
  const span = Math.max(to - from, LEAST_SPAN);
  if (span >= last - first) return null;
  const start = Math.min(Math.max((from + to - span) / 2, first), last - span);
  return [start, start + span];
}
