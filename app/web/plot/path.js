// A curve as an SVG path.

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
