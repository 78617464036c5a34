// What is in sight: the rows drawn for the zoomed time steps.

import { setText } from "../lib/dom.js";
import { unit } from "../lib/unit.js";
import { placeCursor, standAt } from "./cursor.js";
import { drawLinks } from "./links.js";
import { drawRow, stageOn } from "./stage.js";
import { AXIS_HEIGHT, drawTimeAxis } from "./ticks.js";
import { pannedTo } from "./zoom.js";

/** @typedef {import("./rows.js").View} View */

/** @param {View} view */
export function redraw(view) {
  if (!view.root.clientWidth) return;
  const { fontFamily, fontSize } = getComputedStyle(view.root);
  view.font = `${Number.parseFloat(fontSize) / unit()}px ${fontFamily}`;
  for (const drawn of view.rows) drawRow(view, drawn);
  drawLinks(view);
  drawTimeAxis(stageOn(view, view.axisCanvas, AXIS_HEIGHT));
  view.whole.hidden = !view.zoom;
  if (!view.at) {
    placeCursor(view);
    return;
  }
  view.readout.setAttribute("aria-live", "off"); // what is drawn again isn't read out
  standAt(view, view.at);
  setText(view.tip, view.readout.textContent); // the pointer may rest on a plot that has changed under it
}

/** @param {View} view @param {import("./zoom.js").Range | null} range */
export function setZoom(view, range) {
  view.zoom = range;
  redraw(view);
}

/** Moves a zoom along, so that the time is in it. @param {View} view @param {number} time */
export function panTo(view, time) {
  if (!view.zoom) return;
  const range = pannedTo(view.zoom, time, view.header.steps);
  if (range !== view.zoom) setZoom(view, range);
}
