// The input while its numbers are being changed, as `snncore.encoders` makes it, each operation rounded to float32; and what of it can be
// dragged. What is random comes from Python as uniform numbers, so that the same spikes stay while their probability changes. torch's sine
// is not Math.sin rounded: a sine may be one unit in the last place off, until Python sends its own.

/**
 * @typedef {object} Base what Python made of its input
 * @property {object} input the fields of the input
 * @property {Float32Array} z its values, (neurons, steps), one row after the other
 * @property {?Float32Array} draws uniform numbers in [0, 1), as many; null where it isn't made from such
 * @property {number} dt seconds of a time step
 */

/**
 * What Python made where it was of the same fields, or of such as can't be made here.
 * @param {object} input fields of an input, as in the Experiment; `shape` is (1, steps, neurons)
 * @param {Base} base
 * @returns {Float32Array} (neurons, steps)
 */
export function stimulus(input, base) {
  const [, steps, neurons] = input.shape;
  const isSame = Object.keys(base.input).every((name) => JSON.stringify(input[name]) === JSON.stringify(base.input[name]));
  const valueAt = !isSame && steps * neurons === base.z.length && STIMULI[input.kind]?.(input, base);
  if (!valueAt) return base.z;
  const weight = fround(input.weight ?? 1);
  const z = new Float32Array(steps * neurons);
  const last = (input.neurons ?? neurons) * steps;
  for (let at = 0; at < Math.min(last, z.length); at++) z[at] = weight * valueAt(at % steps, Math.floor(at / steps), at);
  return z;
}

/** Of each kind, what tells its value at a time step, of a neuron, at a place of `base`, before the weight; nothing where it can't be told. */
const STIMULI = {
  step_current: ({ amplitude, start, stop }) => (time) => (time >= start && time < (stop ?? Infinity) ? fround(amplitude) : 0),
  ramp_current({ first, last, shape: [, steps] }) {
    const [from, to] = [fround(first), fround(last)];
    const slope = fround(fround(to - from) / Math.max(steps - 1, 1));
    const half = Math.max(Math.floor(steps / 2), 1); // torch counts from the nearer end, and rounds product and sum as one
    return (time) => fround(time < half ? from + slope * time : to - slope * (steps - 1 - time));
  },
  sine_current({ amplitude, period, offset }) {
    const phase = (time) => fround(fround(fround(2 * Math.PI) * time) / fround(period));
    return (time) => fround(fround(offset) + fround(fround(amplitude) * fround(Math.sin(phase(time)))));
  },
  spike_bursts: ({ period, length, first, count, period_step }) => (time, neuron) => {
    const apart = period + period_step * neuron;
    const since = time - first;
    return Number(since >= 0 && since % apart < length && since < (count ?? Infinity) * apart);
  },
  random_spikes({ probability }, { draws }) {
    const least = fround(1 - probability);
    return draws && ((time, neuron, at) => Number(probability === 1 || draws[at] > least));
  },
  poisson_spikes({ rate: perSecond }, { draws, dt }) {
    const distribution = poissonDistribution(perSecond * dt);
    const countOf = (drawn) => {
      let count = 0;
      while (distribution[count] <= drawn) count++;
      return count;
    };
    return draws && ((time, neuron, at) => countOf(draws[at]));
  },
  drawn: ({ values }) => (time) => fround(values[time]),
  file: (_, { input: { weight }, z }) => weight && ((time, neuron, at) => z[at] / fround(weight)),
};

/** P(N ≤ k) of k = 0, 1, ... as far as uniform numbers reach. */
function poissonDistribution(mean) {
  const distribution = [];
  let [logarithm, sum] = [-mean, 0];
  for (let k = 0; k < Math.ceil(mean + 8 * Math.sqrt(mean)) + 8; k++) {
    distribution.push((sum += Math.exp(logarithm)));
    logarithm += Math.log(mean) - Math.log(k + 1);
  }
  return distribution;
}

/**
 * What of an input can be dragged, at a time and a value; `set` returns the changes of the Experiment, by path, within what it accepts.
 * @param {object} input @param {number} steps
 * @returns {{name: string, label: string, axis: "time"|"value"|"both", time: number, value: number,
 *   set: (time: number, value: number) => Object<string, ?number>}[]}
 */
export function stimulusHandles(input, steps) {
  const handles = HANDLES[input.kind]?.(input, steps) ?? [];
  return handles.map(([name, label, axis, time, value, set]) => ({ name, label, axis, time: Math.min(time, steps), value, set }));
}

const HANDLES = {
  step_current(input, steps) {
    const { amplitude, start, stop } = input;
    const end = Math.min(stop ?? steps, steps);
    return [
      ["start", "Start of the current", "time", start, amplitude, (time) => ({ "input.start": wholeWithin(time, 0, end - 1) })],
      valueHandle("amplitude", "Amplitude", Math.floor((start + end) / 2), input, "amplitude"),
      ["stop", "End of the current", "time", end, amplitude, (time) => ({ "input.stop": time >= steps ? null : wholeWithin(time, start + 1, steps) })],
    ];
  },
  spike_bursts({ first, period, length, count, weight }, steps) {
    const setFirst = (time, value) => ({ "input.first": wholeWithin(time, 0, steps - 1), "input.weight": inHundredths(value) });
    const setSecond = (time) => ({ "input.period": wholeWithin(time - first, length, steps) });
    const handles = [["first", "First pulse", "both", first, weight, setFirst], ["second", "Second pulse", "time", first + period, 0, setSecond]];
    return count === 1 ? handles.slice(0, 1) : handles;
  },
  ramp_current: (input, steps) => [
    valueHandle("first", "First current", 0, input, "first"),
    valueHandle("last", "Last current", steps - 1, input, "last"),
  ],
  sine_current(input, steps) {
    const { offset, amplitude, period } = input;
    const set = (time, value) => ({ "input.amplitude": inHundredths(value - offset), "input.period": wholeWithin(8 * time, 4, 8 * steps) / 2 });
    return [valueHandle("offset", "Offset", 0, input, "offset"), ["peak", "Peak", "both", period / 4, offset + amplitude, set]];
  },
  random_spikes: (input) => [valueHandle("weight", "Weight of a spike", 0, input, "weight")],
  poisson_spikes: (input) => [valueHandle("weight", "Weight of a spike", 0, input, "weight")],
};

const valueHandle = (name, label, time, input, field) =>
  [name, label, "value", time, input[field], (_, value) => ({ [`input.${field}`]: inHundredths(value) })];

const within = (value, low, high) => Math.max(Math.min(value, high), low);

const inHundredths = (value) => within(Math.round(value * 100) / 100, -1e6, 1e6); // as far as Python takes strengths

const wholeWithin = (value, low, high) => within(Math.round(value), low, high);

/** The values after a stroke in a straight line, from and to {time, value}. @param {number[]} values @returns {number[]} */
export function drawStroke(values, from, to) {
  const drawn = [...values];
  const span = Math.abs(to.time - from.time);
  for (let step = 0; step <= span; step++) {
    const share = span ? step / span : 1;
    drawn[from.time + Math.sign(to.time - from.time) * step] = inHundredths(from.value + share * (to.value - from.value));
  }
  return drawn;
}
