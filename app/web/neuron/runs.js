// The runs that are shown: that of the present settings, and those that it is compared with.

import { inDigits } from "../lib/numbers.js";
import { decayTable, parametersInForce } from "./parameters.js";
import { constantOf, rowOf, steadyState } from "./response.js";
import { scan } from "./scan.js";
import { stimulus } from "./stimulus.js";

/** @typedef {import("./state.js").View} View */
/** @typedef {import("./scan.js").Run} Run */
/** @typedef {import("./step.js").Parameters} Parameters */

/** A run to compare with, and the words that stand beside its line. @typedef {{name: "ghost" | "beside" | "A", label: string, p: Parameters, run: Run}} Second */

/** What runs follow from. @typedef {Pick<View, "settings" | "base" | "neuron" | "ghost" | "header" | "arrays" | "table">} InForce */

/** Runs the neurons again, and those that they are compared with. @param {View} view */
export function derive(view) {
  view.derives = false;
  Object.assign(view, derived(view));
}

/** @param {InForce} inForce */
export function derived({ settings: { kind, models, input }, base, neuron, ghost, header, arrays, table }) {
  const p = parametersInForce(models[kind], table);
  const run = scan(stimulus(input, base), input.shape[2], p);
  /** @type {Second[]} */
  const seconds = [];
  if (ghost) seconds.push({ name: "ghost", label: "before the drag", ...ghost });
  const { beside, pinned } = header;
  if (beside) {
    const other = parametersInForce({ ...models[kind], ...beside.changes }, table);
    const z = rowOf(run, run.z, neuron);
    const steady = steadyUnder(z, header.least_span, other);
    const label = steady === null ? beside.label : `${beside.label}, v∞ ${inDigits(steady)}`;
    seconds.push({ name: "beside", label, p: other, run: scan(z, 1, other) });
  }
  if (pinned) {
    const z = arrays[pinned.z];
    const row = z.length > pinned.steps * neuron ? neuron : 0;
    const other = parametersInForce(pinned.neuron, decayTable(pinned.neuron.decays));
    seconds.push({ name: "A", label: "A", p: other, run: scan(z.slice(row * pinned.steps, (row + 1) * pinned.steps), 1, other) });
  }
  return { p, run, seconds };
}

/**
 * The selected neuron's row of an array of a run; of a run of one neuron all of it.
 * @param {{neuron: number}} view
 * @param {Run} run
 * @param {import("./scan.js").Quantity} name
 */
export const rowIn = (view, run, name) => rowOf(run, run[name], run.neurons > view.neuron ? view.neuron : 0);

/** Where v of the shown neuron tends under its constant current, null where it has none or v tends nowhere. @param {View} view */
export const steadyOf = (view) => steadyUnder(rowIn(view, view.run, "z"), view.header.least_span, view.p);

/** @param {Float32Array} z @param {number} leastSpan @param {Parameters} p @returns {number | null} */
function steadyUnder(z, leastSpan, p) {
  const steady = steadyState(constantOf(z, leastSpan), p);
  return Number.isFinite(steady) ? steady : null;
}

/** u minus that of the pinned run at each step, null where they can't be compared. @param {View} view */
export function differenceFromA(view) {
  const pinned = view.seconds.find(({ name }) => name === "A");
  if (!pinned || pinned.run.steps !== view.run.steps) return null;
  const other = rowIn(view, pinned.run, "u");
  return rowIn(view, view.run, "u").map((u, time) => u - other[time]);
}
