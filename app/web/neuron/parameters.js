// From a layer's fields, as `neuron_numbers` in Python names them, to the parameters in force.
//
// exp(-1/τ) comes from torch, in a table of all τ that sliders can be set to and of those that the layer has. Math.exp rounded to float32
// is not torch's exp: for 1 to 2 in 100 values of τ (4 of the 199 on the slider of τ_mem) they are one unit in the last place apart,
// which in the end is another spike. It serves for a τ between those of the table, until Python sends a table that has it.

/** @typedef {import("../wire.js").NeuronNumbers} NeuronNumbers */
/** @typedef {import("./step.js").Parameters} Parameters */

const { fround } = Math;

/** exp(-1/τ) by τ. @param {import("../wire.js").Decays} decays @returns {Map<number, number>} */
export const decayTable = ({ taus, alphas }) => new Map(taus.map((tau, index) => [tau, alphas[index]]));

/** exp(-1/τ), torch's where the table has it. @param {number} tau ≥ 0.1 time steps @param {Map<number, number>} table */
export function decay(tau, table) {
  const rounded = fround(tau);
  return table.get(rounded) ?? fround(Math.exp(fround(-1 / rounded)));
}

/** @param {NeuronNumbers} neuron @param {Map<number, number>} table of `decayTable` @returns {Parameters} */
export function parametersInForce(neuron, table) {
  const { kind, tau_mem, tau_syn, tau_adapt, spike_fn, reset_fn } = neuron;
  const alpha = tau_mem === null ? 1 : decay(tau_mem, table);
  const rho = tau_adapt === null ? 0 : decay(tau_adapt, table);
  const isSingle = spike_fn?.kind === "SingleSpike";
  return {
    kind,
    alpha,
    gain: neuron.norm_input ? fround(1 - alpha) : null,
    beta: tau_syn === null ? null : decay(tau_syn, table),
    threshold: float32(neuron.spike_threshold) ?? Infinity,
    isSingle,
    mostSpikes: isSingle ? 1 : (spike_fn?.max_num_spikes_per_bin ?? Infinity),
    resetValue: float32(reset_fn?.reset_value),
    subtractValue: float32(reset_fn?.subtract_value),
    minVMem: float32(neuron.min_v_mem),
    firstV: fround(fround(neuron.initial_v_mem ?? 0) * fround(neuron.spike_threshold ?? 0)),
    rho,
    adaptGain: tau_adapt === null ? 0 : fround(1 - rho),
    adaptScale: float32(neuron.adapt_scale) ?? 0,
  };
}

/** What a slider is set to is float64. @param {number | null | undefined} value @returns {number | null} */
const float32 = (value) => (value == null ? null : fround(value));
