// What the view says in words, for every number of steps. Pure functions of numbers.

/** @typedef {import("../wire.js").ConversionComparison} Comparison */
/** @typedef {ArrayLike<number>[]} Arrays */

const PICO = 1e-12;
const PREFIXES = /** @type {const} */ ([
  [1e-6, "µJ"],
  [1e-9, "nJ"],
  [1e-12, "pJ"],
]);

/** @param {number} share */
export const inPercent = (share) => `${(100 * share).toFixed(1)}%`;

/** An energy with its unit. @param {number} picojoules */
export function energyInWords(picojoules) {
  const joules = picojoules * PICO;
  const [size, name] = PREFIXES.find(([least]) => joules >= least) ?? PREFIXES[PREFIXES.length - 1];
  return `${Number((joules / size).toPrecision(3))} ${name}`;
}

/** A count with its thousands set apart. @param {number} value */
const counted = (value) => Math.round(value).toLocaleString("en");

/**
 * What both networks cost for one sample.
 * @param {Comparison} comparison
 * @param {Arrays} arrays
 * @param {number} steps
 */
export function costs({ cost }, arrays, steps) {
  const [spikes, synops] = [arrays[cost.spikes][steps - 1], arrays[cost.synops][steps - 1]];
  const spiking = synops * cost.energySynop + cost.firstMultiplyAdds * cost.energyMultiplyAdd;
  return { spikes, synops, spiking, artificial: cost.multiplyAdds * cost.energyMultiplyAdd };
}

/** @param {Comparison} comparison @param {Arrays} arrays @param {number} steps */
export function costInWords(comparison, arrays, steps) {
  const { spikes, synops, spiking, artificial } = costs(comparison, arrays, steps);
  const { multiplyAdds, firstMultiplyAdds } = comparison.cost;
  const first = firstMultiplyAdds ? ` and ${counted(firstMultiplyAdds)} multiply-adds` : "";
  return (
    `Per sample: ${counted(spikes)} spikes, ${counted(synops)} synaptic operations${first}, ${energyInWords(spiking)}; ` +
    `ANN: ${counted(multiplyAdds)} multiply-adds, ${energyInWords(artificial)}.`
  );
}

/** @param {Comparison} comparison @param {Arrays} arrays @param {number} steps */
export function agreementInWords(comparison, arrays, steps) {
  return `Both give the same answer to ${inPercent(arrays[comparison.agreements][steps - 1])} of ${comparison.samples} test samples.`;
}
