import assert from "node:assert/strict";
import { test } from "node:test";
import { pannedTo, wholeRange, zoomed } from "../../app/web/rows/zoom.js";

test("without zoom each step has half a step on either side", () => {
  assert.deepEqual(wholeRange(100), [-0.5, 99.5]);
});

test("a zoom shows what was asked for", () => {
  assert.deepEqual(zoomed(20, 40, 100), [20, 40]);
});

test("a zoom leaves four steps, around the middle of what was asked for", () => {
  assert.deepEqual(zoomed(50, 50, 100), [48, 52]);
});

test("a zoom stays within the run", () => {
  assert.deepEqual(zoomed(-10, 10, 100), [-0.5, 19.5]);
  assert.deepEqual(zoomed(95, 105, 100), [89.5, 99.5]);
});

test("a zoom onto all of the run is none", () => {
  assert.equal(zoomed(-0.5, 99.5, 100), null);
  assert.equal(zoomed(-100, 300, 100), null);
  assert.equal(zoomed(0, 1, 4), null);
});

test("a time in sight moves nothing, another one comes in at the nearer edge", () => {
  const range = [20, 40];
  assert.equal(pannedTo(range, 20, 100), range);
  assert.equal(pannedTo(range, 40, 100), range);
  assert.deepEqual(pannedTo(range, 10, 100), [9.5, 29.5]);
  assert.deepEqual(pannedTo(range, 50, 100), [30.5, 50.5]);
});
