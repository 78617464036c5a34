// The largest value of an array, kept with the array: rows are drawn far more often than they change.

/** @typedef {import("../lib/received.js").Values} Values */

/** @type {WeakMap<Values, number>} */
const kept = new WeakMap();

/** The largest distance of the values from 0. @param {Values} values */
export function largestSize(values) {
  let largest = kept.get(values);
  if (largest === undefined) {
    largest = 0;
    for (let index = 0; index < values.length; index++) largest = Math.max(largest, Math.abs(values[index]));
    kept.set(values, largest);
  }
  return largest;
}
