// The panel of the run up to the cursor, from step to step: u over v of the step before, as a map; with a synaptic current u over that.

import { inDigits } from "../lib/numbers.js";
import { paintChart } from "./chart.js";
import { STROKES } from "./painting.js";
import { rowIn } from "./runs.js";

/** @typedef {import("./painting.js").Point} Point */

/** @param {import("./painting.js").Stage} stage @returns {string} the same in words */
export function paintPhase(stage) {
  const { view, palette } = stage;
  const { at, p, ranges } = view;
  const { alpha, gain, beta, threshold } = p;
  const [i, u, v, theta] = /** @type {const} */ (["i", "u", "v", "theta"]).map((name) => rowIn(view, view.run, name));
  const isMap = beta === null;
  const name = isMap ? "v[t-1]" : "i[t]";
  const x = isMap ? ranges.trace : ranges.current;
  const from = isMap ? [p.firstV, ...v.subarray(0, -1)] : [...i];
  const y = ranges.trace;
  const across = (/** @type {(value: number) => number} */ follows) => x.map((value) => /** @type {Point} */ ([value, follows(value)]));
  const along = y.map((value) => /** @type {Point} */ ([value * (1 - alpha), value]));
  /** @type {Point[]} */
  const run = [];
  for (let time = 0; time <= at; time++) {
    run.push([from[time], u[time]]);
    if (isMap) run.push([u[time], u[time]], [v[time], v[time]]);
    else run.push([i[time], v[time]]);
  }
  /** @type {import("./chart.js").Line[]} */
  const lines = [
    { label: "the run up to the cursor", points: run, stroke: [palette.membrane] },
    {
      label: "where u rests",
      points: isMap || gain !== null ? across((value) => value) : along,
      stroke: [palette.muted, 1.2, STROKES.steady],
    },
  ];
  if (isMap) {
    const points = across((value) => alpha * value + (gain ?? 1) * i[at]);
    lines.push({ label: `a step with the input of step ${at}`, points, stroke: [palette.input, 1.2, []] });
  }
  if (threshold < Infinity) {
    lines.push({ label: "threshold θ", points: across(() => theta[at]), stroke: [palette.threshold, 1.5, STROKES.threshold] });
  }
  lines.push({ label: `step ${at}`, points: [[from[at], u[at]]], stroke: [palette.text] });
  paintChart(stage, [x, y], [name, "u[t]"], lines);
  const [first, last, low, high] = [from, [...u]].flatMap((row) => [inDigits(Math.min(...row)), inDigits(Math.max(...row))]);
  return `u[t] over ${name}: ${name} between ${first} and ${last}, u[t] between ${low} and ${high}.`;
}
