import assert from "node:assert/strict";
import { test } from "node:test";
import { describe, explain, mixUps, regroup, thin, why } from "../../app/web/ribbon/folding.js";

const lengths = (rows) => rows.map((runs) => runs.reduce((sum, { first, last }) => sum + last - first + 1, 0));

test("steps are cut into rows of equal length, in the order of the samples, or not at all", () => {
  for (let rows = 0; rows <= 24; rows++) {
    const cut = regroup(4, 6, rows);
    if (rows < 1 || 24 % rows) {
      assert.equal(cut, null);
      continue;
    }
    assert.deepEqual(lengths(cut), Array(rows).fill(24 / rows));
    const seen = cut
      .flat()
      .flatMap(({ sample, first, last }) => Array.from({ length: last - first + 1 }, (_, index) => [sample, first + index]));
    assert.deepEqual(
      seen,
      Array.from({ length: 24 }, (_, at) => [Math.floor(at / 6) + 1, (at % 6) + 1]),
    );
  }
});

test("with the true batch size nothing is mixed up", () => {
  assert.deepEqual(mixUps(regroup(4, 6, 4)), { carried: [], cut: [] });
  assert.equal(explain(4, 6, 4), "With batch_size 4, each row is one sample and starts from zero: this is right.");
});

test("with fewer rows samples go on from others, with more they are cut", () => {
  assert.equal(
    explain(4, 6, 2),
    "With batch_size 2, row 1 runs through sample 1 and then sample 2: sample 2 starts from the membrane potentials that sample 1 left " +
      "at its step 6. Of 4 samples, 2 start from another's potentials. No error says so: the shapes fit.",
  );
  assert.equal(
    explain(4, 6, 8),
    "With batch_size 8, sample 1 is cut: its steps 4–6 start from zero, as a sample of their own. Of 4 samples, 4 are cut. " +
      "No error says so: the shapes fit.",
  );
  assert.equal(
    explain(2, 3, 3),
    "With batch_size 3, row 2 runs through sample 1 and then sample 2: sample 2 starts from the membrane potentials that sample 1 left " +
      "at its step 3. Sample 1 is cut: its step 3 starts from zero, at the head of row 2. " +
      "Of 2 samples, 1 starts from another's potentials and 2 are cut. No error says so: the shapes fit.",
  );
});

test("a number of rows that doesn't divide the steps is refused", () => {
  assert.equal(explain(4, 6, 5), "LIFSqueeze refuses batch_size 5: 24 rows are not divisible by 5.");
  assert.equal(explain(1, 1, 2), "LIFSqueeze refuses batch_size 2: 1 row is not divisible by 2.");
});

test("rows are told in words, the first dozen of them", () => {
  assert.equal(
    describe(regroup(2, 3, 3)),
    "Row 1: sample 1, steps 1–2. Row 2: sample 1, step 3; then sample 2, step 1. Row 3: sample 2, steps 2–3.",
  );
  assert.match(describe(regroup(20, 2, 20)), /Row 12: sample 12, steps 1–2\. And so on, 20 rows\.$/);
  assert.match(describe(regroup(20, 2, 1)), /sample 12, steps 1–2; and so on\.$/);
});

test("of many samples the first are drawn, of many steps some from the first to the last", () => {
  assert.deepEqual(thin(2, 3), { samples: 2, steps: [1, 2, 3], note: "" });
  assert.deepEqual(thin(1, 1), { samples: 1, steps: [1], note: "" });
  const { samples, steps, note } = thin(50, 1000);
  assert.deepEqual([samples, steps.length, steps[0], steps.at(-1)], [12, 40, 1, 1000]);
  assert.equal(new Set(steps).size, 40);
  assert.equal(note, "drawn: 12 of 50 samples, 40 of 1000 steps");
});

test("why time is folded names both shapes", () => {
  assert.match(why(8, 100), /squeeze folds \(8, 100, …\) into \(800, …\)/);
  assert.match(why(1, 1), /squeeze folds \(1, 1, …\) into \(1, …\)/);
});
