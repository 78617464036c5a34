import assert from "node:assert/strict";
import { test } from "node:test";
import { channels, colorAt, cssColor, pixel, ramp } from "../../app/web/lib/color.js";

test("a colour is read from its text, and written for CSS", () => {
  assert.deepEqual(channels("#0072B2"), [0, 114, 178]);
  assert.equal(cssColor(pixel([1, 20, 255])), "rgb(1 20 255)");
});

test("a pixel is red, green, blue and alpha, in the order of ImageData", () => {
  assert.deepEqual([...new Uint8Array(Uint32Array.of(pixel([1, 2, 3], 0.5)).buffer)], [1, 2, 3, 128]);
});

test("a ramp begins and ends at its stops and passes those between", () => {
  const stops = ["#FFFFFF", "#0072B2", "#1B1F24"];
  const colors = ramp(stops);
  assert.equal(colors.length, 256);
  const off = (color, hex) => Math.max(...channels(hex).map((value, at) => Math.abs(value - ((color >> (8 * at)) & 255))));
  assert.ok(off(colorAt(colors, 0), stops[0]) <= 1);
  assert.ok(off(colorAt(colors, 0.5), stops[1]) <= 2);
  assert.ok(off(colorAt(colors, 1), stops[2]) <= 1);
});

test("from white to black a ramp only gets darker, and halfway lies in the middle of Oklab's lightness", () => {
  const greys = [...ramp(["#FFFFFF", "#000000"])].map((color) => color & 255);
  assert.ok(greys.every((grey, at) => at === 0 || grey <= greys[at - 1]));
  assert.ok(Math.abs(greys[128] - 99) <= 2, "L = 0.5 is sRGB 99");
});

test("shares beyond a ramp have the colour of its end", () => {
  const colors = ramp(["#FFFFFF", "#000000"]);
  assert.equal(colorAt(colors, -3), colors[0]);
  assert.equal(colorAt(colors, 7), colors[255]);
});
