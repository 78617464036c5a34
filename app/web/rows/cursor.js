// The cursor that all rows share: where it stands, and what is there in words.

import { setText } from "../lib/dom.js";
import { clamp } from "../lib/numbers.js";
import { pointAt } from "../lib/pointed.js";
import { LEFT, plotWidth, toPixel } from "../lib/time_axis.js";
import { rem } from "../lib/unit.js";
import { kindOf } from "./kinds/kinds.js";
import { drawRow, fieldOf, timeAxis } from "./stage.js";
import { FOOT } from "./ticks.js";

/** @typedef {import("./rows.js").View} View */
/** @typedef {import("./kinds/kinds.js").Spot & {place: number}} Place which row, and where in it */

/** How many lines a row has. @param {View} view @param {number} place */
export function linesAt({ rows, arrays }, place) {
  const { row } = rows[place];
  return kindOf(row).lines(arrays, row);
}

/** Whether each line of a row is a value of its own, beside the others. @param {View} view @param {number} place */
export const runsOverValues = ({ rows }, place) => kindOf(rows[place].row).runsOver === "values";

/** Puts the cursor on a row, a line in it and a time, and says what is there. @param {View} view @param {Place} to */
export function standAt(view, to) {
  const place = clamp(to.place, 0, view.rows.length - 1);
  const time = timeWithin(view, to.time);
  const line = clamp(to.line, 0, linesAt(view, place) - 1);
  view.at = { ...to, place, time, line };
  setText(view.readout, sayWhatIs(view, view.at));
  placeCursor(view);
  for (const drawn of view.rows) if (kindOf(drawn.row).runsOver === "moment") drawRow(view, drawn);
}

/** Takes the time of the cursor from other rows. @param {View} view @param {number} time */
export function followTime(view, time) {
  view.at = { place: view.at?.place ?? 0, line: view.at?.line ?? 0, time: Math.min(time, view.header.steps - 1) };
  placeCursor(view);
}

/** @param {View} view */
export function leave(view) {
  pointAt(null);
  view.at = null;
  setText(view.readout, "");
  placeCursor(view);
}

/** @param {View} view */
export function placeCursor(view) {
  const axis = timeAxis(view);
  const offset = view.at ? toPixel(axis, view.at.time) : -1;
  const isVisible = offset >= LEFT - 1 && offset <= LEFT + plotWidth(axis) + 1;
  const { style } = view.cursor;
  style.display = isVisible ? "block" : "none";
  if (!isVisible) return;
  style.left = rem(offset);
  style.top = "0";
  style.height = `calc(100% - ${rem(FOOT)})`;
}

/** A time step of the run. @param {View} view @param {number} time */
export const timeWithin = ({ header }, time) => clamp(Math.round(time), 0, header.steps - 1);

/** @param {View} view @param {Place} at */
function sayWhatIs(view, at) {
  const { row, group, height } = view.rows[at.place];
  return kindOf(row).say(fieldOf(view, height), row, at, group.title);
}
