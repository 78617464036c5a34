// Channels side by side, such as kernels and feature maps: where each of their values lies. Pure functions of the numbers.

import { LEFT, plotWidth } from "../lib/time_axis.js";

/** @typedef {{axis: import("../lib/time_axis.js").TimeAxis, height: number}} Space */
/** @typedef {[count: number, tall: number, across: number]} Shape channels, and rows and columns of each */

const [GAP, LARGEST_CELL] = [4, 24]; // pixels

/** The shape of an array of channels. @param {number[]} shape @returns {Shape | null} null for any other array */
export const channelsOf = (shape) => (shape.length === 3 ? /** @type {Shape} */ (shape) : null);

/**
 * The channels as large as the row allows.
 * @param {Space} space
 * @param {Shape} shape
 * @returns {{cell: number, channelPlace: (channel: number) => [x: number, y: number], place: (value: number) => [x: number, y: number]}}
 *   size of a value, the place of a channel, and of a value, by number, in pixels
 */
export function tiling({ axis, height }, [count, tall, across]) {
  let best = { cell: 1, columns: count };
  for (let columns = 1; columns <= count; columns++) {
    const lines = Math.ceil(count / columns);
    const wide = (plotWidth(axis) - GAP * (columns - 1)) / columns / across;
    const cell = Math.min(wide, (height - 2 - GAP * (lines - 1)) / lines / tall, LARGEST_CELL);
    if (cell > best.cell) best = { cell, columns };
  }
  const { columns } = best;
  const cell = Math.max(best.cell >= 2 ? Math.floor(best.cell) : best.cell, 0.5);
  /** @param {number} channel @returns {[number, number]} */
  const channelPlace = (channel) => [
    LEFT + (channel % columns) * (across * cell + GAP),
    1 + Math.floor(channel / columns) * (tall * cell + GAP),
  ];
  /** @param {number} value @returns {[number, number]} */
  const place = (value) => {
    const [x, y] = channelPlace(Math.floor(value / (tall * across)));
    return [x + (value % across) * cell, y + (Math.floor(value / across) % tall) * cell];
  };
  return { cell, channelPlace, place };
}

/**
 * The number of the value under a place, or null.
 * @param {Space} space
 * @param {Shape} shape
 * @param {number} left
 * @param {number} top
 */
export function tileAt(space, shape, left, top) {
  const [count, tall, across] = shape;
  const { cell, channelPlace } = tiling(space, shape);
  for (let channel = 0; channel < count; channel++) {
    const [x, y] = channelPlace(channel);
    const [column, line] = [Math.floor((left - x) / cell), Math.floor((top - y) / cell)];
    if (column >= 0 && column < across && line >= 0 && line < tall) return (channel * tall + line) * across + column;
  }
  return null;
}
