import assert from "node:assert/strict";
import { test } from "node:test";
import { refreshTip } from "../../app/web/neuron/cursor.js";

function viewOf({ isDragging, u }) {
  const tip = { hidden: false, dataset: { time: "2" }, textContent: "step 2: input 1, u 0.5" };
  const run = { neurons: 1, steps: u.length, z: u.map(() => 1), u };
  return { nodes: { tip }, isDragging, neuron: 0, run: arrays(run), p: { beta: null, threshold: Infinity } };
}

const arrays = (run) => ({ ...run, z: Float32Array.from(run.z), u: Float32Array.from(run.u), s: new Float32Array(run.steps) });

test("the tip says what is drawn now where the pointer rests", () => {
  const view = viewOf({ isDragging: false, u: [0, 0.25, 0.75] });
  refreshTip(view);
  assert.equal(view.nodes.tip.textContent, "step 2: input 1, u 0.75");
});

test("a tip of a longer run says the last step of a shorter one", () => {
  const view = viewOf({ isDragging: false, u: [0, 0.25] });
  refreshTip(view);
  assert.equal(view.nodes.tip.textContent, "step 1: input 1, u 0.25");
});

test("while something is dragged there is no tip", () => {
  const view = viewOf({ isDragging: true, u: [0, 0.25, 0.75] });
  refreshTip(view);
  assert.ok(view.nodes.tip.hidden);
});
