import assert from "node:assert/strict";
import { test } from "node:test";
import { FULL, fill, OUTSIDE, paintClasses, paintLevels, paintMargins } from "../../app/web/decision_map/painting.js";
import { cellAt, layout, nearest } from "../../app/web/decision_map/places.js";
import { tilesOf } from "../../app/web/decision_map/tiles.js";

const SIZES = { least: 24, most: 48, gap: 28, smallest: 160 };

test("a place lies in the cell of its row from the top and its column from the left", () => {
  assert.equal(cellAt([0, 1], 4), 0);
  assert.equal(cellAt([0.99, 0.99], 4), 3);
  assert.equal(cellAt([0.1, 0.1], 4), 12);
  assert.equal(cellAt([1, 0], 4), 15);
});

test("the nearest sample is found, and none among none", () => {
  assert.equal(nearest([0.9, 0.1], [0, 255, 128], [0, 0, 255]), 1);
  assert.equal(nearest([0.5, 0.8], [0, 255, 128], [0, 0, 255]), 2);
  assert.equal(nearest([0.5, 0.5], [], []), null);
});

test("each pixel has the nearest point of the grid, and what lies around stays", () => {
  const pixels = new Uint32Array(6 * 5);
  fill(pixels, 6, { left: 1, top: 1, size: 4 }, [1, 2, 3, 4], 2, (byte) => byte);
  assert.deepEqual([...pixels.slice(6, 12)], [0, 1, 1, 2, 2, 0]);
  assert.deepEqual([...pixels.slice(18, 24)], [0, 3, 3, 4, 4, 0]);
  assert.deepEqual([...pixels.slice(0, 6)], [0, 0, 0, 0, 0, 0]);
});

test("classes have their colours, and outside nothing is painted", () => {
  const paint = paintClasses(["#ff0000", "#0000ff"]);
  assert.equal(paint(0, 0), 0xff0000ff);
  assert.equal(paint(1, 0), 0xffff0000);
  assert.equal(paint(OUTSIDE, 0), 0);
});

test("the paler, the smaller the margin, in the colour of the point's own class", () => {
  const paint = paintMargins(["#ff0000", "#0000ff"], "#ffffff", [0, 1]);
  assert.equal(paint(0, 0), 0xffffffff);
  assert.notEqual(paint(FULL, 0), paint(FULL, 1));
  assert.equal(paint(OUTSIDE, 0), 0);
});

test("levels run from the first colour to the last", () => {
  const paint = paintLevels(["#ffffff", "#000000"]);
  const greys = Array.from({ length: FULL + 1 }, (_, byte) => paint(byte, 0) & 255);
  assert.ok(greys.every((grey, at) => at === 0 || grey <= greys[at - 1]));
  assert.equal(paint(OUTSIDE, 0), 0);
});

test("map and tiles fit the room whatever it is, and no tile is smaller than a finger", () => {
  for (const [width, height] of [
    [450, 410],
    [366, 480],
    [900, 700],
    [450, 900],
    [1200, 260],
  ]) {
    for (const tiles of [1, 8, 120]) {
      const { map, columns, rows, tile, beside } = layout(width, height, tiles, SIZES);
      assert.ok(columns * rows >= tiles && tile >= SIZES.least && map > 0, `${width}x${height}, ${tiles} tiles`);
      const [across, down] = beside
        ? [map + columns * tile, Math.max(map, rows * tile)]
        : [Math.max(map, columns * tile), map + rows * tile];
      assert.ok(across <= width, `${across} of ${width} across, ${tiles} tiles`);
      assert.ok(down <= height || map === SIZES.smallest, `${down} of ${height} down, ${tiles} tiles`);
    }
  }
});

test("without neurons the map has the room alone", () => {
  assert.deepEqual(layout(300, 200, 0, SIZES), { map: 200, columns: 0, rows: 0, tile: 0, beside: false });
});

const sent = (neurons, bytes, drawn = 3) => ({
  header: { hidden: [{ layer: 1, name: "LIF 2", neurons: drawn, drawn, side: 1, most: 4, sent: neurons }] },
  arrays: [Uint8Array.of(0), Uint8Array.from(bytes)],
});

test("neurons that a message leaves out keep their maps, those that none brought are blank", () => {
  const first = tilesOf(sent([0, 2], [10, 30]), []);
  assert.deepEqual(
    first.map(({ values }) => [...values]),
    [[10], [255], [30]],
  );
  const next = tilesOf(sent([1, 2], [21, 31]), first);
  assert.deepEqual(
    next.map(({ values }) => [...values]),
    [[10], [21], [31]],
  );
});

test("neurons that are no longer there are forgotten", () => {
  const first = tilesOf(sent([0, 1, 2], [1, 2, 3]), []);
  assert.deepEqual(
    tilesOf(sent([0], [9], 1), first).map(({ values }) => [...values]),
    [[9]],
  );
});
