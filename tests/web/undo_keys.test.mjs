// Which keys undo and redo.

import assert from "node:assert/strict";
import test from "node:test";
import { stepOf } from "../../app/web/lib/keys.js";

/** @param {Partial<KeyboardEvent>} event */
const pressed = (event) =>
  stepOf(/** @type {KeyboardEvent} */ ({ code: "", altKey: false, ctrlKey: false, metaKey: false, shiftKey: false, ...event }));

test("Ctrl+Z undoes, Ctrl+Shift+Z and Ctrl+Y redo", () => {
  assert.equal(pressed({ key: "z", ctrlKey: true }), "undo");
  assert.equal(pressed({ key: "Z", ctrlKey: true, shiftKey: true }), "redo");
  assert.equal(pressed({ key: "y", ctrlKey: true }), "redo");
});

test("on a Mac it is Cmd, and Cmd+Y stays the browser's", () => {
  assert.equal(pressed({ key: "z", metaKey: true }), "undo");
  assert.equal(pressed({ key: "z", metaKey: true, shiftKey: true }), "redo");
  assert.equal(pressed({ key: "y", metaKey: true }), undefined);
});

test("a key that types no Latin letter counts by its place, any other by its letter", () => {
  assert.equal(pressed({ key: "я", code: "KeyZ", ctrlKey: true }), "undo");
  assert.equal(pressed({ key: "z", code: "KeyY", ctrlKey: true }), "undo");
});

test("without Ctrl or Cmd, and with Alt, keys do neither", () => {
  assert.equal(pressed({ key: "z" }), undefined);
  assert.equal(pressed({ key: "z", ctrlKey: true, altKey: true }), undefined);
});
