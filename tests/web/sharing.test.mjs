import assert from "node:assert/strict";
import { test } from "node:test";
import { shared } from "../../app/web/lib/sharing.js";

const INPUT = { least: 40, weight: 0.6, most: 2.5 };
const HIDDEN = { least: 72, weight: 1, most: 2.5 };
const OUTPUT = { least: 56, weight: 1.6, most: 4 };
const PARTS = [INPUT, HIDDEN, OUTPUT];

const total = (heights) => heights.reduce((sum, height) => sum + height, 0);

test("where there is too little room each part has its least height", () => {
  for (const room of [-100, 0, 100, 168]) assert.deepEqual(shared(room, PARTS), [40, 72, 56]);
});

test("where there is too much room each part has its most", () => {
  assert.deepEqual(shared(5000, PARTS), [100, 180, 224]);
});

test("the parts fill the room but for less than a unit each", () => {
  for (let room = 170; room < 504; room += 7) {
    const left = room - total(shared(room, PARTS));
    assert.ok(left >= 0 && left <= PARTS.length, `${left} of ${room}`);
  }
});

test("no part gets lower as the room grows", () => {
  let before = shared(0, PARTS);
  for (let room = 1; room < 600; room++) {
    const heights = shared(room, PARTS);
    heights.forEach((height, place) => {
      assert.ok(height >= before[place]);
    });
    before = heights;
  }
});

test("what has more weight grows first, and further", () => {
  assert.deepEqual(shared(200, PARTS).slice(0, 2), [40, 72]);
  const [input, hidden, output] = shared(400, PARTS).map((height, place) => height / PARTS[place].least);
  assert.ok(input < hidden && hidden < output);
});

test("nothing shares nothing", () => {
  assert.deepEqual(shared(100, []), []);
});
