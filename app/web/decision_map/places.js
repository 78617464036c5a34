// Places on the plane and in the list of neurons. Pure functions of the numbers.

import { clamp } from "../lib/numbers.js";

/** @typedef {[number, number]} Point x and y from 0 to 1, y upwards */

/** The point of a grid that a place lies in. @param {Point} point @param {number} side */
export function cellAt([x, y], side) {
  const [column, row] = [x, 1 - y].map((share) => clamp(Math.floor(share * side), 0, side - 1));
  return row * side + column;
}

/**
 * The sample next to a point.
 * @param {Point} point
 * @param {ArrayLike<number>} xs of the samples, as bytes
 * @param {ArrayLike<number>} ys
 * @returns {number | null} null if there is none
 */
export function nearest([x, y], xs, ys) {
  let [found, least] = [/** @type {number | null} */ (null), Infinity];
  for (let sample = 0; sample < xs.length; sample++) {
    const distance = (xs[sample] / 255 - x) ** 2 + (ys[sample] / 255 - y) ** 2;
    if (distance < least) [found, least] = [sample, distance];
  }
  return found;
}

/** @typedef {{map: number, columns: number, rows: number, tile: number, beside: boolean}} Layout in units; `map` is the side of the large map */

/**
 * How the large map and the tiles of the neurons share the room: one below the other or side by side, whichever makes the map larger.
 * @param {number} width
 * @param {number} height
 * @param {number} tiles
 * @param {{least: number, most: number, gap: number, smallest: number}} sizes of a tile; between the parts; of the map
 * @returns {Layout}
 */
export function layout(width, height, tiles, { least, most, gap, smallest }) {
  if (!tiles) return { map: Math.floor(Math.min(width, Math.max(height, smallest))), columns: 0, rows: 0, tile: 0, beside: false };
  const tried = [];
  for (let tile = most; tile >= least; tile--) {
    const columns = clamp(Math.floor(width / tile), 1, tiles);
    const rows = Math.ceil(tiles / columns);
    tried.push({ map: Math.floor(Math.min(width, height - gap - rows * tile)), columns, rows, tile, beside: false });
    const high = Math.max(Math.floor((height - gap) / tile), 1);
    const wide = Math.ceil(tiles / high);
    tried.push({
      map: Math.floor(Math.min(height, width - gap - wide * tile)),
      columns: wide,
      rows: Math.ceil(tiles / wide),
      tile,
      beside: true,
    });
  }
  /** A map that is large, and tiles that aren't smaller than they need be. @param {Layout} one */
  const worth = ({ map, tile }) => map + 2 * tile;
  const best = tried.reduce((one, other) => (worth(other) > worth(one) ? other : one));
  if (best.map >= smallest) return best;
  const columns = clamp(Math.floor(width / least), 1, tiles);
  return { map: Math.floor(Math.min(width, smallest)), columns, rows: Math.ceil(tiles / columns), tile: least, beside: false };
}
