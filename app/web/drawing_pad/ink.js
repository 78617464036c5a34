// From strokes to ink as the digits of the data have it: fitted to the image's height, and with as much ink. Pure functions of the numbers.

import { clamp } from "../lib/numbers.js";

export const SIDE = 32; // pixels of ink along each side

/** Points of a stroke from pen down to pen up, in shares of the pad; y downwards. @typedef {[number, number][]} Stroke */

const WIDEST = 24; // pixels that a digit takes across
const USUAL_INK = 312; // pixels of a digit of the data, on average
const [THINNEST, THICKEST] = [3, 6.5]; // pixels of the pen
const STEEPEST = 2.5; // times that a digit may be stretched more in one direction than in the other
const ROUNDS = 4; // of finding a pen and a size that fit each other

/**
 * Ink of strokes, 1 where it is. They are made as high as the image, and no wider than the data's digits; the pen is as thick as it takes for
 * as much ink as those have.
 * @param {Stroke[]} strokes
 * @returns {Uint8Array<ArrayBuffer>} SIDE² pixels, from the top row down
 */
export function fitted(strokes) {
  const points = strokes.flat();
  if (!points.length) return new Uint8Array(SIDE * SIDE);
  const [left, top] = [0, 1].map((axis) => Math.min(...points.map((point) => point[axis])));
  const [width, height] = [0, 1].map((axis) => Math.max(...points.map((point) => point[axis])) - [left, top][axis]);
  let [pen, across, down] = [(THINNEST + THICKEST) / 2, SIDE, SIDE];
  /** @type {Stroke[]} */
  let placed = [];
  for (let round = 0; round < ROUNDS; round++) {
    down = (SIDE - pen) / Math.max(height, 1 / SIDE);
    across = Math.min(down, (WIDEST - pen) / Math.max(width, 1 / SIDE));
    down = Math.min(down, STEEPEST * across);
    placed = strokes.map((stroke) =>
      stroke.map(([x, y]) => [SIDE / 2 + (x - left - width / 2) * across, SIDE / 2 + (y - top - height / 2) * down]),
    );
    pen = clamp(
      USUAL_INK /
        Math.max(
          placed.reduce((sum, stroke) => sum + lengthOf(stroke), 0),
          1,
        ),
      THINNEST,
      THICKEST,
    );
  }
  return inked(placed, pen);
}

/**
 * Ink of strokes where they are, on top of other ink.
 * @param {Stroke[]} strokes in pixels
 * @param {number} pen its width in pixels
 * @param {Uint8Array<ArrayBuffer>} [ink]
 */
export function inked(strokes, pen, ink = new Uint8Array(SIDE * SIDE)) {
  const reach = (pen / 2) ** 2;
  for (let at = 0; at < ink.length; at++) {
    const [x, y] = [(at % SIDE) + 0.5, Math.floor(at / SIDE) + 0.5];
    if (!ink[at] && strokes.some((stroke) => stroke.some((end, index) => distance(x, y, stroke[Math.max(index - 1, 0)], end) <= reach)))
      ink[at] = 1;
  }
  return ink;
}

/** The square of the distance of a point from the line between two others. @param {number} x @param {number} y @param {[number, number]} from @param {[number, number]} to */
function distance(x, y, [x0, y0], [x1, y1]) {
  const [along, up] = [x1 - x0, y1 - y0];
  const length = along * along + up * up;
  const share = length ? clamp(((x - x0) * along + (y - y0) * up) / length, 0, 1) : 0;
  return (x - x0 - share * along) ** 2 + (y - y0 - share * up) ** 2;
}

/** @param {Stroke} stroke */
const lengthOf = (stroke) => stroke.slice(1).reduce((sum, [x, y], at) => sum + Math.hypot(x - stroke[at][0], y - stroke[at][1]), 0);

/** Ink as bits, eight pixels a byte, the first one lowest, in base64. @param {Uint8Array} ink */
export function packed(ink) {
  const bytes = new Uint8Array(ink.length / 8);
  for (let at = 0; at < ink.length; at++) bytes[at >> 3] |= ink[at] << (at & 7);
  return btoa(String.fromCharCode(...bytes));
}
