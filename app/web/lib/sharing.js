// How parts one below the other share a height. Pure functions of the numbers.

import { clamp } from "./numbers.js";

const HALVINGS = 40; // of the search for the scale; each doubles its precision

/**
 * What a part takes: its height where nothing is to share, how eagerly it grows beside the others, and how many times its least it may get.
 * @typedef {{least: number, weight: number, most: number}} Part
 */

/**
 * Heights that add up to the room, in whole units, so that at most one for each part is left over. Each part is as high as its least times
 * its weight times a scale that all have in common, but no lower than its least and no higher than its most.
 * @param {number} room
 * @param {Part[]} parts
 * @returns {number[]} the least heights where there is less room, and the most where there is more
 */
export function shared(room, parts) {
  /** @param {number} scale */
  const heights = (scale) => parts.map(({ least, weight, most }) => least * clamp(weight * scale, 1, most));
  /** @param {number[]} all */
  const total = (all) => all.reduce((sum, height) => sum + height, 0);
  let [low, high] = [0, Math.max(...parts.map(({ weight, most }) => most / weight), 0)];
  if (total(heights(high)) <= room) return heights(high).map(Math.floor);
  for (let halving = 0; halving < HALVINGS; halving++) {
    const middle = (low + high) / 2;
    if (total(heights(middle)) <= room) low = middle;
    else high = middle;
  }
  return heights(low).map(Math.floor);
}
