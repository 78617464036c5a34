import assert from "node:assert/strict";
import { test } from "node:test";
import { split } from "../../app/web/lib/split.js";

const glossary = { pattern: "(?<![\\w])(?:(spikes?)|(u))(?![\\w])", terms: [{ word: "spike" }, { word: "u" }] };

test("a word of the glossary is found in each of its forms, and once in a text", () => {
  const words = split("10 spikes, one spike: u fell, u_rest not", glossary);
  assert.deepEqual(
    words.filter(({ word }) => word),
    [
      { text: "spikes", word: "spike" },
      { text: "u", word: "u" },
    ],
  );
  assert.equal(words.map(({ text }) => text).join(""), "10 spikes, one spike: u fell, u_rest not");
});
