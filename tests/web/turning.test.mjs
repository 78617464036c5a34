import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { askedFor, forgetAsked, isOvertaken, isTurning, LONGEST, pageAt, pageDrawn } from "../../app/web/lib/turning.js";

/** Asks for a page, and returns how often it was asked for again. */
function asking(page) {
  const times = { again: 0 };
  askedFor(page, () => {
    times.again += 1;
    askedFor(page, () => times.again++); // as a link does that is clicked again
  });
  return times;
}

test("a page that was asked for is asked for again whenever another is drawn, until it is drawn itself", () => {
  const times = asking("network");
  for (const drawn of ["neuron", "", "network"]) pageDrawn(drawn);
  assert.equal(times.again, 2);
});

test("where the page that was left is drawn after it, it is asked for again, but not long after", () => {
  const now = mock.method(performance, "now", () => 0);
  const times = asking("network");
  pageDrawn("network");
  assert.equal(isTurning(), false);
  pageDrawn("");
  assert.equal(times.again, 1);
  pageDrawn("network");
  now.mock.mockImplementation(() => LONGEST);
  assert.equal(isOvertaken("neuron"), false);
  pageDrawn("neuron");
  assert.equal(times.again, 1);
  now.mock.restore();
});

test("a page that is never drawn is not asked for without end", () => {
  const times = asking("gone");
  for (let drawn = 0; drawn < 50; drawn++) pageDrawn("network");
  assert.equal(times.again, 5);
});

test("whoever does something else no longer asks for it", () => {
  const times = asking("network");
  forgetAsked();
  pageDrawn("neuron");
  assert.equal(times.again, 0);
});

test("only the page that was asked for may take the address meanwhile", () => {
  forgetAsked();
  assert.equal(isOvertaken("neuron"), false);
  asking("network");
  assert.deepEqual(["neuron", "", "network"].map(isOvertaken), [true, true, false]);
});

test("a page is named after the last part of its path", () => {
  assert.deepEqual(["/", "/network", "/class/neuron"].map(pageAt), ["", "network", "neuron"]);
});
