// Lines between rows, over them: from each cause to what it moved, the wider and darker the more it gave.

import { cleared } from "../lib/dom.js";
import { LEFT, plotWidth, toPixel } from "../lib/time_axis.js";
import { rem, unit } from "../lib/unit.js";
import { linesAt } from "./cursor.js";
import { largestSize } from "./sizes.js";
import { timeAxis } from "./stage.js";

/** @typedef {import("./rows.js").View} View */
/** @typedef {import("../wire.js").RowLinks} Links */

const [THIN, WIDE] = [0.5, 2.5]; // units
const [FAINT, STRONG] = [0.3, 0.9];
const BEND = 24; // units that a line goes straight down before it turns
const DOT = 4; // units

/** @param {View} view */
export function drawLinks(view) {
  const { links = [] } = view.header;
  view.links.hidden = !links.length;
  if (!links.length) return;
  const axis = timeAxis(view);
  const height = view.body.getBoundingClientRect().height / unit();
  view.links.style.height = rem(height);
  const { context } = cleared(view.links, axis.width, height);
  context.save();
  context.beginPath();
  context.rect(LEFT, 0, plotWidth(axis), height); // what is out of the zoom isn't drawn
  context.clip();
  for (const some of links) drawSome(view, context, axis, some);
  context.restore();
}

/**
 * @param {View} view
 * @param {CanvasRenderingContext2D} context
 * @param {import("../lib/time_axis.js").TimeAxis} axis
 * @param {Links} links
 */
function drawSome(view, context, axis, links) {
  const { palette } = view.header;
  const [lines, times, values] = [links.lines, links.times, links.values].map((place) => view.arrays[place]);
  const largest = largestSize(values) || 1;
  const to = { x: toPixel(axis, links.to_time), y: heightOf(view, links) };
  const [from, count] = [topOf(view, links.row), linesAt(view, links.row)];
  for (let index = values.length - 1; index >= 0; index--) {
    const share = Math.abs(values[index]) / largest;
    const isChosen = index === links.chosen;
    const start = { x: toPixel(axis, times[index]), y: from + (lines[index] / count) * view.rows[links.row].height };
    context.strokeStyle = values[index] < 0 ? palette.negative : palette.positive;
    context.fillStyle = context.strokeStyle;
    context.globalAlpha = isChosen ? 1 : FAINT + (STRONG - FAINT) * share;
    context.lineWidth = isChosen ? WIDE + 1 : THIN + (WIDE - THIN) * share;
    context.setLineDash(values[index] < 0 ? [4, 3] : []);
    context.beginPath();
    context.moveTo(start.x, start.y);
    context.bezierCurveTo(start.x, start.y + BEND, to.x, to.y - BEND, to.x, to.y);
    context.stroke();
    context.setLineDash([]);
    if (isChosen) dot(context, start);
  }
  context.globalAlpha = 1;
  context.fillStyle = palette.text;
  dot(context, to);
}

/** @param {CanvasRenderingContext2D} context @param {{x: number, y: number}} at */
function dot(context, { x, y }) {
  context.beginPath();
  context.arc(x, y, DOT, 0, 2 * Math.PI);
  context.fill();
}

/** Where a row begins, in units below the first. @param {View} view @param {number} place */
const topOf = (view, place) => (view.rows[place].canvas.getBoundingClientRect().top - view.root.getBoundingClientRect().top) / unit();

/** Where the value that lines end at is drawn. @param {View} view @param {Links} links */
function heightOf(view, { to_row: place, to_value: value }) {
  const { row, height } = view.rows[place];
  if (row.kind !== "traces") return topOf(view, place);
  const [low, high] = row.range;
  return topOf(view, place) + height - 2 - ((value - low) / (high - low)) * (height - 4);
}
