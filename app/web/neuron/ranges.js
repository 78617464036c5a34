// What each lane spans, and where a part of a step leads on the scale of u.

import { inDigits } from "../lib/numbers.js";
import { spanning } from "./lanes.js";
import { differenceFromA, rowIn } from "./runs.js";

/** @typedef {import("./state.js").View} View */
/** @typedef {import("./lanes.js").Range} Range */

const DRAWN = [-0.5, 1]; // what the input's lane holds at least where it is drawn by hand
const MOST_GROWTH = 2; // times as high as without it a scale may get for a run that is drawn for comparison
const LEAST_DIFFERENCE = 0.25; // of the potential's scale, which the difference's holds at least

/**
 * What each lane spans: its values and 0, those of runs to compare with as far as they leave it large, and while something is dragged also
 * what it spanned before.
 * @param {View} view
 * @returns {View["ranges"]}
 */
export function rangesOf(view) {
  const others = view.seconds.filter(({ name }) => name !== "ghost").map(({ run }) => run);
  /** @param {import("./scan.js").Quantity[]} names @param {Iterable<number>[]} [more] */
  const spanned = (names, more = []) => {
    const valuesOf = (/** @type {import("./scan.js").Run} */ run) => names.map((name) => rowIn(view, run, name));
    const own = [...valuesOf(view.run), ...more];
    return grown(spanning(own), spanning([...own, ...others.flatMap(valuesOf)]));
  };
  const trace = spanned(["u", "v"], view.p.threshold < Infinity ? [rowIn(view, view.run, "theta")] : []);
  const found = {
    input: spanning([rowIn(view, view.run, "z")], view.settings.input.kind === "drawn" ? DRAWN : []),
    current: spanned(["i"]),
    trace,
    difference: spanning([differenceFromA(view) ?? []], differenceScale(trace)),
  };
  if (!view.isDragging) return found;
  const before = view.ranges;
  return {
    input: around(before.input, found.input),
    current: around(before.current, found.current),
    trace: around(before.trace, found.trace),
    difference: around(before.difference, found.difference),
  };
}

/**
 * A scale that grows for what is drawn for comparison, but leaves what is looked at large; what lies beyond is cut off.
 * @param {Range} own without it
 * @param {Range} all with it
 * @returns {Range}
 */
export function grown(own, all) {
  const most = (MOST_GROWTH - 1) * (own[1] - own[0]);
  return [Math.max(all[0], own[0] - most), Math.min(all[1], own[1] + most)];
}

/** What the scale of a difference holds, so that a small one looks small beside the potential. @param {Range} trace the potential's scale */
export const differenceScale = ([low, high]) => [-LEAST_DIFFERENCE * (high - low), LEAST_DIFFERENCE * (high - low)];

/** How far values reach beyond a scale, in words; empty where they don't. @param {Iterable<number>} values @param {Range} range */
export function beyond(values, [low, high]) {
  let [least, most] = [low, high];
  for (const value of values) {
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return `${most > high ? `, up to ${inDigits(most)}` : ""}${least < low ? `, down to ${inDigits(least)}` : ""}`;
}

/** @param {Range} one @param {Range} other @returns {Range} */
const around = (one, other) => [Math.min(one[0], other[0]), Math.max(one[1], other[1])];

/** The step's values that the lit part of the equation leads from and to, on the scale of u. @param {View} view */
export function partAt(view) {
  if (!view.part) return null;
  const [u, v, theta, s] = /** @type {const} */ (["u", "v", "theta", "s"]).map((name) => rowIn(view, view.run, name)[view.at]);
  const before = view.at ? rowIn(view, view.run, "v")[view.at - 1] : view.p.firstV;
  const kept = Math.fround(view.p.alpha * before);
  const after = { decay: [before, kept], input: [kept, u], compare: [u, theta], spike: [theta, u], reset: [u, v], bound: [v, v] };
  const found = after[view.part];
  return found.every(Number.isFinite) && (view.part !== "spike" || s > 0) ? found : null;
}
