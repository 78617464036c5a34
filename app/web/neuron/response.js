// What is read off a neuron's spikes, what theory says of a constant input, and the curve over many of them. Pure functions of numbers.

import { sumOf } from "../lib/numbers.js";
import { scan } from "./scan.js";
import { lifStep, STEPS } from "./step.js";

/** @typedef {import("./step.js").Parameters} Parameters */
/** @typedef {import("./scan.js").RunSize} RunSize */

/** One neuron's row of an array of a run. @param {RunSize} run @param {Float32Array} array @param {number} neuron */
export const rowOf = ({ steps }, array, neuron) => array.subarray(neuron * steps, (neuron + 1) * steps);

/** The steps with spikes, however many. @param {Float32Array} s spikes of one neuron, (steps) @returns {number[]} */
export function spikeTimes(s) {
  /** @type {number[]} */
  const times = [];
  s.forEach((count, time) => {
    if (count > 0) times.push(time);
  });
  return times;
}

/** Steps from each step with spikes to the next. @param {number[]} times @returns {number[]} */
export const spikeIntervals = (times) => times.slice(1).map((time, index) => time - times[index]);

/**
 * From the first step with input up to and without the one after the last, all steps without any; and the mean input meanwhile.
 * @param {Float32Array} z input of one neuron, (steps)
 */
export function spanOf(z) {
  const [begin, end] = [Math.max(z.findIndex(Boolean), 0), z.findLastIndex(Boolean) + 1 || z.length];
  return { begin, end, mean: sumOf(z) / (end - begin) };
}

/**
 * The current that an input holds from its first step with any to its last, or 0 throughout; NaN where it varies, or is over before
 * anything could settle.
 * @param {Float32Array} z input of one neuron, (steps)
 * @param {number} leastSpan steps with one current, from which on it counts as constant
 * @returns {number}
 */
export function constantOf(z, leastSpan) {
  const { begin, end } = spanOf(z);
  return end - begin < leastSpan || z.subarray(begin, end).some((value) => value !== z[begin]) ? NaN : z[begin];
}

/** The step of the first spike, null without. @param {number[]} times @returns {number | null} */
export const timeToFirstSpike = (times) => times[0] ?? null;

/** Spikes per step. @param {Float32Array} s spikes of one neuron, (steps) */
export const rate = (s) => sumOf(s) / s.length;

/**
 * Where v tends under a constant input I as long as nothing spikes, from rest:
 *
 *     i = I β/(1-β)     with synaptic current;     I without
 *     v = i             with normalised input;  i/(1-α) without, and ±Infinity where α = 1
 *
 * but never below min_v_mem.
 * @param {number} current I
 * @param {Parameters} p
 * @returns {number}
 */
export function steadyState(current, p) {
  return Math.max(current === 0 ? 0 : drive(current, p) / (1 - p.alpha), p.minVMem ?? -Infinity);
}

/** What a constant input adds to u at each step, once the synaptic current has settled. @param {number} current @param {Parameters} p */
export function drive(current, { beta, gain }) {
  const i = beta === null || current === 0 ? current : (current * beta) / (1 - beta);
  return gain === null ? i : gain * i;
}

/**
 * Spikes per step in the long run under a constant input, from rest, where a formula says it; null where none does. With v∞ the steady
 * state, d = drive, and r the value after a reset:
 *
 *     0                                     where v∞ ≤ θ
 *     k/n, n = ⌈ln((v∞-θ)/(v∞-r)) / ln α⌉   with MembraneReset to r < θ: n steps lead from r to u ≥ θ, which makes k spikes, mostly 1
 *     k/n, n = ⌈(θ-r)/d⌉                    the same without leak
 *     d/θ, at most mostSpikes               with MembraneSubtract of θ without leak
 *
 * With MembraneSubtract and a leak, v turns into (α v + d) mod θ from step to step (MultiSpike), a contracted rotation, whose rate climbs
 * with d in infinitely many stairs and has no closed form; nor have adaptive thresholds.
 * @param {number} current I
 * @param {Parameters} p
 * @returns {number | null}
 */
export function firingRate(current, p) {
  const { alpha, threshold: theta, mostSpikes, resetValue, subtractValue } = p;
  const bound = p.minVMem ?? -Infinity;
  const start = Math.max(resetValue ?? 0, bound);
  if (bound >= theta) return null;
  const steady = steadyState(current, p);
  if (steady <= theta) return 0;
  if (STEPS[p.kind] !== lifStep || start >= theta) return null;
  const d = drive(current, p);
  if (resetValue === null) return alpha === 1 && subtractValue === null && bound <= 0 ? Math.min(d / theta, mostSpikes) : null;
  const n = Math.ceil(alpha === 1 ? (theta - start) / d : Math.log((steady - theta) / (steady - start)) / Math.log(alpha));
  const u = alpha === 1 ? start + n * d : steady + (start - steady) * alpha ** n;
  return Math.min(Math.max(Math.trunc(u / theta), 1), mostSpikes) / n;
}

/**
 * The f–I curve: spikes per step under each of the constant inputs.
 * @param {number[]|Float32Array} currents
 * @param {Parameters} p
 * @param {number} steps that are counted
 * @param {number} settling steps before them, in which synapse, membrane and threshold settle
 * @returns {number[]}
 */
export function fICurve(currents, p, steps, settling = 0) {
  const length = settling + steps;
  const z = new Float32Array(currents.length * length);
  for (const [neuron, current] of currents.entries()) z.fill(current, neuron * length, (neuron + 1) * length);
  const run = scan(z, currents.length, p);
  return Array.from(currents, (_, neuron) => rate(rowOf(run, run.s, neuron).subarray(settling)));
}
