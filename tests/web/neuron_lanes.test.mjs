import assert from "node:assert/strict";
import { test } from "node:test";
import { heightOf, LANE_GAP, lanesOf, spanning, toValue, toY } from "../../app/web/neuron/lanes.js";

const RANGES = { input: [0, 1], current: [0, 1], trace: [-1, 1], difference: [0, 1] };

function namesOf({ beta = null, threshold = 1, neurons = 1, seconds = [] }) {
  const view = { p: { beta, threshold }, run: { neurons, steps: 200 }, seconds, width: 900 };
  return lanesOf(view, RANGES, 0, 1).map(({ name }) => name);
}

test("a neuron has the lanes of what it has, from the input to time", () => {
  assert.deepEqual(namesOf({}), ["input", "trace", "spikes", "axis"]);
  assert.deepEqual(namesOf({ beta: 0.8, neurons: 4 }), ["input", "current", "trace", "spikes", "raster", "axis"]);
  assert.deepEqual(namesOf({ threshold: Infinity }), ["input", "trace", "axis"]);
});

test("a difference is drawn from a pinned run of as many steps alone", () => {
  const pinned = (steps) => namesOf({ seconds: [{ name: "A", run: { steps } }] }).includes("difference");
  assert.deepEqual([pinned(200), pinned(100)], [true, false]);
});

const BOTH = { p: { beta: 0.8, threshold: 1 }, run: { neurons: 2, steps: 10 }, seconds: [] };

test("lanes stand one under the other, lower on a narrow plot", () => {
  const heights = [400, 900].map((width) => {
    const lanes = lanesOf({ ...BOTH, width }, RANGES, 0, 1);
    lanes.forEach(({ top }, place) => {
      const before = lanes[place - 1] ?? { top: 0, height: 0 };
      assert.equal(top, before.top + before.height + LANE_GAP);
    });
    return heightOf(lanes);
  });
  assert.ok(heights[0] < heights[1]);
});

test("lanes fill the room, the potential first", () => {
  const [low, high] = [0, 900].map((room) => lanesOf({ ...BOTH, width: 900 }, RANGES, room, 1));
  assert.ok(heightOf(high) <= 900 && heightOf(high) > 900 - high.length);
  const growth = (name) => high.find((lane) => lane.name === name).height / low.find((lane) => lane.name === name).height;
  assert.ok(growth("trace") > growth("input"));
  assert.equal(growth("axis"), 1);
});

test("a value and its height in a lane lead to each other", () => {
  const lane = { top: 50, height: 200, range: [-1, 3] };
  assert.deepEqual([toY(lane, 3), toY(lane, -1), toValue(lane, toY(lane, 0.5))], [50, 250, 0.5]);
});

test("a range holds its values and 0 with room, and one of zeros can be dragged in", () => {
  assert.deepEqual(spanning([[0, 0]]), [0, 1]);
  assert.deepEqual(spanning([[]], [-0.5, 1]), [-0.62, 1.12]);
  const [low, high] = spanning([[2, Number.NaN, 5]]);
  assert.ok(low === 0 && high > 5);
});
