// Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y, or with Cmd, undo and redo what was done on the page. In a field for text they are the field's own.

import { Acts } from "../lib/acts.js";
import { isTypedInto, stepOf } from "../lib/keys.js";
import { lastingView } from "../lib/view.js";

/**
 * @typedef {import("../wire.js").Undo} Data
 * @typedef {ReturnType<typeof create>} View
 */

export default lastingView({ create, update, destroy });

function create() {
  const view = { acts: /** @type {Acts<import("../wire.js").WalkAct>} */ (new Acts()), ends: new AbortController() };
  window.addEventListener("keydown", (event) => onKey(event, view), { capture: true, signal: view.ends.signal });
  return view;
}

/** @param {View} view @param {Data} data @param {(name: string, value: unknown) => void} send */
function update({ acts }, { answered }, send) {
  acts.update(send, answered);
}

/** @param {View} view */
function destroy({ ends }) {
  ends.abort();
}

/** @param {KeyboardEvent} event @param {View} view */
function onKey(event, { acts }) {
  const step = stepOf(event);
  if (!step || isTypedInto(event.target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!event.repeat) acts.tell({ do: step });
}
