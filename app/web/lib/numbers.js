// Numbers, in bounds and in words.

/**
 * @param {number} value
 * @param {number} low
 * @param {number} high
 */
export const clamp = (value, low, high) => Math.max(Math.min(value, high), low);

/** @param {number} value @param {number} low @param {number} high */
export const wholeWithin = (value, low, high) => clamp(Math.round(value), low, high);

/** @param {ArrayLike<number>} values */
export function sumOf(values) {
  let sum = 0;
  for (let index = 0; index < values.length; index++) sum += values[index];
  return sum;
}

/**
 * A number with as many digits as it deserves; whole numbers keep all of theirs.
 * @param {number} value
 * @param {number} [digits]
 */
export const inDigits = (value, digits = 3) =>
  String(Number.isInteger(value) && Math.abs(value) < 1e6 ? value : Number(value.toPrecision(digits)));

/** A number with three digits, or from 1000 on as a whole one, and beyond a billion with an exponent: 0.163, -5.35, 1,220, 3.2e+12. @param {number} value */
export function threeDigits(value) {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size >= 999.5 && size < 1e9) return (Math.sign(value) * Math.round(size)).toLocaleString("en-US");
  const [digits, exponent] = value.toExponential(2).split("e").map(Number);
  if (exponent >= -4 && exponent < 3) return String(Number(value.toPrecision(3)));
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** A number as a field shows it. @param {number} value */
export const written = (value) => String(Number.isInteger(value) ? value : Number(value.toPrecision(6)));
