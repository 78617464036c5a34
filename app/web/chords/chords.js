// Keeps keys that are pressed with Alt, Ctrl or Meta from all widgets but those that text is typed into; the browser still gets them.

const TYPED_INTO = "textarea, input:not([type=range], [type=checkbox], [type=radio])";

window.addEventListener("keydown", leaveChord, true); // once, for good, over all pages

export default function () {}

/** @param {KeyboardEvent} event */
function leaveChord(event) {
  const isChord = event.altKey || event.ctrlKey || event.metaKey;
  const isTyped = event.target instanceof Element && event.target.matches(TYPED_INTO);
  if (isChord && !isTyped) event.stopImmediatePropagation();
}
