// Keeps keys that are pressed with Alt, Ctrl or Meta from all widgets but those that text is typed into; the browser still gets them, and
// what undoes and redoes.

import { isTypedInto, stepOf } from "../lib/keys.js";

window.addEventListener("keydown", leaveChord, true); // once, for good, over all pages

export default function () {}

/** @param {KeyboardEvent} event */
function leaveChord(event) {
  const isChord = event.altKey || event.ctrlKey || event.metaKey;
  if (isChord && !isTypedInto(event.target) && !stepOf(event)) event.stopImmediatePropagation();
}
