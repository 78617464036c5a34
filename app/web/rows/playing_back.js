// Plays rows from right to left, as a gradient runs: of those that play back, what lies before the front isn't shown yet.

import { element } from "../lib/dom.js";
import { drawRow, timeAxis } from "./stage.js";
import { moveTo } from "./visits.js";

/** @typedef {import("./rows.js").View} View */

const LABEL = "Play from right to left";
const RUN = 4000; // milliseconds from one end of what is in sight to the other

/** @param {View} view @param {Node} parent */
export function addBackButton(view, parent) {
  const made = element("button", "rows-play", parent, { textContent: LABEL });
  made.onclick = () => (view.running ? stop(view) : playBack(view));
}

/** Shows the gradient arrive step by step, the cursor at its front. A second press, or the end, shows all of it. @param {View} view */
function playBack(view) {
  const begun = performance.now();
  const { from, to } = timeAxis(view);
  const at = view.at ?? { place: placesBack(view)[0], line: 0, time: 0 };
  let shown = -1;
  const move = () => {
    if (view.ended.signal.aborted || !placesBack(view).length) return;
    const front = to - ((to - from) * (performance.now() - begun)) / RUN;
    const time = Math.max(Math.round(front), 0);
    if (front <= from) {
      stop(view);
      return;
    }
    view.front = time - 0.5; // whole steps: nothing else changes in between
    if (time !== shown) {
      moveTo(view, { ...at, time });
      draw(view);
    }
    shown = time;
    view.running = requestAnimationFrame(move);
  };
  say(view, "Stop");
  view.running = requestAnimationFrame(move);
}

/** @param {View} view */
function stop(view) {
  cancelAnimationFrame(view.running);
  Object.assign(view, { running: 0, front: Number.NEGATIVE_INFINITY });
  say(view, LABEL);
  draw(view);
}

/** @param {View} view */
function draw(view) {
  for (const place of placesBack(view)) drawRow(view, view.rows[place]);
}

/** @param {View} view */
const placesBack = ({ rows }) => rows.flatMap(({ row }, place) => (row.kind === "heatmap" && row.plays_back ? [place] : []));

/** @param {View} view @param {string} text */
function say({ root }, text) {
  for (const button of root.querySelectorAll(".rows-play")) button.textContent = text;
}
