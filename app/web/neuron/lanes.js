// Which lanes the plot has, one under the other over one time axis, and where a value lies in each. Pure functions of numbers.

/** @typedef {import("./state.js").View} View */
/** @typedef {[number, number]} Range the values at the lower and upper edge of a lane */
/** @typedef {"input" | "current" | "trace" | "difference"} ScaledLane those that show values on a scale */
/** @typedef {ScaledLane | "spikes" | "raster" | "axis"} LaneName */
/** @typedef {{top: number, height: number, range: Range}} Band in pixels of the plot */
/** @typedef {Band & {name: LaneName}} Lane */

export const LANE_GAP = 10; // pixels

/** In pixels; spikes: of each run. @type {Record<LaneName, number>} */
const HEIGHTS = { input: 84, current: 60, trace: 228, spikes: 12, raster: 110, difference: 52, axis: 32 };
const [NARROW, FLAT] = [500, 0.62]; // up to how wide a plot, in pixels, lanes are so much lower, but for spikes and time
const USUAL = [900, 800]; // width of the plot and height of the window for which they are so high; where there is more of both, they grow
const HEADROOM = 0.08; // of a range, above and below what it holds

/** @type {Range} */
const UNSCALED = [0, 1];

/**
 * The lanes from top to bottom; what the neuron lacks has none.
 * @param {Pick<View, "p" | "run" | "seconds" | "width">} view
 * @param {Partial<Record<LaneName, Range>>} ranges
 * @param {number} windowHeight
 * @returns {Lane[]}
 */
export function lanesOf({ p, run, seconds, width }, ranges, windowHeight) {
  const usual = width <= NARROW ? FLAT : Math.max(Math.min(width / USUAL[0], windowHeight / USUAL[1]), 1);
  /** @type {Partial<Record<LaneName, number>>} */
  const scales = { spikes: 1 + seconds.length, axis: 1 };
  /** @type {[LaneName, boolean][]} */
  const lanes = [
    ["input", true],
    ["current", p.beta !== null],
    ["trace", true],
    ["spikes", p.threshold < Infinity],
    ["raster", run.neurons > 1],
    ["difference", seconds.some(({ name, run: other }) => name === "A" && other.steps === run.steps)],
    ["axis", true],
  ];
  let top = LANE_GAP;
  return lanes
    .filter(([, isShown]) => isShown)
    .map(([name]) => {
      const lane = { name, top, height: HEIGHTS[name] * (scales[name] ?? usual), range: ranges[name] ?? UNSCALED };
      top += lane.height + LANE_GAP;
      return lane;
    });
}

/** The height of all lanes in pixels. @param {Lane[]} lanes */
export function heightOf(lanes) {
  const { top, height } = lanes[lanes.length - 1];
  return top + height;
}

/** A lane that is always shown. @param {Lane[]} lanes @param {"input" | "trace" | "axis"} name */
export function laneCalled(lanes, name) {
  const found = lanes.find((lane) => lane.name === name);
  if (!found) throw new RangeError(`There is no lane ${name}.`);
  return found;
}

/** @param {Band} lane @param {number} value */
export const toY = ({ top, height, range: [low, high] }, value) => top + ((high - value) / (high - low)) * height;

/** @param {Band} lane @param {number} y */
export const toValue = ({ top, height, range: [low, high] }, y) => high - ((y - top) / height) * (high - low);

/**
 * The range of all values, 0 and `least`; where all are 0 it is one that can be dragged in.
 * @param {Iterable<number>[]} arrays
 * @param {number[]} [least]
 * @returns {Range}
 */
export function spanning(arrays, least = []) {
  let [low, high] = [Math.min(0, ...least), Math.max(0, ...least)];
  for (const array of arrays) {
    for (const value of array) {
      if (!Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  if (low === high) return [0, 1];
  const room = (high - low) * HEADROOM;
  return [low < 0 ? low - room : low, high + room];
}
