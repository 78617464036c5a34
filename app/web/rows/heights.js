// How high the rows are: they share what the window has for them, the output most, the input least.

import { freeHeight } from "../lib/room.js";
import { shared } from "../lib/sharing.js";
import { leastShare, unit } from "../lib/unit.js";
import { leastHeight } from "./arrangement.js";

/** @typedef {import("./rows.js").View} View */

const MOST = 2.5; // times its least that a row of weight 1 may get

/**
 * Gives rows of the same kinds as before the heights that they had.
 * @param {View} view
 * @returns {boolean} whether they are the same
 */
export function keepHeights(view) {
  const shape = view.rows.map(({ row }) => `${leastHeight(view, row)} ${row.weight}`).join();
  const isKept = view.shape === shape;
  view.shape = shape;
  if (isKept) for (const [place, height] of view.heights.entries()) view.rows[place].height = height;
  return isKept;
}

/**
 * Shares the window's free height among the rows.
 * @param {View} view
 * @returns {boolean} whether any of them is higher or lower than before
 */
export function fillRoom(view) {
  const { root, rows } = view;
  if (!root.clientWidth) return false;
  const taken = rows.reduce((sum, { canvas }) => sum + canvas.getBoundingClientRect().height, 0) / unit();
  const parts = rows.map(({ row }) => {
    const { weight = 1 } = row;
    return { least: leastHeight(view, row) * leastShare(), weight, most: MOST * Math.max(weight, 1) };
  });
  const before = view.heights;
  view.heights = shared(taken + freeHeight(root), parts);
  for (const [place, height] of view.heights.entries()) rows[place].height = height;
  return before.join() !== view.heights.join();
}
