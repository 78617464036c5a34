// Maps as pixels: what each byte of a grid is painted as. Pure functions of the numbers.

import { channels, pixel, ramp } from "../lib/color.js";

export const OUTSIDE = 255; // the byte of a point where no sample can be, and of a time where there is none
export const FULL = 254; // the byte of the largest value

/** Colours of the bytes of a grid. @typedef {(byte: number, at: number) => number} Paint */

/**
 * Fills a square of pixels from a grid, each with the point of the grid that is nearest.
 * @param {Uint32Array} pixels row by row
 * @param {number} width pixels of a row
 * @param {{left: number, top: number, size: number}} box the square, in pixels
 * @param {ArrayLike<number>} values side² of them
 * @param {number} side
 * @param {Paint} paint
 */
export function fill(pixels, width, { left, top, size }, values, side, paint) {
  const columns = Int32Array.from({ length: size }, (_, x) => Math.floor((x * side) / size));
  for (let y = 0; y < size; y++) {
    const row = Math.floor((y * side) / size) * side;
    let to = (top + y) * width + left;
    for (let x = 0; x < size; x++) {
      const at = row + columns[x];
      pixels[to++] = paint(values[at], at);
    }
  }
}

/**
 * Paints classes, each in its colour.
 * @param {string[]} colors
 * @returns {Paint}
 */
export function paintClasses(colors) {
  const table = new Uint32Array(256);
  for (const [place, color] of colors.entries()) table[place] = pixel(channels(color));
  return (byte) => table[byte];
}

/**
 * Paints each point in its class's colour, the paler the smaller its margin.
 * @param {string[]} colors
 * @param {string} background
 * @param {ArrayLike<number>} classes
 * @returns {Paint}
 */
export function paintMargins(colors, background, classes) {
  const ramps = colors.map((color) => ramp([background, color]));
  return (byte, at) => (byte === OUTSIDE ? 0 : ramps[classes[at]][byte]);
}

/** Paints levels along a ramp. @param {string[]} stops @returns {Paint} */
export function paintLevels(stops) {
  const colors = ramp(stops);
  return (byte) => (byte === OUTSIDE ? 0 : colors[byte]);
}
