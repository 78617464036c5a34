import assert from "node:assert/strict";
import { test } from "node:test";
import { fitted, inked, packed, SIDE } from "../../app/web/drawing_pad/ink.js";
import { bitsOf } from "../../app/web/lib/bits.js";

const ONE = [
  [
    [0.5, 0.2],
    [0.5, 0.8],
  ],
];
const ZERO = [
  Array.from({ length: 41 }, (_, at) => [0.5 + 0.2 * Math.cos((at * Math.PI) / 20), 0.5 + 0.3 * Math.sin((at * Math.PI) / 20)]),
];

const sum = (ink) => ink.reduce((total, pixel) => total + pixel, 0);
const rows = (ink) => Array.from({ length: SIDE }, (_, row) => ink.slice(row * SIDE, (row + 1) * SIDE).some(Boolean));

test("a drawing is as high as the image, however small it was drawn and wherever", () => {
  for (const scale of [1, 0.5, 0.1]) {
    const strokes = ZERO.map((stroke) => stroke.map(([x, y]) => [0.05 + x * scale, 0.1 + y * scale * 0.8]));
    assert.ok(rows(fitted(strokes)).every(Boolean), `drawn at ${scale}`);
  }
});

test("where and how large it is drawn makes no difference", () => {
  const small = ZERO.map((stroke) => stroke.map(([x, y]) => [x / 4 + 0.7, y / 4]));
  const differ = fitted(ZERO).filter((pixel, at) => pixel !== fitted(small)[at]).length;
  assert.ok(differ <= 4, `${differ} pixels, by rounding`);
});

test("a digit has about as much ink as those of the data, and a single line a thick one", () => {
  assert.ok(Math.abs(sum(fitted(ZERO)) - 312) < 40);
  assert.ok(sum(fitted(ONE)) > 150);
});

test("a dot is a dot, and a flat line stays one", () => {
  assert.ok(sum(fitted([[[0.3, 0.3]]])) > 4);
  const line = rows(
    fitted([
      [
        [0.1, 0.5],
        [0.9, 0.5],
      ],
    ]),
  ).filter(Boolean).length;
  assert.ok(line < SIDE / 3, `${line} rows`);
});

test("nothing drawn is no ink", () => {
  assert.equal(sum(fitted([])), 0);
});

test("strokes lie on top of the ink that was there", () => {
  const base = new Uint8Array(SIDE * SIDE);
  base[0] = 1;
  const ink = inked(
    [
      [
        [16, 16],
        [20, 16],
      ],
    ],
    4,
    base.slice(),
  );
  assert.equal(ink[0], 1);
  assert.equal(ink[16 * SIDE + 18], 1);
  assert.equal(sum(base), 1);
});

test("ink that is packed and unpacked is the same", () => {
  const ink = fitted(ZERO);
  assert.deepEqual(bitsOf(Uint8Array.from(atob(packed(ink)), (letter) => letter.charCodeAt(0))), ink);
});
