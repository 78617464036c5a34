import assert from "node:assert/strict";
import { test } from "node:test";
import { LEFT, plotWidth, RIGHT } from "../../app/web/lib/time_axis.js";
import { KINDS } from "../../app/web/rows/kinds/kinds.js";

const AXIS = { from: -0.5, to: 99.5, width: LEFT + 400 + RIGHT };
const HEIGHT = 56;

/** What a row writes along its lower edge, and the lowest edge of what it fills above. */
function drawn(row, values) {
  const words = [];
  let lowest = 0;
  const context = new Proxy(
    {
      fillText: (text, x, y) => words.push({ text, x, y }),
      fillRect: (_x, y, _width, height) => {
        lowest = Math.max(lowest, y + height);
      },
      measureText: () => ({ width: 0 }),
    },
    { get: (own, name) => own[name] ?? (() => {}), set: () => true },
  );
  const palette = { text: "#000000", muted: "#000000", membrane: "#000000" };
  const ramps = { difference: new Uint32Array(256) };
  KINDS[row.kind].draw({ context, axis: AXIS, height: HEIGHT, arrays: [values], steps: 100, scale: 1, palette, ramps }, row);
  return { lowest, foot: words.filter(({ y }) => y === HEIGHT) };
}

const weights = { kind: "weights", z: 0, shape: [16], across: "input channel" };
const bars = { kind: "bars", z: 0, axis: "Hz", across: "neuron", bin: 1, first: 0, selected: null };

for (const row of [weights, bars]) {
  test(`${row.kind} have an axis of their own below them, which says what it numbers`, () => {
    const sign = row === weights ? -1 : 1;
    const { foot, lowest } = drawn(
      row,
      Float32Array.from({ length: 16 }, (_, index) => sign ** index * index),
    );
    assert.deepEqual(
      foot.map(({ text, x }) => [text, x - LEFT]),
      [
        ["0", 0],
        [row.across, plotWidth(AXIS) / 2],
        ["15", plotWidth(AXIS)],
      ],
    );
    assert.ok(lowest <= HEIGHT - 14);
  });
}
