// The equations of the step under the cursor with its numbers filled in, the part that is lit marked, and what is read off the whole run.
// Nothing is computed here but what stands on paper between two numbers of the run.

import { element, setText } from "../lib/dom.js";
import { inDigits, sumOf } from "../lib/numbers.js";
import { rate, spikeIntervals, spikeTimes, timeToFirstSpike } from "./response.js";
import { rowIn, steadyOf } from "./runs.js";
import { reset } from "./step.js";

/** @typedef {import("./state.js").View} View */
/** A text with places for numbers, and the part of the step that it belongs to, if any. @typedef {{node: HTMLElement, text: string, part: string}} Piece */

const DECIMALS = 3; // of all numbers, so that nothing jumps from step to step
const FAR = 1000; // from which on they have three digits instead
const TOLD = 3; // intervals at the beginning and at the end

/** Makes the lines that Python sent, of texts with places for numbers. @param {View} view */
export function makeEquation(view) {
  view.pieces = [];
  const lines = view.header.equation.map(({ symbols, pieces }) => {
    const line = element("p", "neuron-line");
    view.pieces.push({ node: element("span", "neuron-symbols", line), text: symbols, part: "" });
    const numbers = element("span", "neuron-numbers", line); // stay together in a line that is long enough for them
    for (const [text, part] of pieces) {
      view.pieces.push({ node: element("span", "neuron-piece", numbers), text, part });
    }
    return line;
  });
  view.nodes.equation.replaceChildren(...lines, view.nodes.readings);
}

/** @param {View} view */
export function fillEquation(view) {
  const numbers = numbersOf(view);
  for (const { node, text, part } of view.pieces) {
    setText(
      node,
      text.replace(/{(.+?)}/g, (_, name) => String(numbers[name])),
    );
    node.classList.toggle("neuron-lit", part !== "" && part === view.part);
  }
  setText(view.nodes.readings, readingsOf(view));
}

/**
 * What stands in the places: the step under the cursor, the one before it, and the parameters in force.
 * @param {View} view
 * @returns {Record<string, number | string>}
 */
function numbersOf(view) {
  const { p, at, run } = view;
  /** @type {Record<string, number | string>} */
  const numbers = { at };
  for (const [name, value] of Object.entries(p)) if (typeof value === "number") numbers[name] = fixed(value);
  for (const name of /** @type {const} */ (["u", "s", "theta", "z", "i", "v", "b"])) {
    const row = rowIn(view, run, name);
    numbers[name] = fixed(row[at]);
    numbers[`${name}-`] = fixed(at ? row[at - 1] : name === "v" ? p.firstV : 0);
  }
  const [u, s, theta] = /** @type {const} */ (["u", "s", "theta"]).map((name) => rowIn(view, run, name)[at]);
  const [r, taken, sign] = [fixed(reset(u, s, theta, p)), fixed(p.subtractValue ?? theta), u >= theta ? "≥" : "<"];
  return { ...numbers, s, spikes: `${s} spike${s === 1 ? "" : "s"}`, r, taken, sign };
}

/** @param {number} value */
const fixed = (value) => (Math.abs(value) < FAR ? value.toFixed(DECIMALS) : inDigits(value)).replace("-", "\u2212");

/** Of the neuron that is shown: time to the first spike, rate, intervals, and where v tends under a constant current. @param {View} view */
function readingsOf(view) {
  const { p, run, header } = view;
  const told = [];
  const s = rowIn(view, run, "s");
  if (p.threshold < Infinity) {
    const times = spikeTimes(s);
    const first = timeToFirstSpike(times);
    /** @type {(number | string)[]} */
    const intervals = spikeIntervals(times);
    told.push(first === null ? "no spike" : `first spike at step ${first}`);
    told.push(`rate ${inDigits(rate(s))} per step (${inDigits(rate(s) / header.dt)} Hz)`);
    if (intervals.length > 2 * TOLD) intervals.splice(TOLD, intervals.length - 2 * TOLD, "…");
    if (intervals.length) told.push(`intervals ${intervals.join(", ")} steps`);
  }
  const steady = steadyOf(view);
  if (steady !== null) told.push(`steady state${sumOf(s) ? " without spikes" : ""} v∞ ${inDigits(steady)}`);
  return told.join(" · ");
}
