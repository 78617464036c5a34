// A curve as an SVG path: arrays as Python packs them, and the line through their points.

const ARRAYS = { f8: Float64Array, f4: Float32Array, i4: Int32Array };

/** The values of an array that Python packed, or of a plain one. */
export function unpacked(values) {
  if (!values.bdata) return values;
  return new ARRAYS[values.dtype](Uint8Array.from(atob(values.bdata), (character) => character.charCodeAt(0)).buffer);
}

/** A path through points, with a gap where one isn't on the axes: NaN, or 0 on a logarithmic one. */
export function pathThrough(x, y) {
  let [path, joins] = ["", false];
  for (let at = 0; at < x.length; at++) {
    const isThere = Number.isFinite(x[at]) && Number.isFinite(y[at]);
    if (isThere) path += `${joins ? "L" : "M"}${x[at].toFixed(1)},${y[at].toFixed(1)}`;
    joins = isThere;
  }
  return path;
}
