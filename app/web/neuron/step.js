// One time step of each neuron model, spike for spike that of `snncore.dynamics`: pure functions of numbers that are float32.
//
// Every product, quotient, sum and difference is rounded on its own: a threshold turns one rounding into one spike. JavaScript computes
// in float64, which has more than twice the digits of float32, so rounding its result once more gives what float32 arithmetic gives.

const { fround } = Math;

/** @typedef {{i: number, v: number, b: number}} State synaptic current, membrane potential, adaptation; each 0 at rest, but for a first membrane potential */

/**
 * What a step yields: the next state, the membrane potential before the reset, spikes, and the threshold that u was compared with.
 * @typedef {State & {u: number, s: number, theta: number}} Step
 */

/**
 * The parameters in force, numbers that are float32; `parametersInForce` makes them.
 * @typedef {object} Parameters
 * @property {string} kind "LIF", "IAF", "ExpLeak" or "ALIF"
 * @property {number} alpha α = exp(-1/τ_mem), 1 without leak
 * @property {number | null} gain 1-α with normalised input, null without
 * @property {number | null} beta β = exp(-1/τ_syn), null without synaptic current
 * @property {number} threshold θ, of ALIF b0; Infinity where nothing spikes
 * @property {boolean} isSingle SingleSpike; else at most `mostSpikes` in a step
 * @property {number} mostSpikes of MaxSpike, Infinity of MultiSpike, 1 of SingleSpike
 * @property {number | null} resetValue of MembraneReset, null with MembraneSubtract
 * @property {number | null} subtractValue of MembraneSubtract, null where θ is subtracted
 * @property {number | null} minVMem lower bound of v, null without
 * @property {number} firstV membrane potential before the first step
 * @property {number} rho ρ = exp(-1/τ_adapt), 0 without adaptation
 * @property {number} adaptGain 1-ρ, 0 without adaptation
 * @property {number} adaptScale by how much b = 1 raises the threshold, 0 without adaptation
 */

/**
 * The leaky integrator: it never spikes, and puts out u.
 *
 *     i[t] = β (i[t-1] + z[t])              with synaptic current;     i[t] = z[t] without
 *     u[t] = α v[t-1] + (1-α) i[t]          with normalised input;  α v[t-1] + i[t] without
 *     v[t] = min_v_mem where u[t] ≤ min_v_mem, else u[t]
 *
 * @param {number} z input @param {State} state @param {Parameters} p @returns {Step}
 */
export function expLeakStep(z, state, p) {
  const i = synapticCurrent(z, state.i, p);
  const u = membranePotential(i, state.v, p);
  return { i, v: bounded(u, p), b: 0, u, s: 0, theta: p.threshold };
}

/**
 * The leaky integrate-and-fire neuron; with α = 1 and no normalised input, the integrate-and-fire neuron.
 *
 *     i[t], u[t] as in `expLeakStep`
 *     s[t] = spike_fn(u[t], θ)
 *     r[t] = reset_fn(u[t], s[t], θ)
 *     v[t] = min_v_mem where r[t] ≤ min_v_mem, else r[t]
 *
 * @param {number} z input @param {State} state @param {Parameters} p @returns {Step}
 */
export function lifStep(z, state, p) {
  const i = synapticCurrent(z, state.i, p);
  const u = membranePotential(i, state.v, p);
  const s = spikes(u, p.threshold, p);
  return { i, v: bounded(reset(u, s, p.threshold, p), p), b: 0, u, s, theta: p.threshold };
}

/**
 * The adaptive leaky integrate-and-fire neuron: its spikes raise its threshold.
 *
 *     θ[t] = b0 + adapt_scale b[t-1]
 *     i[t], u[t], s[t], r[t], v[t] as in `lifStep`, with θ[t]
 *     b[t] = ρ b[t-1] + (1-ρ) s[t]
 *
 * @param {number} z input @param {State} state @param {Parameters} p @returns {Step}
 */
export function alifStep(z, state, p) {
  const theta = fround(p.threshold + fround(p.adaptScale * state.b));
  const i = synapticCurrent(z, state.i, p);
  const u = membranePotential(i, state.v, p);
  const s = spikes(u, theta, p);
  const b = fround(fround(p.rho * state.b) + fround(p.adaptGain * s));
  return { i, v: bounded(reset(u, s, theta, p), p), b, u, s, theta };
}

/** The step of each model that the browser computes. @type {Record<string, typeof lifStep>} */
export const STEPS = { LIF: lifStep, IAF: lifStep, ExpLeak: expLeakStep, ALIF: alifStep };

/** @param {number} z @param {number} i the current before @param {Parameters} p */
const synapticCurrent = (z, i, { beta }) => (beta === null ? z : fround(beta * fround(i + z)));

/** @param {number} i @param {number} v the potential before @param {Parameters} p */
const membranePotential = (i, v, { alpha, gain }) => fround(fround(alpha * v) + (gain === null ? i : fround(gain * i)));

/**
 * MultiSpike trunc(u/θ), not below 0; MaxSpike the same, limited; SingleSpike 1 where u - θ ≥ 0, else 0, which no rounding changes.
 * @param {number} u @param {number} theta @param {Parameters} p
 */
function spikes(u, theta, { isSingle, mostSpikes }) {
  if (isSingle) return u - theta >= 0 ? 1 : 0;
  return Math.min(Math.max(Math.trunc(fround(u / theta)), 0), mostSpikes);
}

/**
 * MembraneSubtract u - s θ, or u - s subtract_value; MembraneReset reset_value where s > 0, else u.
 * @param {number} u @param {number} s @param {number} theta @param {Parameters} p
 */
export function reset(u, s, theta, { resetValue, subtractValue }) {
  if (resetValue !== null) return s > 0 ? resetValue : u;
  return fround(u - fround(s * (subtractValue ?? theta)));
}

/** @param {number} r @param {Parameters} p */
const bounded = (r, { minVMem }) => (minVMem !== null && r <= minVMem ? minVMem : r);
