// The plot by pointer, by finger and by key.

import { wholeWithin } from "../lib/numbers.js";
import { LEFT, RIGHT } from "../lib/time_axis.js";
import { rem, unit } from "../lib/unit.js";
import { choose, moveCursor, pointOf, refreshTip } from "./cursor.js";
import { directionOf, follow } from "./gestures.js";
import { playOrRest, rest, stepOn } from "./transport.js";

/** @typedef {import("./state.js").View} View */

/** @param {View} view */
export function listenToPlot(view) {
  const { plot, tip } = view.nodes;
  plot.onpointerdown = (event) => press(view, event);
  plot.addEventListener("pointermove", (event) => hover(view, event));
  plot.onpointerleave = () => {
    tip.hidden = true;
  };
  // No `onkeydown`: what that returns would decide whether the browser still gets its keys.
  plot.addEventListener("keydown", (event) => {
    if (event.target === plot) onKey(view, event);
  });
}

/** Sideways through time, up and down through the neurons; Space plays, the full stop goes one step on. @param {View} view @param {KeyboardEvent} event */
function onKey(view, event) {
  const [sideways, upwards] = directionOf(event);
  const press = { " ": playOrRest, ".": stepOn }[event.key];
  const end = { Home: 0, End: view.run.steps - 1 }[event.key];
  if (!(sideways || upwards || press || end !== undefined)) return;
  event.preventDefault();
  if (press) return press(view);
  rest(view);
  if (upwards) choose(view, view.neuron - upwards);
  else moveCursor(view, end ?? view.at + sideways, true);
}

/**
 * A press takes the time cursor along, and on the raster chooses a neuron; a finger that scrolls the page takes nothing.
 * @param {View} view
 * @param {PointerEvent} pressed
 */
function press(view, pressed) {
  if (pressed.button) return;
  rest(view);
  const { plot } = view.nodes;
  const raster = view.lanes.find(({ name }) => name === "raster");
  const isTouch = pressed.pointerType === "touch";
  const from = pointOf(view, pressed);
  const move = (/** @type {PointerEvent} */ event) => {
    const { time, x, y } = pointOf(view, event);
    if (isTouch && Math.abs(x - from.x) < Math.abs(y - from.y)) return;
    const row = raster ? (y - raster.top) / raster.height : -1;
    if (row >= 0 && row < 1) choose(view, Math.floor(row * view.run.neurons));
    moveCursor(view, time);
  };
  if (!isTouch) move(pressed);
  plot.onpointerup = move; // a tap, too
  follow(plot, pressed, move, () => {
    plot.onpointerup = null;
  });
}

/** @param {View} view @param {PointerEvent} event */
function hover(view, event) {
  const { tip } = view.nodes;
  const { x, y, time } = pointOf(view, event);
  tip.hidden = view.isDragging || x < LEFT || x > view.width - RIGHT;
  if (tip.hidden) return;
  tip.dataset.time = String(wholeWithin(time, 0, view.run.steps - 1));
  refreshTip(view);
  const left = x > view.width / 2 ? x - 12 - tip.offsetWidth / unit() : x + 12;
  Object.assign(tip.style, { left: rem(left), top: rem(y + 14) });
}
