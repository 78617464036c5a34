// A neuron model over time: as many neurons as there are rows of input, all with the same parameters. Pure functions of numbers.

import { STEPS } from "./step.js";

/** @typedef {import("./step.js").Parameters} Parameters */

/** @typedef {"z" | "i" | "u" | "v" | "b" | "theta" | "s"} Quantity */

/** What a run keeps, each array (neurons, steps), one row after the other. @typedef {Record<Quantity, Float32Array> & RunSize} Run */

/** @typedef {{neurons: number, steps: number}} RunSize */

/**
 * Runs from rest, all states 0, but v as the neuron begins.
 * @param {Float32Array} z input, (neurons, steps)
 * @param {number} neurons ≥ 1
 * @param {Parameters} p
 * @returns {Run}
 */
export function scan(z, neurons, p) {
  const steps = z.length / neurons;
  if (!Number.isInteger(steps)) throw new RangeError(`${z.length} values are no rows of one length for ${neurons} neurons.`);
  const [i, u, v, b, theta, s] = Array.from({ length: 6 }, () => new Float32Array(z.length));
  const step = STEPS[p.kind];
  const state = { i: 0, v: 0, b: 0 }; // one object for all steps, so that none is made in the loop
  for (let at = 0; at < z.length; at++) {
    if (at % steps === 0) {
      state.i = state.b = 0;
      state.v = p.firstV;
    }
    const now = step(z[at], state, p);
    i[at] = state.i = now.i;
    v[at] = state.v = now.v;
    b[at] = state.b = now.b;
    u[at] = now.u;
    s[at] = now.s;
    theta[at] = now.theta;
  }
  return { neurons, steps, z, i, u, v, b, theta, s };
}
