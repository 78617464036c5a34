// Moves the cursor for a visitor, and picks what it stands on. Rows side by side share the time of the cursor.

import { pointAt } from "../lib/pointed.js";
import { followTime, standAt, timeWithin } from "./cursor.js";
import { explain } from "./explained.js";
import { kindOf } from "./kinds/kinds.js";
import { panTo } from "./sight.js";
import { drawRow } from "./stage.js";

/** @typedef {import("./rows.js").View} View */

/** The views on the page. @type {Set<View>} */
export const shared = new Set();

/**
 * @param {View} view
 * @param {import("./cursor.js").Place} to
 * @param {{isAloud?: boolean, follows?: boolean}} [how] isAloud: the readout is read out; follows: a zoom moves along
 */
export function moveTo(view, to, { isAloud = false, follows = false } = {}) {
  if (follows) panTo(view, timeWithin(view, to.time));
  view.readout.setAttribute("aria-live", isAloud ? "polite" : "off"); // what the pointer passes isn't read out
  standAt(view, to);
  if (isAloud && view.at) pointAt(view.rows[view.at.place].group.layer);
  for (const other of shared) if (other !== view) followTime(other, timeWithin(view, to.time));
}

/** Tells what the cursor stands on; a cell that is asked about is marked at once. @param {View} view @param {boolean} add beside what is picked already */
export function pick(view, add) {
  const found = view.at && view.rows[view.at.place];
  const act = view.at && found && kindOf(found.row).pick(found.row, view.at, add, view.arrays);
  if (!act || !view.at || !found) return;
  view.acts.tell(act);
  if (act.do === "ask" && found.row.kind === "heatmap") mark(view, { row: view.at.place, line: view.at.line, time: view.at.time });
}

/** @param {View} view @param {import("../wire.js").RowsCell} cell */
function mark(view, cell) {
  const before = view.cell;
  view.cell = cell;
  explain(view);
  for (const place of new Set([before?.row ?? cell.row, cell.row])) drawRow(view, view.rows[place]);
}
