// The Conversion page's plots and words, as pure functions of numbers.

import assert from "node:assert/strict";
import { test } from "node:test";
import { marks, plane, toPixel, toValue } from "../../app/web/conversion/plane.js";
import { ratesSoFar } from "../../app/web/conversion/trace.js";
import { agreementInWords, costInWords, costs, energyInWords } from "../../app/web/conversion/words.js";

const COST = { spikes: 0, synops: 1, multiplyAdds: 1000, firstMultiplyAdds: 100, energyMultiplyAdd: 4, energySynop: 1 };
const COMPARISON = { samples: 360, steps: 3, asked: 2, artificial: 0.98, accuracies: 2, agreements: 2, layers: [], cost: COST };
const ARRAYS = [
  [10, 20, 30],
  [1000, 2000, 3000],
  [0.5, 0.75, 1],
];

for (const isLog of [false, true]) {
  test(`a place on a ${isLog ? "logarithmic" : "linear"} axis leads back to its value`, () => {
    const { x } = plane(400, 200, [1, 64], [0, 1], isLog);
    for (const value of [1, 2, 7, 40, 64]) assert.ok(Math.abs(toValue(x, toPixel(x, value)) - value) < 1e-9);
    assert.deepEqual([toPixel(x, 1), toPixel(x, 64)], x.pixels);
  });
}

test("doublings lie evenly on a logarithmic axis, and are marked", () => {
  const { x } = plane(400, 200, [1, 64], [0, 1], true);
  assert.deepEqual(marks(x, 9), [1, 2, 4, 8, 16, 32, 64]);
  const places = marks(x, 9).map((value) => toPixel(x, value));
  const gaps = places.slice(1).map((place, index) => place - places[index]);
  for (const gap of gaps) assert.ok(Math.abs(gap - gaps[0]) < 1e-9);
});

test("a range without width still has places", () => {
  const { y } = plane(100, 100, [0, 0], [3, 3]);
  assert.ok(Number.isFinite(toPixel(y, 3)));
});

test("the spiking network costs its synaptic operations, and the first layer's multiply-adds once", () => {
  const found = costs(COMPARISON, ARRAYS, 2);
  assert.deepEqual(found, { spikes: 20, synops: 2000, spiking: 2000 * 1 + 100 * 4, artificial: 4000 });
  const words = costInWords(COMPARISON, ARRAYS, 2);
  assert.match(
    words,
    /^Per sample: 20 spikes, 2,000 synaptic operations and 100 multiply-adds, 2\.4 nJ; ANN: 1,000 multiply-adds, 4 nJ\.$/,
  );
});

test("spikes as input cost no multiply-adds", () => {
  const comparison = { ...COMPARISON, cost: { ...COST, firstMultiplyAdds: 0 } };
  assert.doesNotMatch(costInWords(comparison, ARRAYS, 1).split(";")[0], /multiply-adds/);
});

test("energies have the unit that suits them", () => {
  assert.equal(energyInWords(12), "12 pJ");
  assert.equal(energyInWords(67_100), "67.1 nJ");
  assert.equal(energyInWords(2_500_000), "2.5 µJ");
  assert.equal(energyInWords(0), "0 pJ");
});

test("agreement follows the number of steps", () => {
  assert.equal(agreementInWords(COMPARISON, ARRAYS, 1), "Both give the same answer to 50.0% of 360 test samples.");
  assert.equal(agreementInWords(COMPARISON, ARRAYS, 3), "Both give the same answer to 100.0% of 360 test samples.");
});

test("rates so far are the spikes up to each step, per step", () => {
  assert.deepEqual(ratesSoFar([1, 0, 0, 1]), [1, 1 / 2, 1 / 3, 1 / 2]);
});
