// How rows are read: what lies under a place, and numbers as the readout has them. Pure functions.

import { clamp, inDigits } from "../lib/numbers.js";
import { LEFT, plotWidth, toTime } from "../lib/time_axis.js";

/** @typedef {import("../lib/time_axis.js").TimeAxis} TimeAxis */

const MARGIN = 2; // pixels beside the plot that still count

/** @param {number} value */
export const digits = (value) => inDigits(value, 4);

/** @param {TimeAxis} axis @param {number} left */
const isOnPlot = (axis, left) => left >= LEFT - MARGIN && left <= LEFT + plotWidth(axis) + MARGIN;

/** The time step under a place, or null beside the plot. @param {TimeAxis} axis @param {number} left @param {number} steps */
export const timeAt = (axis, left, steps) => (isOnPlot(axis, left) ? clamp(Math.round(toTime(axis, left)), 0, steps - 1) : null);

/** Which of some values side by side is under a place, or null beside the plot. @param {TimeAxis} axis @param {number} left @param {number} count */
export const valueUnder = (axis, left, count) =>
  isOnPlot(axis, left) ? clamp(Math.floor(((left - LEFT) / plotWidth(axis)) * count), 0, count - 1) : null;
