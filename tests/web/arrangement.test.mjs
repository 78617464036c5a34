import assert from "node:assert/strict";
import { test } from "node:test";
import { arrange } from "../../app/web/ribbon/arrangement.js";
import { regroup, thin } from "../../app/web/ribbon/folding.js";

const CASES = [
  [4, 10, 4],
  [4, 10, 2],
  [4, 10, 8],
  [8, 100, 16],
  [50, 200, 1],
  [1, 1, 1],
].flatMap(([batch, steps, rows]) =>
  [200, 360, 1200].flatMap((width) => [false, true].map((isMarked) => ({ batch, steps, rows, width, isMarked }))),
);

/** Blocks by the line they stand in, from left to right. */
const lines = (blocks) => [...Map.groupBy(blocks, ({ y }) => y).values()];

const arranged = ({ batch, steps, rows, width, isMarked }) =>
  arrange(regroup(batch, steps, rows), thin(batch, steps), width, isMarked, true);

test("every step that is drawn has one block, and no block leaves the page", () => {
  for (const each of CASES) {
    const { samples, steps } = thin(each.batch, each.steps);
    const { blocks, height } = arranged(each);
    assert.equal(new Set(blocks.map(({ sample, step }) => `${sample}/${step}`)).size, blocks.length);
    const held = new Set(blocks.map(({ sample }) => sample));
    assert.deepEqual(
      [...held],
      [...held].filter((sample) => sample <= samples),
    );
    assert.equal(blocks.length, held.size * steps.length);
    for (const { x, y, width } of blocks) assert.ok(x >= 0 && x + width <= each.width + 1 && y < height, JSON.stringify(each));
  }
});

test("no block lies over another", () => {
  for (const each of CASES)
    for (const line of lines(arranged(each).blocks))
      line.forEach((block, index) => {
        if (index) assert.ok(block.x > line[index - 1].x + line[index - 1].width, JSON.stringify(each));
      });
});

test("rows that have room take one line each, and end together", () => {
  const { blocks } = arranged({ batch: 4, steps: 10, rows: 2, width: 1200, isMarked: false });
  const rows = lines(blocks);
  assert.equal(rows.length, 2);
  const [one, other] = rows.map((row) => row.at(-1).x + row.at(-1).width);
  assert.equal(one, other);
});

test("marks say which rows start from zero, which in the middle of a sample, and where a state is carried over", () => {
  const { marks } = arranged({ batch: 2, steps: 3, rows: 3, width: 1200, isMarked: true });
  assert.deepEqual(
    marks.filter(({ kind }) => kind !== "label").map(({ text, kind }) => `${text} ${kind}`),
    ["○ zero", "○ cut", "→ carried", "○ cut"],
  );
});
