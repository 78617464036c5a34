// Keys, while the rows have the focus: arrows move the cursor, Enter picks, plus and minus zoom.

import { ARROWS, LEAP } from "../lib/keys.js";
import { clamp } from "../lib/numbers.js";
import { leave, linesAt, runsOverValues } from "./cursor.js";
import { hideTip } from "./pointer.js";
import { goBack } from "./return.js";
import { setZoom } from "./sight.js";
import { timeAxis } from "./stage.js";
import { moveTo, pick } from "./visits.js";
import { zoomed } from "./zoom.js";

/** @typedef {import("./rows.js").View} View */
/** @typedef {import("./cursor.js").Place} Place */

const BY_KEY = { isAloud: true, follows: true };
const ZOOM_FACTOR = 2;

/** Only while the rows themselves have the focus, not a button in them. @param {View} view @param {KeyboardEvent} event */
export function onKey(view, event) {
  if (event.target !== view.root) return;
  hideTip(view);
  if (!isDone(view, event)) return;
  event.preventDefault();
  event.stopPropagation();
}

/** Does what a key asks for. @param {View} view @param {KeyboardEvent} event @returns {boolean} whether it asks for anything */
function isDone(view, { key, shiftKey }) {
  const here = view.at ?? { place: 0, time: -1, line: 0 };
  const arrow = ARROWS[key];
  if (arrow) {
    const [across, down] = arrow;
    const far = shiftKey ? LEAP : 1;
    moveTo(view, down ? nextLine(view, here, down, far) : along(view, here, across * far), BY_KEY);
  } else if (key === "Home" || key === "End") {
    moveTo(view, along(view, here, key === "Home" ? -Number.MAX_SAFE_INTEGER : Number.MAX_SAFE_INTEGER), BY_KEY);
  } else if (key === "Enter" && view.at) {
    pick(view, shiftKey);
  } else if (key === "Escape" && view.header.back) {
    goBack(view);
  } else if (key === "Escape" && view.at) {
    leave(view);
  } else if (key === "+" || key === "-") {
    const { from, to } = timeAxis(view);
    const span = (to - from) * (key === "+" ? 1 / ZOOM_FACTOR : ZOOM_FACTOR);
    const middle = view.at ? view.at.time : (from + to) / 2;
    setZoom(view, zoomed(middle - span / 2, middle + span / 2, view.header.steps));
  } else if (key === "0" && view.zoom) {
    setZoom(view, null);
  } else {
    return false;
  }
  return true;
}

/** Sideways: through time, or through values side by side. @param {View} view @param {Place} here @param {number} far @returns {Place} */
const along = (view, here, far) =>
  runsOverValues(view, here.place) ? { ...here, line: here.line + far } : { ...here, time: here.time + far };

/**
 * Up or down: to the next neuron or line, and from the last one to the next row.
 * @param {View} view
 * @param {Place} here
 * @param {number} direction
 * @param {number} far
 * @returns {Place}
 */
function nextLine(view, here, direction, far) {
  const line = here.line + direction * far;
  const stays = !runsOverValues(view, here.place) && line >= 0 && line < linesAt(view, here.place);
  if (stays) return { ...here, line };
  const place = clamp(here.place + direction, 0, view.rows.length - 1);
  if (place === here.place) return here;
  const entersAbove = direction > 0 || runsOverValues(view, place);
  return { ...here, place, line: entersAbove ? 0 : linesAt(view, place) - 1, neuron: undefined };
}
