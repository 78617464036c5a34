import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Acts, MEMORY, PATIENCE } from "../../app/web/lib/acts.js";
import { drawn } from "../../app/web/lib/drawn.js";
import { askedFor, forgetAsked, LONGEST, pageDrawn } from "../../app/web/lib/turning.js";

/** Acts whose tellings are kept, each as the numbers that it told. */
function listened() {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const told = [];
  const acts = new Acts();
  const send = (_name, value) => told.push(value.map(({ number }) => number));
  acts.update(send, 0);
  return { acts, told, answer: (number) => acts.update(send, number) };
}

test("an act that was dropped is told again until it is answered", () => {
  const { acts, told, answer } = listened();
  acts.tell({ do: "pin" });
  mock.timers.tick(PATIENCE);
  mock.timers.tick(PATIENCE);
  assert.deepEqual(told, [[1], [1], [1]]);
  answer(1);
  mock.timers.tick(2 * PATIENCE);
  assert.equal(told.length, 3);
});

test("nothing is told while the visitor waits for another page", () => {
  const { acts, told } = listened();
  askedFor("network", () => {});
  acts.tell({ do: "pin" });
  mock.timers.tick(PATIENCE);
  pageDrawn("neuron");
  mock.timers.tick(PATIENCE);
  assert.deepEqual(told, []);
  pageDrawn("network");
  mock.timers.tick(PATIENCE);
  assert.deepEqual(told, [[1]]);
  acts.end();
});

test("a page that doesn't come holds nothing up for long", (t) => {
  const { acts, told } = listened();
  t.mock.method(performance, "now", () => 0);
  askedFor("network", () => {});
  acts.tell({ do: "pin" });
  performance.now.mock.mockImplementation(() => LONGEST);
  mock.timers.tick(PATIENCE);
  assert.deepEqual(told, [[1]]);
  acts.end();
  forgetAsked();
});

test("what is done before an answer came is told once it has come, oldest first", () => {
  const { acts, told, answer } = listened();
  acts.tell({ do: "one" });
  acts.tell({ do: "two" });
  acts.tell({ do: "three" });
  assert.deepEqual(told, [[1]]);
  answer(1);
  mock.timers.tick(1);
  assert.deepEqual(told, [[1], [2, 3]]);
  answer(2);
  mock.timers.tick(1);
  assert.deepEqual(told, [[1], [2, 3]], "the third is under way");
  answer(3);
  acts.tell({ do: "four" });
  assert.deepEqual(told, [[1], [2, 3], [4]]);
});

test("an act that no answer comes to is told again with those after it, oldest first", () => {
  const { acts, told } = listened();
  acts.tell({ do: "one" });
  acts.tell({ do: "two" });
  mock.timers.tick(PATIENCE);
  assert.deepEqual(told, [[1], [1, 2]]);
});

test("data that come twice tell a waiting act once", () => {
  const { acts, told, answer } = listened();
  acts.tell({ do: "one" });
  acts.tell({ do: "two" });
  answer(1);
  answer(1);
  mock.timers.tick(1);
  assert.deepEqual(told, [[1], [2]]);
});

test("where only the latest act counts, earlier ones are not told again", () => {
  const { acts, told } = listened();
  acts.tellLatest({ x: 1 });
  acts.tellLatest({ x: 2 });
  mock.timers.tick(PATIENCE);
  assert.deepEqual(told, [[1], [2]]);
});

test("the latest act of a kind leaves acts of other kinds to be told", () => {
  const { acts, told } = listened();
  acts.tellLatest({ do: "pick", x: 1 });
  acts.tellLatest({ do: "choose" });
  acts.tellLatest({ do: "pick", x: 2 });
  mock.timers.tick(PATIENCE);
  assert.deepEqual(told, [[1], [2, 3]]);
});

test("data that answer an earlier act leave a later one unanswered", () => {
  const { acts, answer } = listened();
  acts.tell({ do: "one" });
  acts.tell({ do: "two" });
  answer(1);
  assert.deepEqual(
    acts.unanswered.map(({ do: name }) => name),
    ["two"],
  );
});

test("a new view counts on from what its session has answered", () => {
  const { acts, told, answer } = listened();
  answer(7);
  acts.tell({ do: "pin" });
  assert.deepEqual(told, [[8]]);
});

test("a view that is gone tells nothing more", () => {
  const { acts, told } = listened();
  acts.tell({ do: "pin" });
  acts.end();
  mock.timers.tick(2 * PATIENCE);
  assert.deepEqual(told, [[1]]);
});

test("a view that comes back tells again what was left", () => {
  const { acts, told, answer } = listened();
  acts.tell({ do: "pin" });
  acts.end();
  answer(0);
  acts.tell({ do: "unpin" });
  mock.timers.tick(1);
  assert.deepEqual(told, [[1], [1, 2]]);
});

test("what a view that is gone told is told by the one that comes next at its place, with what it was about to tell", () => {
  const { acts: gone, told: before } = listened();
  gone.tell({ do: "one" });
  gone.tell({ do: "two" });
  gone.end();
  const { acts, told, answer } = listened();
  acts.takeOver(gone);
  answer(0);
  mock.timers.tick(1);
  assert.deepEqual([before, told], [[[1]], [[1, 2]]]);
  answer(2);
  acts.tell({ do: "three" });
  assert.deepEqual(told.at(-1), [3]);
  mock.timers.tick(PATIENCE);
  assert.deepEqual(before, [[1]], "the one that is gone says nothing more");
});

test("what was answered meanwhile isn't told again", () => {
  const { acts: gone } = listened();
  gone.tell({ do: "one" });
  const { acts, told, answer } = listened();
  acts.takeOver(gone);
  answer(1);
  mock.timers.tick(PATIENCE);
  assert.deepEqual(told, []);
});

test("what was told to a view that is gone for long is forgotten", () => {
  const { acts: gone } = listened();
  gone.tell({ do: "one" });
  gone.end();
  const later = performance.now() + MEMORY + 1;
  mock.method(performance, "now", () => later);
  const { acts, told, answer } = listened();
  acts.takeOver(gone);
  answer(0);
  mock.timers.tick(PATIENCE);
  assert.deepEqual(told, []);
  mock.restoreAll();
});

test("a session that has answered nothing is told what is done, and what the one before left unanswered", () => {
  const { acts, told, answer } = listened();
  acts.tell({ do: "one" });
  answer(1);
  answer(0);
  acts.tell({ do: "two" });
  assert.deepEqual(told, [[1], [2]]);
  answer(2);
  acts.tell({ do: "three" });
  answer(0);
  mock.timers.tick(1);
  assert.deepEqual(told, [[1], [2], [3], [3]]);
});

test("each telling says which page the browser has drawn by then", () => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  const told = [];
  const acts = new Acts();
  acts.update((_name, value) => told.push(value), 0);
  drawn.number = 7;
  acts.tell({ do: "edit" });
  drawn.number = 8;
  mock.timers.tick(PATIENCE);
  drawn.number = null;
  assert.deepEqual(told, [[{ do: "edit", number: 1, drawn: 7 }], [{ do: "edit", number: 1, drawn: 8 }]]);
  acts.end();
});
