// Which lanes the plot has, one under the other over one time axis, and where a value lies in each. Pure functions of numbers.

import { shared } from "../lib/sharing.js";

/** @typedef {import("./state.js").View} View */
/** @typedef {[number, number]} Range the values at the lower and upper edge of a lane */
/** @typedef {"input" | "current" | "trace" | "difference"} ScaledLane those that show values on a scale */
/** @typedef {ScaledLane | "spikes" | "raster" | "axis"} LaneName */
/** @typedef {{top: number, height: number, range: Range}} Band in units of the plot */
/** @typedef {Band & {name: LaneName}} Lane */

export const LANE_GAP = 10; // units

/** How lanes share the room; the least heights are in units, and for spikes those of one run. @type {Record<LaneName, import("../lib/sharing.js").Part>} */
const PARTS = {
  input: { least: 84, weight: 0.6, most: 1.5 },
  current: { least: 60, weight: 0.8, most: 2 },
  trace: { least: 228, weight: 1.5, most: 4 },
  spikes: { least: 12, weight: 1.5, most: 2.5 },
  raster: { least: 110, weight: 1, most: 2.5 },
  difference: { least: 52, weight: 0.8, most: 2 },
  axis: { least: 32, weight: 1, most: 1 },
};
const [NARROW, FLAT] = [500, 0.62]; // up to how wide a plot, in units, lanes are so much lower, but for spikes and time
const HEADROOM = 0.08; // of a range, above and below what it holds

/** @type {Range} */
const UNSCALED = [0, 1];

/**
 * The lanes from top to bottom; what the neuron lacks has none.
 * @param {Pick<View, "p" | "run" | "seconds" | "width">} view
 * @param {Partial<Record<LaneName, Range>>} ranges
 * @param {number} room that they may fill, in units
 * @param {number} share of their least heights that they have at least
 * @returns {Lane[]}
 */
export function lanesOf({ p, run, seconds, width }, ranges, room, share) {
  const usual = share * (width <= NARROW ? FLAT : 1);
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
  const names = lanes.filter(([, isShown]) => isShown).map(([name]) => name);
  const parts = names.map((name) => ({ ...PARTS[name], least: PARTS[name].least * (scales[name] ?? usual) }));
  const heights = shared(room - names.length * LANE_GAP, parts);
  let top = LANE_GAP;
  return names.map((name, place) => {
    const lane = { name, top, height: heights[place], range: ranges[name] ?? UNSCALED };
    top += lane.height + LANE_GAP;
    return lane;
  });
}

/** The height of all lanes in units. @param {Lane[]} lanes */
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
