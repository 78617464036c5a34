// Colours of values: ramps that are even to the eye (straight lines in Oklab, Ottosson 2020), from a background to a hue and beyond.

import { clamp } from "./numbers.js";

/** @typedef {[number, number, number]} Triple red, green, blue from 0 to 255, or a place in Oklab */

const LEVELS = 256;

/** Red, green and blue. @param {string} hex "#rrggbb" @returns {Triple} */
export const channels = (hex) => /** @type {Triple} */ ([1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));

/** @param {number} value */
const linear = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
/** @param {number} value */
const companded = (value) => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);

/** @param {string} hex @returns {Triple} */
function toOklab(hex) {
  const [red, green, blue] = channels(hex).map((value) => linear(value / 255));
  const l = Math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue);
  const m = Math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue);
  const s = Math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

/** @param {Triple} place @returns {Triple} */
function fromOklab([lightness, a, b]) {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return /** @type {Triple} */ (rgb.map((value) => Math.round(255 * clamp(companded(Math.max(value, 0)), 0, 1))));
}

/** Colours from one stop to the next in even steps, each as a pixel of ImageData. @param {string[]} stops @returns {Uint32Array} */
export function ramp(stops) {
  const lab = stops.map(toOklab);
  const last = stops.length - 1;
  return Uint32Array.from({ length: LEVELS }, (_, level) => {
    const place = (level / (LEVELS - 1)) * last;
    const index = Math.min(Math.floor(place), last - 1);
    const mixed = lab[index].map((value, axis) => value + (lab[index + 1][axis] - value) * (place - index));
    return pixel(fromOklab(/** @type {Triple} */ (mixed)));
  });
}

/** The colour at a share of a ramp, from 0 to 1. @param {Uint32Array} colors @param {number} share */
export const colorAt = (colors, share) => colors[Math.round(clamp(share, 0, 1) * (LEVELS - 1))];

/** A pixel of ImageData, little-endian. @param {Triple} rgb @param {number} [alpha] 0 to 1 */
export const pixel = ([red, green, blue], alpha = 1) => ((Math.round(255 * alpha) << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/** A pixel as a colour of CSS. @param {number} value */
export const cssColor = (value) => `rgb(${value & 255} ${(value >> 8) & 255} ${(value >> 16) & 255})`;
