// A single run through time: forward as potentials do, or back as a gradient does. Rows that appear are there up to its front alone.

import { element } from "../lib/dom.js";
import { calm } from "../lib/motion.js";
import { LEFT, plotWidth, toPixel } from "../lib/time_axis.js";
import { rem } from "../lib/unit.js";
import { leave, linesAt } from "./cursor.js";
import { kindOf } from "./kinds/kinds.js";
import { timeAxis } from "./stage.js";
import { moveTo } from "./visits.js";

/** @typedef {import("./rows.js").View} View */

const LABEL = "Play from right to left";
/** What ran to its end last, by its number: drawn anew by another view, it doesn't run again. @type {number | undefined} */
let over;

const RUN = 2500; // milliseconds from one end of what is in sight to the other

/** @param {View} view @param {Node} parent */
export function addBackButton(view, parent) {
  const made = element("button", "rows-play rows-back", parent, { textContent: LABEL });
  made.onclick = () => (view.front === null ? run(view) : endRun(view));
}

/** Runs through time once by itself, unless the rows play in a loop or the visitor wants little motion. @param {View} view */
export function runOnce(view) {
  endRun(view);
  if (calm.matches || view.playing !== null || (appears(view) && view.header.plays === over)) return;
  leave(view);
  run(view);
}

/** Moves the cursor with the front; any other move of the cursor ends the run. @param {View} view */
function run(view) {
  const begun = performance.now();
  const line = view.at ?? beginning(view);
  const move = () => {
    const hasMoved = view.front !== null && view.at && view.at.time !== view.front;
    if (view.ended.signal.aborted || hasMoved) {
      endRun(view);
      return;
    }
    const gone = Math.min((performance.now() - begun) / RUN, 1);
    const time = timeAfter(view, gone);
    if (time !== view.front) {
      moveTo(view, { ...line, time });
      showUpTo(view, time);
    }
    if (gone < 1) {
      view.running = requestAnimationFrame(move);
      return;
    }
    if (appears(view)) over = view.header.plays;
    endRun(view);
  };
  sayOnButtons(view, "Stop");
  move();
}

/** Ends a run, after which all is there. @param {View} view */
export function endRun(view) {
  if (view.front === null) return;
  cancelAnimationFrame(view.running);
  showUpTo(view, null);
  sayOnButtons(view, LABEL);
}

/** Whether rows appear as the run comes to them. @param {View} view */
export const appears = ({ rows }) => rows.some(({ row }) => row.appears);

/** @param {View} view */
const goesBack = ({ rows }) => rows.some(({ row }) => row.appears === "back");

/** The first row that appears from the right, or the last row's last line, which lies on top. @param {View} view */
function beginning(view) {
  if (goesBack(view)) return { place: view.rows.findIndex(({ row }) => row.appears), line: 0 };
  const place = view.rows.length - 1;
  return { place, line: linesAt(view, place) - 1 };
}

/** The step in sight that a run has come to. @param {View} view @param {number} gone share of its time */
function timeAfter(view, gone) {
  const { from, to } = timeAxis(view);
  const [first, last] = [Math.max(Math.ceil(from), 0), Math.floor(to)];
  const steps = Math.min(Math.floor(gone * (last - first + 1)), last - first);
  return goesBack(view) ? last - steps : first + steps;
}

/** Hides what the front hasn't come to; nothing without a front. @param {View} view @param {number | null} front */
function showUpTo(view, front) {
  view.front = front;
  const axis = timeAxis(view);
  for (const { row, canvas } of view.rows) {
    const isCut = front !== null && row.appears && kindOf(row).runsOver === "time";
    canvas.style.clipPath = isCut ? allBut(row.appears === "back" ? [LEFT, toPixel(axis, front - 0.5)] : ahead(axis, front)) : "";
  }
}

/** @param {import("../lib/time_axis.js").TimeAxis} axis @param {number} front @returns {[number, number]} */
const ahead = (axis, front) => [Math.min(toPixel(axis, front + 0.5), LEFT + plotWidth(axis)), axis.width];

/** A clip path of all but a range across, in units. @param {[number, number]} range */
function allBut(range) {
  const [left, right] = range.map(rem);
  return `polygon(evenodd, 0 0, 100% 0, 100% 100%, 0 100%, 0 0, ${left} 0, ${left} 100%, ${right} 100%, ${right} 0, ${left} 0)`;
}

/** @param {View} view @param {string} text */
function sayOnButtons({ root }, text) {
  for (const button of root.querySelectorAll(".rows-back")) button.textContent = text;
}
