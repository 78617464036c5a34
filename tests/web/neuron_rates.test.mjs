import assert from "node:assert/strict";
import { test } from "node:test";
import { pointOfRun } from "../../app/web/neuron/rates.js";
import { firingRate, rate } from "../../app/web/neuron/response.js";
import { scan } from "../../app/web/neuron/scan.js";

const FIXED = { gain: null, beta: null, isSingle: false, mostSpikes: Infinity, subtractValue: null, minVMem: null, firstV: 0 };
const ADAPTS_NOT = { rho: 0, adaptGain: 0, adaptScale: 0 };
const LIF = { kind: "LIF", alpha: Math.fround(Math.exp(-1 / 20)), threshold: 1, resetValue: 0, ...FIXED, ...ADAPTS_NOT };

test("a constant input stands on the curve, however few spikes the run has", () => {
  for (const current of [0.052, 0.06, 0.1, 0.4].map(Math.fround)) {
    const z = new Float32Array(100).fill(current, 10);
    const { s } = scan(z, 1, LIF);
    const [input, found] = pointOfRun(z, s, current, LIF);
    assert.equal(input, current);
    assert.ok(Math.abs(found - firingRate(current, LIF)) <= 1 / 200);
  }
});

test("an input that varies stands at its mean and at the run's own rate while it lasts", () => {
  const z = Float32Array.from({ length: 100 }, (_, time) => (time < 10 ? 0 : time / 50));
  const { s } = scan(z, 1, LIF);
  const [input, found] = pointOfRun(z, s, Number.NaN, LIF);
  assert.ok(Math.abs(input - 1.09) < 1e-6);
  assert.equal(found, rate(s.subarray(10)));
});
