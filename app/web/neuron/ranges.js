// What each lane spans, and where a part of a step leads on the scale of u.

import { spanning } from "./lanes.js";
import { differenceFromA, rowIn } from "./runs.js";

/** @typedef {import("./state.js").View} View */
/** @typedef {import("./lanes.js").Range} Range */

const DRAWN = [-0.5, 1]; // what the input's lane holds at least where it is drawn by hand

/**
 * What each lane spans: its values and 0, and while something is dragged also what it spanned before.
 * @param {View} view
 * @returns {View["ranges"]}
 */
export function rangesOf(view) {
  const runs = [view.run, ...view.seconds.filter(({ name }) => name !== "ghost").map(({ run }) => run)];
  const values = (/** @type {import("./scan.js").Quantity} */ name) => runs.map((run) => rowIn(view, run, name));
  const { threshold } = view.p;
  const found = {
    input: spanning([rowIn(view, view.run, "z")], view.settings.input.kind === "drawn" ? DRAWN : []),
    current: spanning(values("i")),
    trace: spanning([...values("u"), ...values("v"), threshold < Infinity ? rowIn(view, view.run, "theta") : []]),
    difference: spanning([differenceFromA(view) ?? []]),
  };
  if (!view.isDragging) return found;
  const { input, current, trace, difference } = view.ranges;
  return {
    input: around(input, found.input),
    current: around(current, found.current),
    trace: around(trace, found.trace),
    difference: around(difference, found.difference),
  };
}

/** @param {Range} one @param {Range} other @returns {Range} */
const around = (one, other) => [Math.min(one[0], other[0]), Math.max(one[1], other[1])];

/** The step's values that the lit part of the equation leads from and to, on the scale of u. @param {View} view */
export function partAt(view) {
  if (!view.part) return null;
  const [u, v, theta, s] = /** @type {const} */ (["u", "v", "theta", "s"]).map((name) => rowIn(view, view.run, name)[view.at]);
  const before = view.at ? rowIn(view, view.run, "v")[view.at - 1] : 0;
  const kept = Math.fround(view.p.alpha * before);
  const after = { decay: [before, kept], input: [kept, u], compare: [u, theta], spike: [theta, u], reset: [u, v], bound: [v, v] };
  const found = after[view.part];
  return found.every(Number.isFinite) && (view.part !== "spike" || s > 0) ? found : null;
}
