import assert from "node:assert/strict";
import { test } from "node:test";
import { changed, valueAt } from "../../app/web/neuron/settings.js";

const MODELS = {
  LIF: { tau_mem: 20, tau_syn: null, adapt_scale: null, reset_fn: { kind: "MembraneReset", reset_value: 0 } },
  IAF: { tau_mem: null, tau_syn: null, adapt_scale: null, reset_fn: { kind: "MembraneReset", reset_value: 0 } },
};
const SETTINGS = { kind: "LIF", models: MODELS, input: { kind: "step_current", shape: [1, 100, 1], amplitude: 1.5 } };

test("a change of the neuron is one of every model that has such a field", () => {
  const { models, input } = changed(SETTINGS, { "network.0.tau_mem": 5 });
  assert.deepEqual([models.LIF.tau_mem, models.IAF.tau_mem], [5, null]);
  assert.equal(input, SETTINGS.input);
});

test("what is switched off can be switched on", () => {
  const { models } = changed(SETTINGS, { "network.0.tau_syn": 4, "network.0.adapt_scale": 1 });
  assert.deepEqual([models.LIF.tau_syn, models.IAF.tau_syn, models.LIF.adapt_scale], [4, 4, null]);
});

test("a number of a part changes beside what else the part holds, and the settings before stay as they were", () => {
  const { models } = changed(SETTINGS, { "network.0.reset_fn.reset_value": 0.5 });
  assert.deepEqual(models.LIF.reset_fn, { kind: "MembraneReset", reset_value: 0.5 });
  assert.equal(SETTINGS.models.LIF.reset_fn.reset_value, 0);
});

test("what is at a path is that of the kind in force, and nothing where a step of the path is missing", () => {
  const after = changed(SETTINGS, { "input.amplitude": 2 });
  assert.equal(valueAt(after, "input.amplitude"), 2);
  assert.equal(valueAt({ ...after, kind: "IAF" }, "network.0.tau_mem"), null);
  assert.equal(valueAt(after, "network.0.spike_fn.max_num_spikes_per_bin"), undefined);
});
