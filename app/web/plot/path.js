// A curve as an SVG path: arrays as Python packs them, and the line through their points.

import { bytesOf } from "../lib/base64.js";

const ARRAYS = { f8: Float64Array, f4: Float32Array, i4: Int32Array };

/** @typedef {{dtype: "f8" | "f4" | "i4", bdata: string}} Packed */

/** The values of an array that Python packed, or of a plain one. @param {Packed | ArrayLike<number>} values @returns {ArrayLike<number>} */
export function unpacked(values) {
  return "bdata" in values ? new ARRAYS[values.dtype](bytesOf(values.bdata).buffer) : values;
}

/**
 * A path through points, with a gap where one isn't on the axes: NaN, or 0 on a logarithmic one.
 * @param {ArrayLike<number>} x @param {ArrayLike<number>} y
 */
export function pathThrough(x, y) {
  let [path, joins] = ["", false];
  for (let at = 0; at < x.length; at++) {
    const isThere = Number.isFinite(x[at]) && Number.isFinite(y[at]);
    if (isThere) path += `${joins ? "L" : "M"}${x[at].toFixed(1)},${y[at].toFixed(1)}`;
    joins = isThere;
  }
  return path;
}
