// Plays through time, in a loop.

import { element } from "../lib/dom.js";
import { calm } from "../lib/motion.js";
import { leave, linesAt } from "./cursor.js";
import { moveTo } from "./visits.js";

/** @typedef {import("./rows.js").View} View */

const INTERVAL = 120; // milliseconds
const RUN = 2500; // milliseconds of a single run

/** @param {View} view @param {Node} parent */
export function addPlayButton(view, parent) {
  const made = element("button", "rows-play", parent);
  made.onclick = () => (view.playing === null ? play(view) : stopPlaying(view));
  showPlaying(view, made);
}

/** @param {View} view */
function play(view) {
  view.playing = setInterval(() => {
    const at = view.at ?? { place: 0, line: 0, time: -1 };
    moveTo(view, { ...at, time: (at.time + 1) % view.header.steps }, { follows: true });
  }, INTERVAL);
  showOnAll(view);
}

/** Runs through time once along the last row's last line, which lies on top; any other move of the cursor ends it. @param {View} view */
export function playOnce(view) {
  cancelAnimationFrame(view.running);
  if (calm.matches || view.playing !== null) return;
  const { steps } = view.header;
  const begun = performance.now();
  let shown = -1;
  const move = () => {
    if ((view.at && view.at.time !== shown) || view.ended.signal.aborted) return;
    const time = Math.min(Math.floor((steps * (performance.now() - begun)) / RUN), steps - 1);
    if (time !== shown) moveTo(view, { place: view.rows.length - 1, line: linesAt(view, view.rows.length - 1) - 1, time });
    shown = time;
    if (time < steps - 1) view.running = requestAnimationFrame(move);
    else view.running = 0;
  };
  leave(view);
  move();
}

/** @param {View} view */
export function stopPlaying(view) {
  if (view.playing === null) return;
  clearInterval(view.playing);
  view.playing = null;
  showOnAll(view);
}

/** @param {View} view */
function showOnAll(view) {
  for (const button of view.root.querySelectorAll(".rows-play")) showPlaying(view, button);
}

/** @param {View} view @param {Element} button */
function showPlaying(view, button) {
  button.textContent = view.playing === null ? "Play" : "Pause";
}
