import assert from "node:assert/strict";
import { test } from "node:test";
import { alongSteps, LEFT, plotWidth, RIGHT, ticks, toPixel, toTime } from "../../app/web/lib/time_axis.js";

const AXIS = { from: -0.5, to: 99.5, width: LEFT + 1000 + RIGHT };

/** The corners of a line along values. */
function corners(axis, u, v) {
  const found = [];
  alongSteps(axis, u, v, (x, value) => found.push([x, value]));
  return found;
}

test("a time has a place, and the place that time", () => {
  assert.equal(toPixel(AXIS, -0.5), LEFT);
  assert.equal(toPixel(AXIS, 99.5), LEFT + 1000);
  for (const time of [-0.5, 0, 17, 99.5]) assert.ok(Math.abs(toTime(AXIS, toPixel(AXIS, time)) - time) < 1e-9);
});

test("a plot without room still has a pixel", () => {
  assert.equal(plotWidth({ ...AXIS, width: 0 }), 1);
});

test("a line holds each value for its step, and drops in the middle of a step with a reset", () => {
  const x = (time) => toPixel(AXIS, time);
  const found = corners(AXIS, [1, 3], [1, 0]);
  assert.deepEqual(found.slice(0, 3), [
    [x(-0.5), 1],
    [x(0.5), 1],
    [x(0.5), 3],
  ]);
  assert.deepEqual(found.at(-1), [x(1.5), 0]);
  const drop = found.slice(3, -1);
  assert.ok(drop.every(([place]) => place === x(1)));
  assert.deepEqual([drop[0][1], drop.at(-1)[1]], [3, 0]);
});

test("steps that share half a pixel keep their lowest and highest value", () => {
  const axis = { from: -0.5, to: 9999.5, width: LEFT + 100 + RIGHT };
  const u = new Float32Array(10000);
  u[1234] = 5;
  u[7777] = -3;
  const values = corners(axis, u, u).map(([, value]) => value);
  assert.equal(Math.max(...values), 5);
  assert.equal(Math.min(...values), -3);
  assert.ok(values.length < 1000);
});

test("what lies outside a zoom isn't drawn", () => {
  const axis = { ...AXIS, from: 40, to: 50 };
  const places = corners(axis, new Float32Array(100), new Float32Array(100)).map(([x]) => x);
  assert.ok(Math.min(...places) >= toPixel(axis, 39));
  assert.ok(Math.max(...places) <= toPixel(axis, 51));
});

test("ticks are round numbers within the edges", () => {
  assert.deepEqual(ticks(-0.5, 99.5, 10), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90]);
  assert.deepEqual(ticks(0, 1, 5), [0, 0.2, 0.4, 0.6000000000000001, 0.8, 1]);
  assert.deepEqual(ticks(9.5, 13.5, 4), [10, 11, 12, 13]);
});
