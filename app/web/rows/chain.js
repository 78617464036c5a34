// The chain rule of a cell: the terms that its value is the sum of, and how far back it flows. Pure functions. The words come from Python.

import { threeDigits } from "../lib/numbers.js";

/** @typedef {import("../wire.js").HeatmapRow} HeatmapRow */
/** @typedef {import("../wire.js").Chain} Chain */
/** @typedef {import("../wire.js").ChainWords} Words */
/** @typedef {import("../wire.js").CellNumbers} CellNumbers */
/** A term as it is shown: its value, the numbers that it is the product of, and what it is. @typedef {{value: string, numbers: string, name: string}} Told */

/**
 * The numbers of a cell; null where the row doesn't hold those of single cells.
 * @param {ArrayLike<number>[]} arrays
 * @param {HeatmapRow} row
 * @param {{line: number, time: number}} spot
 * @param {Words} words
 * @returns {CellNumbers | null}
 */
export function numbersAt(arrays, row, { line, time }, words) {
  const held = row.chain?.held;
  if (!held) return null;
  const steps = arrays[row.z].length / row.neurons;
  if (line >= row.neurons || time >= steps) return null; // of rows that were there before
  const at = (/** @type {number} */ z, step = time) => arrays[z][line * steps + step];
  return {
    neuron: line,
    step: time,
    value: at(row.z),
    terms: held.terms.map((z) => at(z)),
    slope: at(held.slope),
    next: time + 1 < steps ? at(row.z, time + 1) : null,
    is_held: at(held.is_held) > 0,
    flow: flowBack((back) => at(held.factor, time - 1 - back), time, words),
  };
}

/**
 * The way of a cell's credit back, as `snncore.explain.flow` has it.
 * @param {(back: number) => number} factorAt factor of one step, after `back` steps
 * @param {number} step
 * @param {{faded: number, grown: number}} limits shares at which it counts as gone, and as exploded
 * @returns {import("../wire.js").FlowNumbers}
 */
export function flowBack(factorAt, step, { faded, grown }) {
  let [left, last] = [1, 1];
  for (let back = 0; back < step; back++) {
    last = factorAt(back);
    left *= last;
    const ended_by = Math.abs(last) < faded ? "cut" : Math.abs(left) < faded ? "faded" : Math.abs(left) > grown ? "grown" : null;
    if (ended_by) return { ended_by, step: step - back - 1, left, factor: Math.abs(left) ** (1 / (back + 1)), last };
  }
  return { ended_by: "start", step: 0, left, factor: step ? Math.abs(left) ** (1 / step) : 1, last };
}

/**
 * The cell, and then the terms that it is the sum of.
 * @param {Words} words
 * @param {Chain} chain
 * @param {CellNumbers} cell
 * @returns {Told[]}
 */
export function sumInWords(words, chain, cell) {
  const { neuron, step, value } = cell;
  const whole = {
    value: number(value),
    numbers: words.quantity,
    name: filled(words.cell, { neuron: String(neuron), layer: chain.layer, step: String(step) }),
  };
  const terms = chain.terms.map((term, place) => ({
    value: signed(cell.terms[place]),
    numbers: product(words, term, cell.terms[place], cell),
    name: filled(term.name, { next: String(step + 1) }),
  }));
  return [whole, ...terms];
}

/**
 * What a term is the product of; empty where it is none.
 * @param {Words} words
 * @param {import("../wire.js").ChainTerm} term
 * @param {number} value
 * @param {CellNumbers} cell
 */
function product(words, { over, symbols, second, instead }, value, { slope, next, is_held }) {
  const by = over === "slope" ? slope : over === "next" ? next : null;
  if (!by) return "";
  if (over === "next" && is_held) return words.held;
  return instead || `${symbols}${number(value / by)} · ${second}${number(by)}`;
}

/**
 * Where a cell's credit ends on its way back through the membrane, and by which factor.
 * @param {Words} words
 * @param {CellNumbers} cell
 */
export function flowInWords(words, { step, flow }) {
  const back = step - flow.step;
  const ending = step === 0 ? "none" : flow.ended_by === "cut" && back === 1 ? "at_once" : flow.ended_by;
  const left = Math.abs(flow.left);
  return filled(words.flow[ending], {
    step: String(flow.step),
    last: number(flow.last),
    factor: number(flow.factor),
    back: steps(back),
    passed: steps(back - 1),
    left: share(left),
  });
}

/** @param {string} template @param {Record<string, string>} values */
const filled = (template, values) => template.replace(/\{(\w+)\}/g, (_, name) => values[name]);

/** @param {number} count */
const steps = (count) => `${count} step${count === 1 ? "" : "s"}`;

/** A percentage that is 0% or 100% only if that is exact. @param {number} value from 0 to 1 */
function share(value) {
  if (value > 0.99 && value < 1) return "over 99%";
  return value > 0 && value < 0.01 ? "under 1%" : `${Math.round(100 * value)}%`;
}

/** @param {number} value */
const number = (value) => threeDigits(value).replaceAll("-", "\u2212");

/** @param {number} value */
const signed = (value) => (value > 0 ? `+${number(value)}` : number(value));
