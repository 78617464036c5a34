import assert from "node:assert/strict";
import { test } from "node:test";
import { beyond, differenceScale, grown } from "../../app/web/neuron/ranges.js";

test("a scale grows for what is compared to twice its height, and no further", () => {
  assert.deepEqual(grown([0, 1], [0, 1.5]), [0, 1.5]);
  assert.deepEqual(grown([0, 1], [-0.25, 40]), [-0.25, 2]);
  assert.deepEqual(grown([-1, 1], [-30, 1]), [-3, 1]);
});

test("what lies beyond a scale is told in numbers, and nothing of what lies within", () => {
  assert.equal(beyond([0, 0.5, 2], [0, 2]), "");
  assert.equal(beyond([0, 12.345], [0, 2]), ", up to 12.3");
  assert.equal(beyond([-5, 12.345], [-1, 2]), ", up to 12.3, down to -5");
});

test("the scale of a difference is a share of the potential's, however small the difference is", () => {
  const [low, high] = differenceScale([-0.5, 1.5]);
  assert.deepEqual([low, high], [-0.5, 0.5]);
});
