// The input while its numbers are being changed, as `snncore.encoders` makes it, each operation rounded to float32. What is random comes
// from Python as uniform numbers, so that the same spikes stay while their probability changes. torch's sine is not Math.sin rounded: a sine
// may be one unit in the last place off, until Python sends its own.

/** @typedef {import("../wire.js").InputFields} InputFields */

/** @typedef {import("../wire.js").Inputs} Sent */
/** The fields of the inputs that can be made here, by kind. @typedef {{[K in keyof Sent]: InputFields & Sent[K]}} Inputs */
/** @typedef {keyof Inputs} Kind */
/** @typedef {(time: number, neuron: number, place: number) => number} ValueAt the value before the weight; `place` is that among all values */

/**
 * What Python made of its input.
 * @typedef {object} Base
 * @property {InputFields} input the fields of the input
 * @property {Float32Array} z its values, (neurons, steps), one row after the other
 * @property {Float32Array | null} draws uniform numbers in [0, 1), as many; null where it isn't made from such
 * @property {number} dt seconds of a time step
 */

const { fround } = Math;

/**
 * What Python made where it was of the same fields, or of such as can't be made here.
 * @param {InputFields} input fields of an input, as in the Experiment; `shape` is (1, steps, neurons)
 * @param {Base} base
 * @returns {Float32Array} (neurons, steps)
 */
export function stimulus(input, base) {
  const [, steps, neurons] = input.shape;
  const valueAt = !isSame(input, base.input) && steps * neurons === base.z.length && valuesOf(input, base);
  if (!valueAt) return base.z;
  const { weight, neurons: served } = /** @type {{weight?: number, neurons?: number | null}} */ (input);
  const factor = fround(weight ?? 1);
  const z = new Float32Array(steps * neurons);
  const last = (served ?? neurons) * steps;
  for (let at = 0; at < Math.min(last, z.length); at++) z[at] = factor * valueAt(at % steps, Math.floor(at / steps), at);
  return z;
}

/** Whether an input has all fields of another. @param {InputFields} input @param {InputFields} other */
function isSame(input, other) {
  const fields = new Map(Object.entries(input));
  return Object.entries(other).every(([name, value]) => JSON.stringify(fields.get(name)) === JSON.stringify(value));
}

/**
 * The fields of an input by its kind, null where only Python knows that kind.
 * @param {InputFields} input
 */
export function knownInput(input) {
  const known = /** @type {Inputs[Kind]} */ (input); // Python sends each kind with its fields
  return Object.hasOwn(STIMULI, input.kind) ? known : null;
}

/** @param {InputFields} input @param {Base} base @returns {ValueAt | null} null where it can't be told here */
function valuesOf(input, base) {
  const known = knownInput(input);
  return known && made(known.kind, known, base);
}

/** @template {Kind} K @param {K} kind @param {Inputs[K]} input @param {Base} base */
const made = (kind, input, base) => STIMULI[kind](input, base);

/** @type {{[K in Kind]: (input: Inputs[K], base: Base) => ValueAt | null}} */
const STIMULI = {
  step_current:
    ({ amplitude, start, stop }) =>
    (time) =>
      time >= start && time < (stop ?? Infinity) ? fround(amplitude) : 0,
  ramp_current({ first, last, shape: [, steps] }) {
    const [from, to] = [fround(first), fround(last)];
    const slope = fround(fround(to - from) / Math.max(steps - 1, 1));
    const half = Math.max(Math.floor(steps / 2), 1); // torch counts from the nearer end, and rounds product and sum as one
    return (time) => fround(time < half ? from + slope * time : to - slope * (steps - 1 - time));
  },
  sine_current({ amplitude, period, offset }) {
    const phase = (/** @type {number} */ time) => fround(fround(fround(2 * Math.PI) * time) / fround(period));
    return (time) => fround(fround(offset) + fround(fround(amplitude) * fround(Math.sin(phase(time)))));
  },
  spike_bursts:
    ({ period, length, first, count, period_step }) =>
    (time, neuron) => {
      const apart = period + period_step * neuron;
      const since = time - first;
      return Number(since >= 0 && since % apart < length && since < (count ?? Infinity) * apart);
    },
  random_spikes({ probability }, { draws }) {
    const least = fround(1 - probability);
    return draws && ((_time, _neuron, at) => Number(probability === 1 || draws[at] > least));
  },
  poisson_spikes({ rate: perSecond }, { draws, dt }) {
    const distribution = poissonDistribution(perSecond * dt);
    const countOf = (/** @type {number} */ drawn) => {
      let count = 0;
      while (distribution[count] <= drawn) count++;
      return count;
    };
    return draws && ((_time, _neuron, at) => countOf(draws[at]));
  },
  drawn:
    ({ values }) =>
    (time) =>
      fround(values[time]),
  file(_, { input, z }) {
    const { weight } = /** @type {Inputs["file"]} */ (input);
    return weight ? (_time, _neuron, at) => z[at] / fround(weight) : null;
  },
};

/** P(N ≤ k) of k = 0, 1, ... as far as uniform numbers reach. @param {number} mean */
function poissonDistribution(mean) {
  /** @type {number[]} */
  const distribution = [];
  let [logarithm, sum] = [-mean, 0];
  for (let k = 0; k < Math.ceil(mean + 8 * Math.sqrt(mean)) + 8; k++) {
    sum += Math.exp(logarithm);
    distribution.push(sum);
    logarithm += Math.log(mean) - Math.log(k + 1);
  }
  return distribution;
}
