import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { APART, inTurn } from "../../app/web/lib/turns.js";

mock.timers.enable({ apis: ["setTimeout"] });

/** What was told, and two views that tell something. */
function listened() {
  mock.timers.tick(10 * APART);
  const told = [];
  const [one, two] = [{}, {}];
  const say = (who, what) => inTurn(who, () => told.push(what));
  return { told, one, two, say };
}

test("what two views tell in one moment is told apart, in order", () => {
  const { told, one, two, say } = listened();
  say(one, "a");
  say(two, "b");
  say(one, "c");
  assert.deepEqual(told, ["a"]);
  mock.timers.tick(APART);
  assert.deepEqual(told, ["a", "b"]);
  mock.timers.tick(APART);
  assert.deepEqual(told, ["a", "b", "c"]);
});

test("one view never waits for itself", () => {
  const { told, one, two, say } = listened();
  say(one, "a");
  say(one, "b");
  assert.deepEqual(told, ["a", "b"]);
  say(two, "c");
  say(two, "d");
  mock.timers.tick(APART);
  assert.deepEqual(told, ["a", "b", "c", "d"]);
});

test("a moment later nobody waits", () => {
  const { told, one, two, say } = listened();
  say(one, "a");
  mock.timers.tick(APART);
  say(two, "b");
  assert.deepEqual(told, ["a", "b"]);
});
