// The pointer over the rows: what is under it is said, a click picks, a drag along time zooms.

import { setText } from "../lib/dom.js";
import { toTime } from "../lib/time_axis.js";
import { rem, unit } from "../lib/unit.js";
import { kindOf } from "./kinds/kinds.js";
import { setZoom } from "./sight.js";
import { fieldOf, presentTime, timeAxis } from "./stage.js";
import { FOOT } from "./ticks.js";
import { moveTo, pick } from "./visits.js";
import { zoomed } from "./zoom.js";

/** @typedef {import("./rows.js").View} View */

const TIP_DISTANCE = 12; // pixels
const CLICK_TRAVEL = 4; // pixels

/** @param {View} view @param {AbortSignal} signal ends it */
export function listenToPointer(view, signal) {
  const { root } = view;
  root.addEventListener("pointermove", (event) => onMove(view, event), { signal });
  root.addEventListener("pointerleave", () => hideTip(view), { signal });
  root.addEventListener("pointerdown", (event) => onPress(view, event), { signal });
  root.addEventListener("dblclick", (event) => canvasOf(event) && setZoom(view, null), { signal });
}

/** @param {View} view */
export function hideTip({ tip }) {
  tip.style.display = "none";
}

/** @param {Event} event */
const canvasOf = ({ target }) => (target instanceof Element ? target.closest("canvas") : null);

/** Where in the rows the pointer is, or null. @param {View} view @param {PointerEvent} event @returns {import("./cursor.js").Place | null} */
function placeUnder(view, event) {
  const canvas = canvasOf(event);
  const place = view.rows.findIndex((one) => one.canvas === canvas);
  if (!canvas || place < 0) return null;
  const box = canvas.getBoundingClientRect();
  const { row, height } = view.rows[place];
  const [left, top] = [event.clientX - box.left, event.clientY - box.top].map((pixels) => pixels / unit());
  const found = kindOf(row).hit(fieldOf(view, height), row, left, top);
  return found && { place, time: presentTime(view), line: 0, ...found };
}

/** @param {View} view @param {PointerEvent} event */
function onMove(view, event) {
  if (view.isDragged) return;
  const at = placeUnder(view, event);
  if (!at) {
    hideTip(view);
    return;
  }
  moveTo(view, at);
  setText(view.tip, view.readout.textContent);
  const page = view.root.getBoundingClientRect();
  const left = event.clientX - page.left;
  const flips = left > page.width / 2;
  Object.assign(view.tip.style, {
    display: "block",
    left: flips ? "auto" : `${left + TIP_DISTANCE}px`,
    right: flips ? `${page.width - left + TIP_DISTANCE}px` : "auto",
    top: `${event.clientY - page.top + TIP_DISTANCE}px`,
  });
}

/** A press and release in one place picks; a drag along time zooms. @param {View} view @param {PointerEvent} pressed */
function onPress(view, pressed) {
  const canvas = canvasOf(pressed);
  if (pressed.button || !canvas) return;
  const at = placeUnder(view, pressed);
  const zooms = pressed.pointerType !== "touch" && runsOverTime(view, canvas);
  const page = view.root.getBoundingClientRect();
  const start = pressed.clientX - page.left;
  const dragged = new AbortController();
  const { signal } = dragged;
  /** @param {PointerEvent} event */
  const travel = (event) => Math.abs(event.clientX - pressed.clientX);
  /** @param {PointerEvent} event */
  const span = (event) => [start, event.clientX - page.left].sort((one, other) => one - other);

  /** @param {PointerEvent} event */
  const onDrag = (event) => {
    if (!zooms || travel(event) <= CLICK_TRAVEL) return;
    view.isDragged = true;
    hideTip(view);
    const [left, right] = span(event);
    const height = `calc(100% - ${rem(FOOT)})`;
    Object.assign(view.zoomed.style, { display: "block", left: `${left}px`, width: `${right - left}px`, top: "0", height });
  };
  const end = () => {
    dragged.abort();
    view.zoomed.style.display = "none";
    view.isDragged = false;
  };
  /** @param {PointerEvent} event */
  const onRelease = (event) => {
    const { isDragged } = view;
    end();
    if (isDragged) {
      const axis = timeAxis(view);
      const [from, to] = span(event).map((left) => toTime(axis, left / unit()));
      setZoom(view, zoomed(Math.max(from, axis.from), Math.min(to, axis.to), view.header.steps));
    } else if (at && travel(event) <= CLICK_TRAVEL) {
      moveTo(view, at);
      pick(view, pressed.shiftKey || pressed.ctrlKey || pressed.metaKey);
    }
  };
  window.addEventListener("pointermove", onDrag, { signal });
  window.addEventListener("pointerup", onRelease, { signal });
  window.addEventListener("pointercancel", end, { signal });
}

/** Whether a canvas has the time along it: the axis below has, and rows over time. @param {View} view @param {HTMLCanvasElement} canvas */
function runsOverTime(view, canvas) {
  const drawn = view.rows.find((one) => one.canvas === canvas);
  return !drawn || kindOf(drawn.row).runsOver === "time";
}
