// Keeps keys that are pressed with Alt, Ctrl or Meta from all widgets but those that text is typed into; the browser still gets them.

const TYPED_INTO = "textarea, input:not([type=range], [type=checkbox], [type=radio])";

export default function () {
  const { dataset } = document.documentElement;
  if (dataset.chords) return; // for good, over all pages
  dataset.chords = "left";
  window.addEventListener("keydown", leaveChord, true);
}

function leaveChord(event) {
  const isChord = event.altKey || event.ctrlKey || event.metaKey;
  if (isChord && !event.target.matches?.(TYPED_INTO)) event.stopImmediatePropagation();
}
