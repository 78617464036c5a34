// The pen of the pad: a pointer, or arrow keys.

import { ARROWS, LEAP } from "../lib/keys.js";
import { clamp } from "../lib/numbers.js";

/** @typedef {import("./drawing_pad.js").View} View */
/**
 * Called when a stroke has grown, and to clear the pad.
 * @typedef {{changed: (view: View, isFinished: boolean) => void, clear: (view: View) => void}} Told
 */

const STEP = 1 / 32; // of the pad, by key

/** @param {View} view @param {Told} told */
export function listen(view, told) {
  const { sheet, ended } = view;
  const { signal } = ended;
  sheet.addEventListener("pointerdown", (event) => onDown(view, event, told), { signal });
  sheet.addEventListener("pointermove", (event) => onMove(view, event, told), { signal });
  for (const ends of /** @type {const} */ (["pointerup", "pointercancel"]))
    sheet.addEventListener(ends, () => onUp(view, told), { signal });
  sheet.addEventListener("keydown", (event) => onKey(view, event, told), { signal });
  sheet.addEventListener("focus", () => showPen(view, sheet.matches(":focus-visible"), told), { signal }); // a pointer's comes after it is down
  sheet.addEventListener("blur", () => leave(view, told), { signal });
}

/** @param {View} view @param {boolean} isShown @param {Told} told */
function showPen(view, isShown, told) {
  view.pen.isShown = isShown;
  told.changed(view, false);
}

/** @param {View} view @param {Told} told */
function leave(view, told) {
  view.pen.isShown = false;
  lift(view, told);
}

/** @param {View} view @param {PointerEvent} event @param {Told} told */
function onDown(view, event, told) {
  if (event.button) return;
  view.sheet.setPointerCapture(event.pointerId);
  view.pen.isShown = false;
  view.pen.isDown = true;
  view.strokes.push([placeOf(view, event)]);
  told.changed(view, false);
}

/** @param {View} view @param {PointerEvent} event @param {Told} told */
function onMove(view, event, told) {
  if (!view.pen.isDown || !event.buttons) return;
  const between = event.getCoalescedEvents?.() ?? []; // where the pointer was since the last event; some browsers keep none
  for (const each of between.length ? between : [event]) view.strokes.at(-1)?.push(placeOf(view, each));
  told.changed(view, false);
}

/** @param {View} view @param {Told} told */
function onUp(view, told) {
  if (view.pen.isDown) lift(view, told);
}

/** @param {View} view @param {Told} told */
function lift(view, told) {
  const wasDown = view.pen.isDown;
  view.pen.isDown = false;
  told.changed(view, wasDown);
}

/** @param {View} view @param {PointerEvent} event @returns {[number, number]} */
function placeOf({ sheet, pen }, { clientX, clientY }) {
  const { left, top, width, height } = sheet.getBoundingClientRect();
  pen.x = clamp((clientX - left) / width, 0, 1);
  pen.y = clamp((clientY - top) / height, 0, 1);
  return [pen.x, pen.y];
}

/** @param {View} view @param {KeyboardEvent} event @param {Told} told */
function onKey(view, event, told) {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const { pen, strokes } = view;
  const step = ARROWS[event.key];
  pen.isShown = true;
  if (step) {
    const far = STEP * (event.shiftKey ? LEAP / 2 : 1);
    pen.x = clamp(pen.x + step[0] * far, 0, 1);
    pen.y = clamp(pen.y + step[1] * far, 0, 1);
    if (pen.isDown) strokes.at(-1)?.push([pen.x, pen.y]);
    told.changed(view, false);
  } else if (event.key === " ") {
    if (pen.isDown) lift(view, told);
    else {
      pen.isDown = true;
      strokes.push([[pen.x, pen.y]]);
      told.changed(view, true);
    }
  } else if (event.key === "Delete" || event.key === "Backspace") told.clear(view);
  else if (event.key === "Escape" && pen.isDown) lift(view, told);
  else return;
  event.preventDefault();
}
